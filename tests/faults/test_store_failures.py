"""Whole runs on a store that fails in passing, that goes away, and that comes back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from application.run.pipeline import GRAPH
from domain.errors import ServiceError
from tests.faults.places import Place, check_checkpoints, check_published, checkpoints_kept, on_s3
from tests.processes import answer
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.s3 import S3Server
from tests.servers.s3_request import Request


@dataclass(frozen=True)
class FailingStore:
    """A lake reached through a proxy that fails when told to."""

    place: Place
    proxy: FaultProxy


@pytest.fixture
def store(s3_server: S3Server, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[FailingStore]:
    name = request.node.name.replace("_", "-")
    with FaultProxy(s3_server) as proxy:
        place = on_s3(s3_server, name, tmp_path)
        once = tmp_path / "luigi.cfg"
        once.write_text("[returncast]\ntries = 1\n", encoding="utf-8")  # no pause of a minute before the next try
        place.settings.update({"MINIO_ENDPOINT": proxy.endpoint, "LUIGI_CONFIG_PATH": str(once)})
        yield FailingStore(place, proxy)


def about(kind: str, bucket: str, part: str = "") -> Callable[[Request], bool]:
    """Requests of a kind to a bucket, with some text in their key."""
    return lambda asked: asked.kind == kind and asked.bucket == bucket and part in asked.key


def test_a_store_that_goes_away_is_named_and_one_that_fails_in_passing_is_asked_again_until_all_is_as_of_a_clean_run(
    mapping: Path, clean: dict[str, str], store: FailingStore
) -> None:
    check_a_store_that_goes_away_is_named(mapping, store)

    lost = about("PUT object", "luigi-checkpoints", "/train/")
    # Our own requests, Arrow's and Spark's alike meet each of these.
    store.proxy.arm(Fault.LOSE_ANSWER, lost, times=1)
    store.proxy.arm(Fault.RESET, about("PUT object", "models"), times=2)
    store.proxy.arm(Fault.RESET, about("GET object", "datasets", "/examples/"), times=2)
    store.proxy.arm(Fault.SLOW_DOWN, about("PUT part", "datasets"), times=3)
    store.proxy.arm(Fault.RESET, about("PUT object", "datasets", "/features/"), times=1)
    store.proxy.arm(Fault.BREAK_OFF, about("GET object", "luigi-checkpoints", "/ingest/"), times=1)
    summary = answer(store.place.run(mapping, "--json"))
    assert store.proxy.armed == 0, "a fault met no request"
    # What was committed before the store went away is kept; items need no features, so the failed run made them.
    assert summary["executed"] == [step for step in GRAPH if step not in {"ingest", "match", "items"}]
    assert store.place.contents(mapping) == clean
    assert len([request for request in store.proxy.requests if lost(request)]) > 1, "the lost write was tried again"
    assert len(checkpoints_kept(store.place.raw, {})) == len(GRAPH)
    check_checkpoints(store.place.raw)
    check_published(store.place.raw)

    store.proxy.forget()
    again = answer(store.place.run(mapping, "--json"))
    assert again["executed"] == []
    # An unchanged night writes nothing.
    assert {request.kind for request in store.proxy.requests} <= {"GET object", "LIST"}

    check_a_store_that_fails_under_a_command_is_named(mapping, store)


def check_a_store_that_fails_under_a_command_is_named(mapping: Path, store: FailingStore) -> None:
    """Commands that read tables while the store refuses to give them end with its code, not as a damaged snapshot."""
    for command, *options in (["monitor"], ["backtest-stock", "--day", "2023-02-15"], ["search"]):
        store.proxy.arm(Fault.SLOW_DOWN, about("GET object", "datasets"))
        asked = store.place.ask(command, mapping, *options, RETURNCAST_S3__ATTEMPTS="2")
        store.proxy.disarm()
        assert asked.returncode == ServiceError.exit_code, (command, asked.stderr[-3000:])
        assert "Traceback" not in asked.stderr
        assert store.proxy.endpoint in asked.stderr.replace("\n", "")


def check_a_store_that_goes_away_is_named(mapping: Path, store: FailingStore) -> None:
    """A run on a store that is not there, and one from which it goes away, end with the code and the words of that."""
    bounds = {"RETURNCAST_S3__ATTEMPTS": "2", "RETURNCAST_S3__CONNECT_TIMEOUT_SECONDS": "2"}
    with store.proxy.refusing():
        refused = store.place.run(mapping, **bounds)
    assert refused.returncode == ServiceError.exit_code
    assert store.proxy.endpoint in refused.stderr
    assert "Traceback" not in refused.stderr

    # One refusal is asked again. From the first upload of features on, all that Spark asks is answered by 503, for as
    # long as it asks.
    store.proxy.arm(Fault.SLOW_DOWN, about("PUT object", "luigi-checkpoints", "/match/"), times=1)
    store.proxy.arm(Fault.SLOW_DOWN, about("PUT part", "datasets", "/features/"))
    left = store.place.run(mapping, **bounds)
    assert left.returncode == ServiceError.exit_code, left.stderr[-3000:]
    assert "Traceback" not in left.stderr
    assert store.proxy.endpoint in left.stderr.replace("\n", "")
    assert store.proxy.armed == 1, "the refusal in passing met no request"
    store.proxy.disarm()
