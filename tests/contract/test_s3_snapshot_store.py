"""The lake on a real S3 server under the contract of all lakes, and what only a store of objects can do to it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings

from adapters.s3.access import Place
from adapters.store_access import StoreAccess
from tests.contract.commit_race import KEY, STEP, manifest_of
from tests.contract.raw_lake import LocalLake, RawLake
from tests.contract.s3_lake import S3RawLake, raw_client, shared_objects
from tests.contract.snapshot_store_contract import SharedSnapshotStoreContract
from tests.contract.snapshot_store_machine import SnapshotStoreMachine
from tests.servers.s3 import S3Server


@pytest.fixture
def on_s3(s3_server: S3Server) -> S3RawLake:
    return S3RawLake(s3_server.access())


class TestS3SnapshotStore(SharedSnapshotStoreContract):
    @pytest.fixture
    def lake(self, tmp_path: Path, on_s3: S3RawLake) -> RawLake:
        return on_s3


class S3Machine(SnapshotStoreMachine):
    access: ClassVar[StoreAccess]

    def new_lake(self) -> RawLake:
        return S3RawLake(self.access)


@pytest.fixture(scope="module", autouse=True)
def server_of_the_machine(s3_server: S3Server) -> None:
    S3Machine.access = s3_server.access()


TestAnyCallsOnS3 = S3Machine.TestCase
TestAnyCallsOnS3.settings = settings(max_examples=10, stateful_step_count=12, deadline=None)


def test_of_64_commits_at_once_one_wins_and_all_get_it(on_s3: S3RawLake) -> None:
    runners = 64
    store = on_s3.open()
    manifests = [manifest_of(store, STEP, KEY, {"part": b"%d" % number}) for number in range(runners)]
    barrier = threading.Barrier(runners)

    def commit(number: int) -> str:
        barrier.wait(60)
        return store.commit(manifests[number]).attempt

    with ThreadPoolExecutor(runners) as pool:
        standing = set(pool.map(commit, range(runners)))
    assert len(standing) == 1
    assert standing <= {manifest.attempt for manifest in manifests}
    assert [manifest.attempt for manifest in store.manifests(STEP)] == list(standing)
    assert len([path for path in on_s3.paths() if path.startswith("luigi-checkpoints/")]) == 1


def test_attempt_of_more_files_than_one_answer_lists_is_committed_whole(on_s3: S3RawLake) -> None:
    store = on_s3.open()
    attempt = store.begin("features", "key1")
    numbers = range(1003)  # an answer lists 1,000
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: store.put_file(attempt, f"part-{number:04}", b"%d" % number), numbers))
    inventory = store.inventory(attempt)
    assert [entry.path for entry in inventory] == [f"part-{number:04}" for number in numbers]
    manifest = replace(manifest_of(store), attempt=attempt.id, uri=attempt.uri, files=inventory)
    assert store.commit(manifest) == manifest


def test_markers_of_directories_are_no_files_but_empty_files_are(on_s3: S3RawLake) -> None:
    store = on_s3.open()
    attempt = store.begin("features", "key1")
    store.put_file(attempt, "lines/_SUCCESS", b"")
    on_s3.write(f"datasets/features/key1/attempt={attempt.id}/lines/", b"")
    assert [(entry.path, entry.size) for entry in store.inventory(attempt)] == [("lines/_SUCCESS", 0)]


def test_large_file_appears_whole_with_the_digest_of_its_bytes(on_s3: S3RawLake, tmp_path: Path) -> None:
    data = bytes(range(256)) * (20 * 4096)  # 20 MiB: several parts, and several pieces of the digest
    (tmp_path / "large").write_bytes(data)
    store = on_s3.open()
    attempt = store.begin("features", "key1")
    place = on_s3.place.place(f"datasets/features/key1/attempt={attempt.id}/large")
    shared_objects(on_s3.access).upload(place, tmp_path / "large")
    store.put_file(attempt, "same", data)
    large, same = store.inventory(attempt)
    assert (large.size, large.sha256) == (same.size, same.sha256) == (len(data), large.sha256)


def test_begun_attempt_writes_nothing(on_s3: S3RawLake) -> None:
    on_s3.open().begin("features", "key1")
    assert on_s3.paths() == []


def test_foreign_objects_among_the_checkpoints_are_passed_over(on_s3: S3RawLake) -> None:
    store = on_s3.open()
    manifest = store.commit(manifest_of(store))
    for name in (".key2.json", "readme.txt", "deep/key3.json"):
        on_s3.write(f"luigi-checkpoints/features/{name}", b"{")
    assert store.manifests("features") == [manifest]


def test_lake_without_a_name_lies_at_the_roots_of_its_buckets(s3_server: S3Server) -> None:
    bare = S3RawLake(s3_server.access(), name="")
    store = bare.open()
    manifest = store.commit(manifest_of(store, "bare-step", files={"part": b"1"}))
    client = raw_client(bare.access)
    keys = [entry["Key"] for entry in client.list_objects_v2(Bucket="datasets", Prefix="bare-step/")["Contents"]]
    assert keys == [f"bare-step/key1/attempt={manifest.attempt}/part"]
    assert store.find("bare-step", "key1") == manifest
    for place in (Place("datasets", keys[0]), Place("luigi-checkpoints", "bare-step/key1.json")):
        client.delete_object(Bucket=place.bucket, Key=place.key)


def test_lake_copied_from_a_directory_is_read_on_s3_and_back(on_s3: S3RawLake, tmp_path: Path) -> None:
    local = LocalLake(tmp_path / "lake")
    manifest = local.open().commit(manifest_of(local.open(), files={"lines/part": b"rows"}))
    for path in local.paths():
        on_s3.write(path, local.read(path))
    found = on_s3.open().find("features", "key1")
    assert found is not None
    assert found.content == manifest.content
    assert on_s3.open().read_file(found, "lines/part") == b"rows"
    assert found.uri == f"s3a://datasets/{on_s3.name}/features/key1/attempt={manifest.attempt}"
    document = json.loads(on_s3.read("luigi-checkpoints/features/key1.json"))
    assert document["uri"] == f"datasets/features/key1/attempt={manifest.attempt}"
