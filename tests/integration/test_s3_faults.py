"""The lake on S3 while the store refuses, resets, is silent, answers 503, loses answers or ignores conditions."""

import multiprocessing
from collections.abc import Callable

import pytest

from adapters.s3.access import Place
from adapters.s3.objects import S3Objects
from adapters.s3.opening import open_lake
from adapters.s3.snapshot_store import S3SnapshotStore
from adapters.store_access import StoreAccess
from domain.errors import ServiceError, UnreachableServiceError
from domain.snapshot import Manifest
from ports.snapshot_store import SnapshotStore
from tests.contract.commit_race import manifest_of
from tests.contract.publisher_contract import FIRST, SECOND
from tests.contract.s3_lake import S3RawLake, shared_objects
from tests.integration.s3_pages import page, page_publisher
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.s3 import S3Server
from tests.servers.s3_request import Request

BOUNDS = {"connect_timeout_s": 1, "read_timeout_s": 2, "attempts": 3}
CHECKPOINT = "luigi-checkpoints/features/key1.json"


@pytest.fixture
def objects(s3_server: S3Server, proxy: FaultProxy) -> S3Objects:
    return shared_objects(s3_server.access(endpoint=proxy.endpoint, **BOUNDS))


@pytest.fixture
def store(objects: S3Objects, raw: S3RawLake) -> SnapshotStore:
    """The lake as reached through the proxy."""
    return S3SnapshotStore(objects, raw.place)


def is_checkpoints_put(request: Request) -> bool:
    return request.kind == "PUT object" and request.key.endswith("features/key1.json")


def of_kind(kind: str) -> Callable[[Request], bool]:
    return lambda request: request.kind == kind


def checkpoints(raw: S3RawLake) -> list[str]:
    return [path for path in raw.paths() if path.startswith("luigi-checkpoints/")]


# -- a store that is away, for a while or for good ------------------------------------------------------------


def test_store_that_refuses_connections_is_named_with_what_to_do_and_used_again_when_it_is_back(
    proxy: FaultProxy, objects: S3Objects, store: SnapshotStore, raw: S3RawLake
) -> None:
    manifest = store.commit(manifest_of(store, files={"part": b"1"}))
    with proxy.refusing():
        with pytest.raises(UnreachableServiceError, match="did not answer") as found:
            store.find("features", "key1")
        with pytest.raises(UnreachableServiceError):
            open_lake(objects, raw.place)
    assert proxy.endpoint in found.value.problem
    assert f"s3://luigi-checkpoints/{raw.name}/features/key1.json" in found.value.problem
    assert "Start the store" in found.value.remedy
    assert store.find("features", "key1") == manifest


def test_store_that_never_answers_is_given_up_after_the_bounded_wait(
    proxy: FaultProxy, s3_server: S3Server, raw: S3RawLake
) -> None:
    access = s3_server.access(endpoint=proxy.endpoint, connect_timeout_s=1, read_timeout_s=0.5, attempts=2)
    proxy.arm(Fault.SILENCE)
    with pytest.raises(UnreachableServiceError, match=r"did not answer within 0\.5 s"):
        S3SnapshotStore(S3Objects(access), raw.place).find("features", "key1")
    assert proxy.counts == {"GET object": 2}


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.SLOW_DOWN])
def test_failures_in_passing_are_outlasted(proxy: FaultProxy, store: SnapshotStore, fault: Fault) -> None:
    for kind in ("PUT object", "GET object", "LIST"):
        proxy.arm(fault, of_kind(kind), times=1)
    proxy.arm(fault, is_checkpoints_put, times=2)
    manifest = manifest_of(store, files={"part": b"1"})
    assert store.commit(manifest) == manifest
    assert store.read_file(manifest, "part") == b"1"
    assert proxy.counts["PUT object"] == 2 + 3


def test_answer_that_breaks_off_is_read_again(proxy: FaultProxy, store: SnapshotStore) -> None:
    data = bytes(range(256)) * 4096
    proxy.arm(Fault.BREAK_OFF, of_kind("GET object"), times=2)
    manifest = store.commit(manifest_of(store, files={"part": data}))
    assert [entry.size for entry in manifest.files] == [len(data)]
    proxy.arm(Fault.BREAK_OFF, of_kind("GET object"), times=1)
    assert store.read_file(manifest, "part") == data


def test_answer_that_breaks_off_while_it_says_that_nothing_is_there_is_asked_for_again(
    proxy: FaultProxy, store: SnapshotStore
) -> None:
    proxy.arm(Fault.BREAK_OFF, of_kind("GET object"), times=2)
    assert store.find("features", "no-such-key") is None
    assert proxy.counts["GET object"] == 3


@pytest.mark.parametrize("fault", [Fault.SLOW_DOWN, Fault.RESET, Fault.BREAK_OFF])
def test_failure_that_does_not_pass_ends_after_the_bounded_number_of_tries(
    proxy: FaultProxy, store: SnapshotStore, fault: Fault
) -> None:
    store.commit(manifest_of(store))
    proxy.forget()
    proxy.arm(fault)
    with pytest.raises(ServiceError, match=r"features/key1\.json.*127\.0\.0\.1"):
        store.find("features", "key1")
    assert proxy.counts == {"GET object": 3}


def test_message_of_503_says_so(proxy: FaultProxy, store: SnapshotStore, raw: S3RawLake) -> None:
    manifest = manifest_of(store)
    proxy.arm(Fault.SLOW_DOWN)
    with pytest.raises(ServiceError, match=r"answered 503 \(SlowDown\), also after 3 tries") as found:
        store.commit(manifest)
    assert "run again" in found.value.remedy
    assert checkpoints(raw) == []


# -- commits whose answer is lost -----------------------------------------------------------------------------


def test_commit_whose_answer_is_lost_is_ours(proxy: FaultProxy, store: SnapshotStore, raw: S3RawLake) -> None:
    manifest = manifest_of(store, files={"part": b"1"})
    proxy.forget()
    proxy.arm(Fault.LOSE_ANSWER, is_checkpoints_put, times=1)
    assert store.commit(manifest) == manifest
    assert proxy.counts == {"LIST": 1, "PUT object": 2, "GET object": 1}
    assert checkpoints(raw) == [CHECKPOINT]


def test_commit_whose_every_answer_is_lost_stands_and_can_be_repeated(
    proxy: FaultProxy, store: SnapshotStore, raw: S3RawLake
) -> None:
    manifest = manifest_of(store, files={"part": b"1"})
    proxy.arm(Fault.LOSE_ANSWER, is_checkpoints_put)
    with pytest.raises(ServiceError):
        store.commit(manifest)
    proxy.disarm()
    assert store.find("features", "key1") == manifest
    assert store.commit(manifest) == manifest
    assert checkpoints(raw) == [CHECKPOINT]


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.LOSE_ANSWER])
def test_commit_that_another_overtakes_between_its_tries_gets_the_winners(
    proxy: FaultProxy, store: SnapshotStore, raw: S3RawLake, fault: Fault
) -> None:
    past_the_proxy = raw.open()
    other = manifest_of(past_the_proxy, files={"part": b"other"})
    standing: list[Manifest] = []
    proxy.arm(fault, is_checkpoints_put, times=1, meanwhile=lambda: standing.append(past_the_proxy.commit(other)))
    assert store.commit(manifest_of(store, files={"part": b"mine"})) == other
    assert standing == [other]
    assert past_the_proxy.find("features", "key1") == other
    assert checkpoints(raw) == [CHECKPOINT]


def test_commit_that_meets_another_under_way_is_tried_again(proxy: FaultProxy, store: SnapshotStore) -> None:
    manifest = manifest_of(store)
    proxy.arm(Fault.CONFLICT, is_checkpoints_put, times=2)
    assert store.commit(manifest) == manifest


# -- publications ---------------------------------------------------------------------------------------------


def test_pointer_ends_at_the_latest_day_when_another_publisher_puts_it_in_between(
    proxy: FaultProxy, objects: S3Objects, raw: S3RawLake
) -> None:
    past_the_proxy, late = page_publisher(shared_objects(raw.access), raw), page(raw, "late")
    proxy.arm(
        Fault.LOSE_ANSWER,
        lambda request: request.kind == "PUT object" and request.key.endswith("latest.json"),
        times=1,
        meanwhile=lambda: past_the_proxy.publish("report", SECOND, "1", late, "report"),
    )
    page_publisher(objects, raw).publish("report", FIRST, "1", page(raw, "early"), "report")
    found = past_the_proxy.find("report")
    assert found is not None
    assert found.as_of == SECOND


# -- forks ----------------------------------------------------------------------------------------------------


def read(objects: S3Objects, place: Place) -> None:
    assert objects.get(place) == b"1"


def read_on_both_sides_of_a_fork(access: StoreAccess, place: Place) -> None:
    objects = S3Objects(access)
    read(objects, place)
    child = multiprocessing.get_context("fork").Process(target=read, args=(objects, place))
    child.start()
    read(objects, place)
    child.join(60)
    assert child.exitcode == 0


def test_lake_is_read_on_both_sides_of_a_fork(s3_server: S3Server, raw: S3RawLake) -> None:
    raw.write("datasets/x", b"1")
    arguments = (s3_server.access(), Place("datasets", f"{raw.name}/x"))
    # In a process of its own: the one of the tests has threads, which a fork must not cut off.
    parent = multiprocessing.get_context("spawn").Process(target=read_on_both_sides_of_a_fork, args=arguments)
    parent.start()
    parent.join(120)
    assert parent.exitcode == 0
