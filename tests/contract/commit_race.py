"""What several threads or processes do at once to one key; it imports little, since processes start from it."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.snapshot import MadeFrom, Manifest, StepResult
from ports.snapshot_store import SnapshotStore
from tests.contract.raw_lake import RawLake

STEP, KEY = "features", "raced"
ROUNDS = 60  # one alone would often pass by luck


def manifest_of(
    store: SnapshotStore,
    step: str = "features",
    key: str = "key1",
    files: dict[str, bytes] | None = None,
    result: StepResult = StepResult(),  # noqa: B008 (frozen)
    **changes: Any,
) -> Manifest:
    """A manifest, ready to be committed, of a new attempt with some files."""
    attempt = store.begin(step, key)
    for path, data in (files or {}).items():
        store.put_file(attempt, path, data)
    made_from, at = MadeFrom({}, {}, "code"), datetime(2024, 1, 1, tzinfo=UTC)
    manifest = Manifest.of(attempt, result, store.inventory(attempt), made_from, at)
    return replace(manifest, **changes)


def commit_together(lake: RawLake, barrier: Any, number: int) -> list[tuple[str, str]]:
    """In every round commit an attempt of one's own together with the others: one's attempt, the one that stands."""
    store = lake.open()
    answers = []
    for turn in range(ROUNDS):
        mine = manifest_of(store, STEP, f"{KEY}-{turn}", {"part": b"%d" % number}, StepResult(facts={"number": number}))
        barrier.wait(60)
        answers.append((mine.attempt, store.commit(mine).attempt))
    return answers


def race_in_process(lake: RawLake, barrier: Any, number: int, answers: Any) -> None:
    """`commit_together` in a process of its own."""
    answers.put(commit_together(lake, barrier, number))


def die_while_committing(lake: RawLake) -> None:
    """Be killed when the manifest is written and not yet in its place."""
    os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    store = lake.open()
    store.commit(manifest_of(store, STEP, KEY, {"part": b"1"}))
