"""SIGKILL at every failpoint of a run, one after the other on one lake; what remains is what a clean run makes.

Each kill is followed by a look at the lake through the eyes of a reader: every checkpoint's files are what their
manifest says, every pointer leads to a whole output. In the end no committed step ran twice.
"""

import hashlib
import json
import os
import signal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from application.pipeline import GRAPH, PUBLISHED
from tests.processes import answer, returncast
from tests.shops.small_shop import SmallShop

PLACES = ("begun", "written", "manifest", "committed")
# Every step dies once with its data written and uncommitted, the worst moment; some die everywhere.
EVERYWHERE = frozenset(GRAPH) if os.environ.get("EVERY_FAILPOINT") else frozenset({"train", "promote"})


def failpoints() -> list[str]:
    """The failpoints in the order in which a run on one worker reaches them; all with EVERY_FAILPOINT=1."""
    of_steps = [f"{step}.{place}" for step in GRAPH for place in PLACES if step in EVERYWHERE or place == "written"]
    return [*of_steps, "publish.copied", "publish.described"]


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of about 3,000 lines with a mapping."""
    return SmallShop().write(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def clean(mapping: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Contents by step of a run that nobody disturbs."""
    lake = tmp_path_factory.mktemp("clean")
    answer(returncast("run", "--source", str(mapping), "--json", lake=lake))
    return contents(mapping, lake)


def test_a_run_killed_everywhere_ends_as_a_clean_one(
    mapping: Path, clean: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lake = tmp_path_factory.mktemp("killed")
    committed: dict[str, bytes] = {}
    for failpoint in failpoints():
        killed = returncast("run", "--source", str(mapping), lake=lake, RETURNCAST_FAILPOINT=failpoint)
        assert killed.returncode == -signal.SIGKILL, f"{failpoint} was not reached: {killed.stderr[-2000:]}"
        check_checkpoints(lake)
        check_published(lake)
        committed = checkpoints_kept(lake, committed)
        step, _, place = failpoint.partition(".")
        done = place == "committed" or step == "publish"
        assert len(committed) == (list(GRAPH).index(step) + done if step in GRAPH else len(GRAPH)), failpoint
    summary = answer(returncast("run", "--source", str(mapping), "--json", lake=lake))
    assert summary["executed"] == []
    assert contents(mapping, lake) == clean
    assert len(checkpoints_kept(lake, committed)) == len(GRAPH)
    check_published(lake)
    assert {path.parent.name for path in (lake / "published").glob("*/latest.json")} == set(PUBLISHED)


def contents(mapping: Path, lake: Path) -> dict[str, str]:
    """The content of every step; none of them is missing."""
    steps = answer(returncast("status", "--source", str(mapping), "--json", lake=lake))["steps"]
    assert [step["state"] for step in steps] == ["done"] * len(GRAPH)
    return {step["step"]: step["content"] for step in steps}


def check_checkpoints(lake: Path) -> None:
    """Every file of every committed snapshot has the size and the digest of its manifest."""
    for path in (lake / "luigi-checkpoints").glob("*/*.json"):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        attempt = attempt_of(lake, manifest)
        for entry in manifest["files"]:
            data = (attempt / entry["path"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == entry["sha256"], entry["path"]


def attempt_of(lake: Path, manifest: dict[str, Any]) -> Path:
    """The one directory of the attempt that a manifest commits."""
    (found,) = lake.glob(f"*/{manifest['step']}/{manifest['key']}/attempt={manifest['attempt']}")
    return found


def check_published(lake: Path) -> None:
    """Every pointer names a page, or a directory of Parquet files, that is there and whole."""
    for pointer in (lake / "published").glob("*/latest.json"):
        published = json.loads(pointer.read_text(encoding="utf-8"))
        place = pointer.parent / published["path"]
        if published["columns"] is not None:
            assert pq.read_table(place).num_rows == published["rows"]
        else:
            assert place.read_text(encoding="utf-8").endswith("</html>")


def checkpoints_kept(lake: Path, before: dict[str, bytes]) -> dict[str, bytes]:
    """The checkpoints by path; those that were there before are there still, byte for byte."""
    root = lake / "luigi-checkpoints"
    now = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.glob("*/*.json")}
    assert {path: data for path, data in now.items() if path in before} == before
    return now
