"""Opening a lake on S3: buckets, conditional writes and credentials."""

import secrets
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.bootstrap.runs import Composition
from adapters.config import load_settings
from adapters.s3.access import S3Lake
from adapters.s3.objects import S3Objects
from adapters.s3.opening import LakeOpening, open_lake
from adapters.s3.snapshot_store import S3SnapshotStore
from domain.errors import ConfigurationError, ReturncastError, ServiceError, UnreachableServiceError
from tests.contract.commit_race import manifest_of
from tests.contract.s3_lake import S3RawLake, shared_objects
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.s3 import S3Server
from tests.servers.s3_request import Request

BOUNDS = {"connect_timeout_s": 1, "read_timeout_s": 2, "attempts": 3}


@pytest.fixture
def objects(s3_server: S3Server, proxy: FaultProxy) -> S3Objects:
    return shared_objects(s3_server.access(endpoint=proxy.endpoint, **BOUNDS))


def composed(proxy: FaultProxy, raw: S3RawLake) -> Composition:
    """What a command stands on."""
    settings = {
        "RETURNCAST_LAKE": f"s3://{raw.name}",
        "MINIO_ENDPOINT": proxy.endpoint,
        "MINIO_ACCESS_KEY": str(raw.access.access_key),
        "MINIO_SECRET_KEY": str(raw.access.secret_key),
    }
    return Composition(load_settings(settings, Path("no.env")))


def is_put(request: Request) -> bool:
    return request.kind == "PUT object"


@pytest.mark.parametrize("opened_before", [False, True])
def test_store_that_ignores_conditional_writes_is_refused(
    proxy: FaultProxy, objects: S3Objects, raw: S3RawLake, opened_before: bool
) -> None:
    if opened_before:
        open_lake(objects, raw.place)
    with proxy.ignoring_conditions(), pytest.raises(ConfigurationError, match="ignored") as found:
        open_lake(objects, raw.place)
    assert proxy.endpoint in found.value.problem
    open_lake(objects, raw.place)


def test_lake_that_was_opened_before_is_opened_by_three_requests(
    proxy: FaultProxy, objects: S3Objects, raw: S3RawLake
) -> None:
    open_lake(objects, raw.place)
    proxy.forget()
    open_lake(objects, raw.place)
    assert proxy.counts == {"PUT object": 1, "HEAD bucket": 2}


def test_what_may_go_is_found_and_removed_in_a_store_that_takes_no_write(
    proxy: FaultProxy, objects: S3Objects, raw: S3RawLake
) -> None:
    store = raw.open()
    store.put_file(store.begin("features", "key1"), "part", b"1")
    prune = composed(proxy, raw).prune_lake
    proxy.arm(Fault.SLOW_DOWN, is_put)
    found = prune.plan(30, datetime.now(UTC) + timedelta(days=2))
    prune(found)
    proxy.disarm()
    assert [removal.stored.attempt.step for removal in found.removals] == ["features"]
    assert raw.paths() == []


def test_a_lake_is_read_in_a_store_that_takes_no_write(proxy: FaultProxy, objects: S3Objects, raw: S3RawLake) -> None:
    store = raw.open()
    manifest = store.commit(manifest_of(store, "train", files={"model": b"1"}))
    proxy.forget()
    reading = composed(proxy, raw)
    assert reading.store.find(manifest.step, manifest.key) == manifest
    assert list(reading.store.manifests("train")) == [manifest]
    assert list(reading.publisher.publications()) == []
    assert set(proxy.counts) == {"GET object", "LIST"}


def test_opening_is_not_misled_by_a_lost_answer(proxy: FaultProxy, objects: S3Objects, raw: S3RawLake) -> None:
    proxy.arm(Fault.LOSE_ANSWER, is_put, times=1)
    open_lake(objects, raw.place)


@pytest.fixture
def fresh() -> S3Lake:
    """A lake in buckets that are not there."""
    names = [f"{part}-{secrets.token_hex(6)}" for part in ("tables", "fits", "decisions")]
    return S3Lake("shop", *names)


def test_missing_buckets_are_made(s3_server: S3Server, fresh: S3Lake) -> None:
    objects = shared_objects(s3_server.access())
    open_lake(objects, fresh)
    assert all(objects.has_bucket(bucket) for bucket in (fresh.datasets, fresh.models, fresh.checkpoints))
    store = S3SnapshotStore(objects, fresh)
    manifest = manifest_of(store, "train", files={"model": b"1"})
    assert store.commit(manifest) == manifest
    assert manifest.uri.startswith(f"s3a://{fresh.models}/shop/train/")


def test_one_missing_bucket_is_made(s3_server: S3Server, fresh: S3Lake) -> None:
    objects, client = shared_objects(s3_server.access()), s3_server.client()
    open_lake(objects, fresh)
    client.delete_bucket(Bucket=fresh.models)
    open_lake(objects, fresh)
    assert objects.has_bucket(fresh.models)


@pytest.mark.parametrize("opened_before", [False, True])
def test_a_lake_is_read_where_buckets_are_missing(s3_server: S3Server, fresh: S3Lake, opened_before: bool) -> None:
    objects = shared_objects(s3_server.access())
    if opened_before:
        open_lake(objects, fresh)
        s3_server.client().delete_bucket(Bucket=fresh.models)
    store = S3SnapshotStore(objects, fresh)
    assert store.find("train", "key1") is None
    assert list(store.manifests("train")) == []
    assert list(store.attempts()) == []
    assert not objects.has_bucket(fresh.models)


def test_the_first_attempt_makes_missing_buckets(s3_server: S3Server, fresh: S3Lake) -> None:
    objects = shared_objects(s3_server.access())
    store = S3SnapshotStore(objects, fresh, LakeOpening(objects, fresh))
    manifest = manifest_of(store, "train", files={"model": b"1"})
    assert store.commit(manifest) == manifest


def test_lake_is_opened_by_many_at_once(s3_server: S3Server, fresh: S3Lake) -> None:
    objects = S3Objects(s3_server.access())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: open_lake(objects, fresh), range(8)))


def test_bucket_that_disappears_later_is_named(s3_server: S3Server, fresh: S3Lake) -> None:
    store = S3SnapshotStore(shared_objects(s3_server.access()), fresh)
    with pytest.raises(ServiceError, match=f"no bucket '{fresh.datasets}'") as found:
        store.put_file(store.begin("features", "key1"), "part", b"1")
    assert "Run again" in found.value.remedy


# -- credentials ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["access_key", "secret_key"])
def test_wrong_credentials_are_refused_by_name_and_never_shown(s3_server: S3Server, raw: S3RawLake, wrong: str) -> None:
    if s3_server.kind == "moto":
        pytest.skip("moto takes any credentials")
    access = s3_server.access(**{wrong: "not-this-one-1234"}, **BOUNDS)
    acts: list[Callable[[], object]] = [
        lambda: open_lake(S3Objects(access), raw.place),
        lambda: S3SnapshotStore(S3Objects(access), raw.place).find("a", "b"),
    ]
    for act in acts:
        with pytest.raises(UnreachableServiceError, match="refused the credentials") as found:
            act()
        assert "MINIO_ACCESS_KEY" in found.value.remedy
        assert "AWS_ACCESS_KEY_ID" in found.value.remedy
        told = "".join(traceback.format_exception(found.value)) + repr(access)
        assert s3_server.secret_key not in told
        assert "not-this-one-1234" not in told


def test_no_credentials_anywhere_are_reported_as_that(
    s3_server: S3Server, raw: S3RawLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    access = replace(s3_server.access(**BOUNDS), access_key=None, secret_key=None)
    with pytest.raises(UnreachableServiceError, match="no credentials were found"):
        open_lake(S3Objects(access), raw.place)


def test_name_and_password_in_an_endpoint_are_not_repeated(raw: S3RawLake) -> None:
    access = replace(raw.access, endpoint="http://me:hidden-word@127.0.0.1:1", attempts=1)
    with pytest.raises(ReturncastError) as found:
        open_lake(S3Objects(access), raw.place)
    assert "127.0.0.1:1 " in found.value.problem
    assert "hidden-word" not in str(found.value)
