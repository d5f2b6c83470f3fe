"""The tasks under a real luigid: one job that is killed, fails, is disturbed and ends, then a range of days.

The tests tell one story in order, on one lake. Steps that are alike for every day were committed before it begins, and
most of those of the range's first day before the range.
"""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from application.run.pipeline import GRAPH
from domain.errors import SnapshotError
from tests.finished_lake import AS_OF, DAY_AFTER, UNDATED, FinishedLake
from tests.processes import answer, environment_for, returncast
from tests.servers.luigid import Luigid, luigid
from tests.servers.process import running, wait_until

BEFORE = (*UNDATED, "examples", "train")  # and what the killed run committed
BESIDE = ("items",)  # what the failed run did nevertheless, for it needs no model
LEFT = [step for step in GRAPH if step not in (*BEFORE, *BESIDE)]
OF_THE_FIRST_DAY = [step for step in GRAPH if step not in (*UNDATED, "report", "record")]


class Job:
    """The small shop's pipeline, with one lake, under one scheduler."""

    def __init__(self, directory: Path, scheduler: Luigid, shop: FinishedLake) -> None:
        self.directory = directory
        self.scheduler = scheduler
        self.lake = directory / "lake"
        self.source = shop.source

    def luigi(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Luigi's own command."""
        command = [sys.executable, "-m", "luigi", "--module", "luigi_tasks", "--scheduler-url", self.scheduler.url]
        return subprocess.run(
            [*command, *arguments],
            env=environment_for(self.lake, settings),
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def pipeline(self, **settings: str) -> subprocess.CompletedProcess[str]:
        """The whole job by Luigi's own command."""
        return self.luigi("ReturnsPipeline", "--source", self.source, **settings)

    @property
    def run_command(self) -> list[str]:
        """Arguments of `returncast` for the whole job."""
        return ["run", "--source", self.source, "--scheduler", self.scheduler.address, "--json"]


@dataclass(frozen=True)
class Failed:
    """A job with what Luigi's command and ours said when a step of it failed."""

    job: Job
    plain: subprocess.CompletedProcess[str]
    ours: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def job(finished_lake: FinishedLake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    """A job that nobody has run, but for the steps that are alike for every day."""
    directory = tmp_path_factory.mktemp("luigi")
    with luigid(directory / "luigid") as scheduler:
        job = Job(directory, scheduler, finished_lake)
        finished_lake.seed(job.lake, UNDATED)
        yield job


@pytest.fixture(scope="module")
def killed(job: Job) -> Job:
    """Killed right after it committed its model, before the scheduler heard of that."""
    assert job.pipeline(RETURNCAST_FAILPOINT="train.committed").returncode == -signal.SIGKILL
    return job


@pytest.fixture(scope="module")
def failed(killed: Job) -> Failed:
    """Run again at once, by both commands, while the model's files are damaged."""
    files = [path for path in killed.lake.glob("models/train/*/attempt=*/*/*") if path.is_file()]
    for path in files:
        path.write_bytes(path.read_bytes() + b" ")
    plain = killed.pipeline()
    ours = returncast(*killed.run_command, lake=killed.lake, directory=killed.directory)
    for path in files:
        path.write_bytes(path.read_bytes()[:-1])
    return Failed(killed, plain, ours)


@pytest.fixture(scope="module")
def finished(failed: Failed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, str, Path]:
    """Run to its end by `returncast run`; with what a second run said that was started meanwhile, and the log."""
    job = failed.job
    log = tmp_path_factory.mktemp("finished") / "run.log"
    command = [sys.executable, "-m", "adapters.entrypoints.cli", *job.run_command]
    with running(command, log, environment_for(job.lake, {"RETURNCAST_SPARK_UI": "true"}), job.directory) as process:
        wait_until(lambda: job.scheduler.task("Score")["status"] == "RUNNING", "a step that takes a while", 600, 0.2)
        second = returncast(*job.run_command, lake=job.lake, directory=job.directory)
        assert second.returncode == 10, second.stderr
        plain = job.pipeline()
        assert plain.returncode == 10, plain.stderr
        assert f"process {process.pid} " in plain.stderr
        assert f"process {process.pid} " in " ".join(second.stderr.split())
        wait_until(lambda: process.poll() is not None, "the end of the run", 900)
        assert process.returncode == 0, log.read_text(encoding="utf-8")
    return job, " ".join(second.stderr.split()), log


def test_a_run_right_after_a_killed_one_goes_on_and_a_failed_step_ends_it_with_30(failed: Failed) -> None:
    assert failed.plain.returncode == 30, failed.plain.stderr
    assert re.search(r"Train was left by process \d+ .* dead", failed.plain.stderr)
    assert "running   Train" not in failed.plain.stderr
    assert failed.job.scheduler.task("Train")["status"] == "DONE"
    assert failed.job.scheduler.task("Evaluate")["status"] == "FAILED"


def test_the_error_page_and_the_status_begin_with_problem_and_remedy(failed: Failed) -> None:
    evaluate = failed.job.scheduler.task("Evaluate")
    error = failed.job.scheduler.ask("fetch_error", task_id=evaluate["id"])["error"]
    problem, remedy, *_ = json.loads(error).split("\n\n")
    assert problem.startswith("The file")
    assert "is not what its manifest says" in " ".join(problem.split())
    assert remedy.startswith("Restore the file")
    assert evaluate["status_message"] == "Failed: " + " ".join(problem.split())


def test_returncast_ends_with_the_code_and_words_of_our_own_error(failed: Failed) -> None:
    assert failed.ours.returncode == SnapshotError.exit_code
    assert "error: The file" in failed.ours.stderr
    assert "remedy: Restore the file" in failed.ours.stderr


def test_a_second_run_is_told_who_is_at_work_and_what_to_do(finished: tuple[Job, str, Path]) -> None:
    _, said, _ = finished
    assert re.search(r"error: \w+ is being run by process \d+", said)
    assert "remedy: Wait until that run has ended" in said


def test_the_rerun_does_only_what_was_left_and_every_task_is_done(finished: tuple[Job, str, Path]) -> None:
    job, _, log = finished
    summary = log.read_text(encoding="utf-8")
    executed = re.search(r'"executed": \[(.*?)\]', summary, re.DOTALL)
    assert executed is not None
    assert re.findall(r'"(\w+)"', executed[1]) == LEFT
    tasks = job.scheduler.tasks().values()
    assert {task["status"] for task in tasks} == {"DONE"}
    assert {task["name"].lower() for task in tasks} == {*GRAPH, "publish", "returnspipeline"}


def test_every_task_shows_how_far_it_came_what_it_did_and_where_to_look(finished: tuple[Job, str, Path]) -> None:
    job, _, _ = finished
    ran = [task for task in job.scheduler.tasks().values() if task["name"].lower() not in (*BEFORE, *BESIDE)]
    assert {task["progress_percentage"] for task in ran} == {100}
    assert all(task["status_message"] for task in ran)
    links = {task["name"]: task["tracking_url"] for task in ran}
    assert links["ReturnsPipeline"].endswith("report.html")
    assert all(link.startswith("file:///") for link in links.values()), "Spark's UI is gone"


def test_the_history_keeps_every_start_and_end(finished: tuple[Job, str, Path]) -> None:
    job, _, _ = finished
    with sqlite3.connect(job.scheduler.history) as history:
        events = history.execute(
            "select t.name, e.event_name from tasks t join task_events e on e.task_id = t.id order by e.id"
        ).fetchall()
    assert [event for name, event in events if name == "Score"][-2:] == ["RUNNING", "DONE"]
    assert ("Evaluate", "FAILED") in events
    assert ("Train", "FAILED") in events, "the death of its worker"


def test_a_range_of_days_makes_only_the_missing_ones(
    finished: tuple[Job, str, Path], finished_lake: FinishedLake
) -> None:
    job, _, _ = finished
    finished_lake.seed(job.lake, OF_THE_FIRST_DAY)  # a decision of that day would have been in force on the later one
    days = ("--start", AS_OF, "--stop", "2023-05-02")
    arguments = ("RangeDaily", "--of", "ReturnsPipeline", *days, "--of-params", f'{{"source": "{job.source}"}}')
    done = job.luigi(*arguments)
    assert done.returncode == 0, done.stderr[-4000:]
    ran = re.findall(r"running   (\w+)\(source=[^,)]*(?:, as_of=([\d-]+))?\)", done.stderr)
    assert {day for _, day in ran} == {AS_OF}, "the later day is done, and both share what has no day"
    for day in (AS_OF, DAY_AFTER):
        status = answer(returncast("status", "--source", job.source, "--as-of", day, "--json", lake=job.lake))
        assert {step["state"] for step in status["steps"]} == {"done"}, day
    assert job.luigi(*arguments, JAVA_HOME="/nowhere", PATH=os.defpath).returncode == 0
