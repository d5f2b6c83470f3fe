"""SIGKILL at failpoints of a run, one after the other on one lake; what remains is what a clean run makes.

Each kill is followed by a look at the lake through the eyes of a reader: every checkpoint's files are what their
manifest says, every pointer leads to a whole output. In the end no committed step ran twice. The lake is a directory,
and then buckets of a real S3 server.
"""

import os
import signal
from pathlib import Path, PurePosixPath

import pytest

from application.run.pipeline import GRAPH, PUBLISHED
from tests.faults.places import (
    Place,
    check_checkpoints,
    check_published,
    checkpoints_kept,
    in_directory,
    manifests,
    on_s3,
    pointers,
)
from tests.processes import answer
from tests.servers.s3 import S3Server

PLACES = ("begun", "written", "manifest", "committed")
PUBLISHING = ["publish.copied", "publish.described"]
EVERYWHERE = [f"{step}.{place}" for step in GRAPH for place in PLACES]
THOROUGH = bool(os.environ.get("EVERY_FAILPOINT"))
# One of each kind: a table of Spark, a model, the decision that moves the champion, and what is keyed by it.
FEW = ["ingest.written", "train.manifest", "promote.committed", "orders.written"]


def test_a_run_killed_everywhere_ends_as_a_clean_one(mapping: Path, clean: dict[str, str], tmp_path: Path) -> None:
    check_kills(in_directory(tmp_path / "lake"), mapping, clean, EVERYWHERE if THOROUGH else FEW)


@pytest.mark.thorough
def test_a_run_killed_everywhere_on_s3_ends_as_a_clean_one_in_a_directory(
    mapping: Path, clean: dict[str, str], s3_server: S3Server, tmp_path: Path
) -> None:
    check_kills(on_s3(s3_server, "killed", tmp_path), mapping, clean, EVERYWHERE if THOROUGH else FEW)


@pytest.mark.thorough
def test_a_run_killed_while_another_makes_the_same_keys_leaves_it_the_winner(
    mapping: Path, clean: dict[str, str], s3_server: S3Server, tmp_path: Path
) -> None:
    place = on_s3(s3_server, "raced", tmp_path)
    killed = place.start(mapping, RETURNCAST_FAILPOINT="train.written")
    summary = answer(place.run(mapping, "--json"))
    assert killed.wait(900) == -signal.SIGKILL
    assert "train" in summary["executed"]
    assert place.contents(mapping) == clean
    check_checkpoints(place.raw)
    check_published(place.raw)
    assert len(checkpoints_kept(place.raw, {})) == len(GRAPH)
    (committed,) = manifests(place.raw, "train")
    attempts = {path.split("attempt=")[1].split("/")[0] for path in place.raw.paths() if path.startswith("models/")}
    assert len(attempts) == 2, "both runs should have written a model"
    assert committed["attempt"] in attempts


def check_kills(place: Place, mapping: Path, clean: dict[str, str], failpoints: list[str]) -> None:
    """Kill runs at each failpoint in the order they are reached; then one last run finds nothing to do."""
    committed: dict[str, bytes] = {}
    for failpoint in [*failpoints, *PUBLISHING]:
        killed = place.run(mapping, RETURNCAST_FAILPOINT=failpoint)
        assert killed.returncode == -signal.SIGKILL, f"{failpoint} was not reached: {killed.stderr[-2000:]}"
        check_checkpoints(place.raw)
        check_published(place.raw)
        committed = checkpoints_kept(place.raw, committed)
        step, _, reached = failpoint.partition(".")
        done = reached == "committed" or step == "publish"
        assert len(committed) == (list(GRAPH).index(step) + done if step in GRAPH else len(GRAPH)), failpoint
    summary = answer(place.run(mapping, "--json"))
    assert summary["executed"] == []
    assert place.contents(mapping) == clean
    assert len(checkpoints_kept(place.raw, committed)) == len(GRAPH)
    check_published(place.raw)
    assert {PurePosixPath(path).parent.name for path in pointers(place.raw)} == set(PUBLISHED)
