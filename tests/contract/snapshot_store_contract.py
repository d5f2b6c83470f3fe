"""What every snapshot store must do; an adapter's suite supplies its lake and nothing else."""

import hashlib
import json
import multiprocessing
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.content import render_content
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import ArtifactRef, Attempt, DatasetRef, Manifest, StepResult
from ports.snapshot_store import Readable, SnapshotStore
from tests.contract.commit_race import KEY, ROUNDS, STEP, commit_together, manifest_of, race_in_process
from tests.contract.raw_lake import RawLake

SCHEMA = Schema(tuple(Column(str(kind), kind, nullable=True, meaning=f"ein {kind} \u2713") for kind in ColumnType))
CHECKPOINT = "luigi-checkpoints/features/key1.json"


def rich_result(attempt: Attempt) -> StepResult:
    table = DatasetRef("lines", attempt.location("lines"), SCHEMA, 0, render_content(SCHEMA, 0, 0))
    return StepResult(
        tables=(table,),
        artifacts=(ArtifactRef("model", attempt.location("model"), "abc"),),
        facts={"rate": 0.1 + 0.2, "rows": 3, "none": None, "deep": {"list": [1, "\u00fc", True]}},
        notes={"usage": {"seconds": 1.5}},
    )


def committed(store: SnapshotStore, **arguments: Any) -> Manifest:
    return store.commit(manifest_of(store, **arguments))


class SnapshotStoreContract(ABC):
    @abstractmethod
    @pytest.fixture
    def lake(self, tmp_path: Path) -> RawLake:
        """An empty lake."""

    @pytest.fixture
    def store(self, lake: RawLake) -> SnapshotStore:
        return lake.open()

    # -- round trip -------------------------------------------------------------------------------------------

    def test_committed_manifest_is_found_by_another_store_with_every_field(self, lake: RawLake) -> None:
        store = lake.open()
        attempt = store.begin("features", "key1")
        store.put_file(attempt, "lines/part-0.parquet", b"rows")
        result = rich_result(attempt)
        manifest = manifest_of(store).__class__(
            step="features",
            key="key1",
            attempt=attempt.id,
            uri=attempt.uri,
            tables=result.tables,
            artifacts=result.artifacts,
            facts=result.facts,
            notes=result.notes,
            files=store.inventory(attempt),
            inputs={"match": "key0"},
            parameters={"as_of": "2024-01-01"},
            code="c0de",
            committed_at="2024-01-01T00:00:00+00:00",
        )
        assert store.commit(manifest) == manifest
        assert lake.open().find("features", "key1") == manifest

    def test_content_is_the_same_after_the_round_trip(self, store: SnapshotStore) -> None:
        manifest = manifest_of(store, result=StepResult(facts={"b": (1, 2.5), "a": "x", "nan": float("nan")}))
        before = manifest.content
        store.commit(manifest)
        found = store.find("features", "key1")
        assert found is not None
        assert found.content == before

    def test_unknown_key_and_unknown_step_have_no_checkpoint(self, store: SnapshotStore) -> None:
        committed(store)
        assert store.find("features", "other") is None
        assert store.find("match", "key1") is None
        assert store.manifests("match") == []

    def test_file_is_read_back_and_lies_where_the_layout_says(self, lake: RawLake, store: SnapshotStore) -> None:
        manifest = committed(store, files={"a/b.bin": b"\x00\xff"})
        assert store.read_file(manifest, "a/b.bin") == b"\x00\xff"
        assert lake.read(f"datasets/features/key1/attempt={manifest.attempt}/a/b.bin") == b"\x00\xff"

    def test_what_the_train_step_makes_lies_among_the_models(self, lake: RawLake, store: SnapshotStore) -> None:
        manifest = committed(store, step="train", files={"model/model.json": b"{}"})
        assert f"models/train/key1/attempt={manifest.attempt}/model/model.json" in lake.paths()

    def test_file_put_twice_holds_the_later_bytes(self, store: SnapshotStore) -> None:
        attempt = store.begin("features", "key1")
        store.put_file(attempt, "a", b"first and long")
        store.put_file(attempt, "a", b"then")
        assert [(entry.path, entry.size) for entry in store.inventory(attempt)] == [("a", 4)]

    def test_inventory_lists_every_file_by_path_with_size_and_sha256(self, store: SnapshotStore) -> None:
        attempt = store.begin("features", "key1")
        files = {"b/c": b"xyz", "a": b"", "b/a": b"1"}
        for path, data in files.items():
            store.put_file(attempt, path, data)
        entries = [(entry.path, entry.size, entry.sha256) for entry in store.inventory(attempt)]
        assert entries == [(p, len(files[p]), hashlib.sha256(files[p]).hexdigest()) for p in sorted(files)]

    def test_attempt_without_files_has_an_empty_inventory_and_can_be_committed(self, store: SnapshotStore) -> None:
        manifest = committed(store, result=StepResult(facts={"decision": "keep"}))
        assert manifest.files == ()
        assert store.find("features", "key1") == manifest

    @pytest.mark.parametrize("path", ["../x", "/x", "a//b", "a\\b", "", ".", "a/../../x"])
    def test_path_that_would_leave_the_attempt_is_refused(self, store: SnapshotStore, path: str) -> None:
        with pytest.raises(SnapshotError):
            store.put_file(store.begin("features", "key1"), path, b"x")

    @pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a\\b"])
    def test_step_and_key_that_are_no_names_are_refused(self, store: SnapshotStore, name: str) -> None:
        with pytest.raises(SnapshotError):
            store.begin(name, "key1")
        with pytest.raises(SnapshotError):
            store.find("features", name)

    # -- visibility -------------------------------------------------------------------------------------------

    def test_attempt_is_invisible_until_its_commit(self, store: SnapshotStore) -> None:
        store.put_file(store.begin("features", "key1"), "part", b"half a table")
        assert store.find("features", "key1") is None
        assert store.manifests("features") == []

    def test_attempts_at_one_key_do_not_see_each_other(self, store: SnapshotStore) -> None:
        one, other = store.begin("features", "key1"), store.begin("features", "key1")
        store.put_file(one, "part", b"1")
        assert one.uri != other.uri
        assert store.inventory(other) == ()

    def test_second_commit_of_a_key_gets_the_first_and_changes_nothing(
        self, lake: RawLake, store: SnapshotStore
    ) -> None:
        first = committed(store, files={"part": b"1"})
        before = lake.read(CHECKPOINT)
        late = manifest_of(store, files={"part": b"2"}, committed_at="2030-01-01T00:00:00+00:00")
        assert store.commit(late) == first
        assert lake.read(CHECKPOINT) == before
        assert store.find("features", "key1") == first

    def test_commit_whose_answer_was_lost_can_be_repeated(self, store: SnapshotStore) -> None:
        manifest = manifest_of(store, files={"part": b"1"})
        assert store.commit(manifest) == store.commit(manifest) == manifest

    def test_commit_of_files_that_are_not_there_fails_and_leaves_nothing(
        self, lake: RawLake, store: SnapshotStore
    ) -> None:
        manifest = manifest_of(store, files={"part": b"1"})
        lake.delete(f"datasets/features/key1/attempt={manifest.attempt}/part")
        with pytest.raises(SnapshotError):
            store.commit(manifest)
        assert store.find("features", "key1") is None
        assert not [path for path in lake.paths() if path.startswith("luigi-checkpoints")]

    @pytest.mark.parametrize("facts", [{"x": object()}, {"x": {1: "number as a key", 10: "", 9: ""}}])
    def test_commit_of_facts_that_are_no_json_fails_and_leaves_nothing(
        self, lake: RawLake, store: SnapshotStore, facts: dict[str, Any]
    ) -> None:
        with pytest.raises(SnapshotError, match="plain JSON"):
            store.commit(manifest_of(store, facts=facts))
        assert not [path for path in lake.paths() if path.startswith("luigi-checkpoints")]

    def test_commit_of_another_lakes_attempt_is_refused(self, store: SnapshotStore) -> None:
        with pytest.raises(SnapshotError, match="outside"):
            store.commit(manifest_of(store, uri="elsewhere:/attempt"))

    def test_manifests_come_in_the_order_of_commit_time_then_key(self, store: SnapshotStore) -> None:
        for key, day in (("b", "02"), ("c", "01"), ("a", "02"), ("d", "03")):
            committed(store, key=key, committed_at=f"2024-01-{day}T00:00:00+00:00")
        committed(store, step="match", key="e")
        assert [manifest.key for manifest in store.manifests("features")] == ["c", "a", "b", "d"]

    # -- damage -----------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": 1}'])
    def test_checkpoint_that_is_no_manifest_is_an_error_that_names_it(
        self, lake: RawLake, store: SnapshotStore, data: bytes
    ) -> None:
        committed(store)
        lake.write(CHECKPOINT, data)
        with pytest.raises(SnapshotError, match=r"key1\.json.*(?s:.)*delete"):
            store.find("features", "key1")
        with pytest.raises(SnapshotError, match=r"key1\.json"):
            store.manifests("features")

    def test_checkpoints_beside_a_damaged_one_can_be_read(self, lake: RawLake, store: SnapshotStore) -> None:
        first, second = (committed(store, key=key, committed_at=f"2024-01-0{key}T00:00:00+00:00") for key in "12")
        committed(store)
        lake.write(CHECKPOINT, b"{")
        checkpoints = store.readable("features")
        assert list(checkpoints.found) == [first, second]
        assert list(checkpoints.damaged) == ["key1"]
        assert "key1.json" in str(checkpoints.damaged["key1"])
        assert store.readable("match") == Readable([], {})

    def test_checkpoint_edited_by_hand_is_an_error(self, lake: RawLake, store: SnapshotStore) -> None:
        committed(store, result=StepResult(facts={"rows": 3}))
        document = json.loads(lake.read(CHECKPOINT))
        document["facts"]["rows"] = 4
        lake.write(CHECKPOINT, json.dumps(document).encode())
        with pytest.raises(SnapshotError, match="checksum"):
            store.find("features", "key1")

    def test_checkpoint_of_another_key_is_an_error(self, lake: RawLake, store: SnapshotStore) -> None:
        committed(store)
        lake.write("luigi-checkpoints/features/key2.json", lake.read(CHECKPOINT))
        with pytest.raises(SnapshotError, match="key1"):
            store.find("features", "key2")

    @pytest.mark.parametrize("damage", [b"2", b"12", b"", None])
    def test_file_that_was_changed_or_removed_is_never_handed_out(
        self, lake: RawLake, store: SnapshotStore, damage: bytes | None
    ) -> None:
        manifest = committed(store, files={"model/part": b"1", "model/other": b"0"})
        path = f"datasets/features/key1/attempt={manifest.attempt}/model/part"
        if damage is None:
            lake.delete(path)
        else:
            lake.write(path, damage)
        with pytest.raises(SnapshotError, match="part"):
            store.read_file(manifest, "model/part")
        assert store.read_file(manifest, "model/other") == b"0"

    def test_file_that_was_added_after_the_commit_is_no_part_of_the_snapshot(
        self, lake: RawLake, store: SnapshotStore
    ) -> None:
        manifest = committed(store, files={"model/part": b"1"})
        lake.write(f"datasets/features/key1/attempt={manifest.attempt}/model/evil.py", b"x")
        found = store.find("features", "key1")
        assert found is not None
        assert [entry.path for entry in found.files] == ["model/part"]
        with pytest.raises(SnapshotError, match=r"evil\.py"):
            store.read_file(found, "model/evil.py")

    def test_file_that_the_manifest_does_not_list_is_an_error(self, store: SnapshotStore) -> None:
        with pytest.raises(SnapshotError, match="other"):
            store.read_file(committed(store, files={"part": b"1"}), "other")

    # -- removal ----------------------------------------------------------------------------------------------

    def test_attempts_are_listed_with_size_and_age_whether_committed_or_not(self, store: SnapshotStore) -> None:
        before = datetime.now(UTC) - timedelta(minutes=5)  # clocks of stores may differ a little
        made = committed(store, files={"a/part": b"123", "b": b"45"})
        trained = committed(store, step="train", key="key2", files={"model/model.json": b"{}"})
        died = store.begin("features", "key1")
        store.put_file(died, "half", b"1")
        listed = store.attempts()
        assert {(found.attempt.id, found.size) for found in listed} == {
            (made.attempt, 5),
            (trained.attempt, 2),
            (died.id, 1),
        }
        assert {found.attempt.uri for found in listed} == {made.uri, trained.uri, died.uri}
        assert [(f.attempt.step, f.attempt.key) for f in listed] == [("features", "key1")] * 2 + [("train", "key2")]
        assert all(before < found.written < datetime.now(UTC) + timedelta(minutes=5) for found in listed)

    def test_what_lies_beside_attempts_is_none(self, lake: RawLake, store: SnapshotStore) -> None:
        committed(store)
        lake.write("datasets/published/scores/as_of=2024-01-01/scores.parquet", b"1")  # where it is on S3
        lake.write("datasets/features/key1/stray", b"1")
        lake.write("datasets/train/key1/attempt=a/stray", b"1")  # what is made by train lies among the models
        assert [found for found in store.attempts() if found.size] == []

    def test_withdrawn_checkpoint_is_gone_its_files_stay_and_its_key_can_be_committed_anew(
        self, lake: RawLake, store: SnapshotStore
    ) -> None:
        first, other = committed(store, files={"part": b"1"}), committed(store, key="key2")
        store.withdraw("features", "key1")
        assert store.find("features", "key1") is None
        assert store.manifests("features") == [other]
        assert f"datasets/features/key1/attempt={first.attempt}/part" in lake.paths()
        again = committed(store, files={"part": b"2"})
        assert lake.open().find("features", "key1") == again

    def test_withdrawing_what_is_not_there_changes_nothing(self, store: SnapshotStore) -> None:
        store.withdraw("features", "key1")
        assert store.manifests("features") == []

    def test_discarded_attempt_is_gone_and_nothing_else_is(self, lake: RawLake, store: SnapshotStore) -> None:
        made, died = committed(store, files={"part": b"1"}), store.begin("features", "key1")
        store.put_file(died, "deep/part", b"2")
        before = lake.paths()
        store.discard(died)
        store.discard(died)
        assert set(before) - set(lake.paths()) == {f"datasets/features/key1/attempt={died.id}/deep/part"}
        assert store.read_file(made, "part") == b"1"

    def test_attempt_that_a_checkpoint_names_is_never_discarded(self, lake: RawLake, store: SnapshotStore) -> None:
        made = committed(store, files={"part": b"1"})
        attempt = Attempt(made.step, made.key, made.attempt, made.uri)
        with pytest.raises(SnapshotError, match="checkpoint"):
            store.discard(attempt)
        lake.write(CHECKPOINT, b"{")
        with pytest.raises(SnapshotError, match=r"key1\.json"):
            store.discard(attempt)
        lake.delete(CHECKPOINT)
        store.discard(attempt)
        assert not [path for path in lake.paths() if attempt.id in path]

    # -- moving -----------------------------------------------------------------------------------------------

    def test_lake_that_was_moved_is_read_where_it_is_now(self, lake: RawLake) -> None:
        store = lake.open()
        attempt = store.begin("features", "key1")
        result = rich_result(attempt)
        before = committed(store, files={"part": b"1"}, result=replace(result, tables=(), artifacts=()))
        moved = lake.moved().open()
        found = moved.find("features", "key1")
        assert found is not None
        assert found.uri != before.uri
        assert found.content == before.content
        assert moved.read_file(found, "part") == b"1"

    def test_locations_of_tables_and_artifacts_move_with_the_lake(self, lake: RawLake) -> None:
        store = lake.open()
        attempt = store.begin("features", "key1")
        result = rich_result(attempt)
        base = manifest_of(store)
        store.commit(
            replace(base, attempt=attempt.id, uri=attempt.uri, tables=result.tables, artifacts=result.artifacts)
        )
        found = lake.moved().open().find("features", "key1")
        assert found is not None
        assert [ref.uri for ref in found.tables] == [f"{found.uri}/lines"]
        assert [ref.uri for ref in found.artifacts] == [f"{found.uri}/model"]

    # -- concurrency ------------------------------------------------------------------------------------------

    def test_of_many_threads_that_commit_one_key_exactly_one_wins_and_all_get_it(self, lake: RawLake) -> None:
        runners = 8
        barrier = threading.Barrier(runners)
        with ThreadPoolExecutor(runners) as pool:
            answers = list(pool.map(lambda number: commit_together(lake, barrier, number), range(runners)))
        check_one_winner(lake, answers)


class SharedSnapshotStoreContract(SnapshotStoreContract):
    """For stores that processes share."""

    def test_of_many_processes_that_commit_one_key_exactly_one_wins_and_all_get_it(self, lake: RawLake) -> None:
        runners = 4
        context = multiprocessing.get_context("spawn")
        barrier, answers = context.Barrier(runners), context.Queue()
        racers = [context.Process(target=race_in_process, args=(lake, barrier, n, answers)) for n in range(runners)]
        for racer in racers:
            racer.start()
        given = [answers.get(timeout=60) for _ in racers]
        for racer in racers:
            racer.join(60)
        check_one_winner(lake, given)


def check_one_winner(lake: RawLake, answers: list[list[tuple[str, str]]]) -> None:
    store = lake.open()
    for turn, given in enumerate(zip(*answers, strict=True)):
        standing = {attempt for _, attempt in given}
        assert len(standing) == 1
        assert standing <= {mine for mine, _ in given}
        found = store.find(STEP, f"{KEY}-{turn}")
        assert found is not None
        assert found.attempt in standing
    assert len(answers[0]) == len(store.manifests(STEP)) == ROUNDS
