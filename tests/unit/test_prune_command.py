"""`returncast prune`: a list unless it is told --yes, for a person or a program."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.bootstrap.runs import composition
from adapters.entrypoints.cli import app
from adapters.local.snapshot_store import LocalSnapshotStore

TWO_DAYS_S = 2 * 86_400


@pytest.fixture
def left_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The directory of an attempt that died two days ago, in the lake of the command."""
    monkeypatch.setenv("RETURNCAST_LAKE", str(tmp_path))
    composition.cache_clear()
    store = LocalSnapshotStore(tmp_path)
    attempt = store.begin("features", "key1")
    store.put_file(attempt, "part", b"x" * (3 << 20))
    directory = Path(attempt.uri.removeprefix("file://"))
    for path in (directory / "part", directory):
        os.utime(path, (time.time() - TWO_DAYS_S,) * 2)
    yield directory
    composition.cache_clear()


def prune(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["prune", *arguments])


def test_without_a_word_nothing_is_removed(left_over: Path) -> None:
    for told in (prune("--keep-days", "30"), prune("--keep-days", "30", "--dry-run")):
        assert told.exit_code == 0, told.output
        assert "To be removed with --yes: 0 snapshots and 1 left-over attempts, 3.0 MiB." in told.output
    assert left_over.exists()


def test_with_yes_it_is_removed_and_said(left_over: Path) -> None:
    told = json.loads(prune("--keep-days", "30", "--yes", "--json").stdout)
    assert told == {
        "keep_days": 30,
        "removed": True,
        "snapshots": 0,
        "left_over": 1,
        "bytes": 3 << 20,
        "steps": [{"step": "features", "snapshots": 0, "left_over": 1, "bytes": 3 << 20}],
        "damaged": {},
    }
    assert not left_over.exists()
    assert json.loads(prune("--keep-days", "30", "--json").stdout)["bytes"] == 0


@pytest.mark.parametrize("arguments", [(), ("--keep-days", "0")])
def test_the_days_must_be_named_and_be_some(left_over: Path, arguments: tuple[str, ...]) -> None:
    assert prune(*arguments, "--yes").exit_code == 2
    assert left_over.exists()
