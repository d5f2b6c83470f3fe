"""The scoring job under spark-submit: the pipeline's own scores, here and on a cluster that loses a worker."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.bootstrap.runs import Composition
from adapters.config import load_settings
from adapters.local.snapshot_store import LocalSnapshotStore
from adapters.s3.access import S3Lake
from adapters.s3.objects import S3Objects
from adapters.s3.opening import open_lake
from domain.snapshot import Manifest
from tests.e2e.lakes import RunLake
from tests.finished_lake import AS_OF, FinishedLake
from tests.processes import QUICK_JAVA, ROOT
from tests.servers.process import HOST, free_port, running, wait_until
from tests.servers.s3 import S3Server
from tests.servers.spark_cluster import SPARK_SUBMIT, SparkCluster, get_json

JOB = ROOT / "src" / "adapters" / "entrypoints" / "score_job.py"
SMALL = (
    *("--driver-memory", "1g", "--executor-memory", "512m"),
    *("--conf", f"spark.driver.extraJavaOptions={QUICK_JAVA}"),
    *("--conf", f"spark.executor.extraJavaOptions={QUICK_JAVA} -XX:+UseSerialGC"),
)
PARTITIONS = 24


@dataclass(frozen=True)
class Scoring:
    """The job on a lake that the pipeline finished once, less its scores."""

    run: RunLake

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the job is told."""
        return (*self.run.arguments, "--lake", str(self.run.lake), "--json")

    @property
    def scored(self) -> Manifest:
        """The one checkpoint of step score."""
        (manifest,) = LocalSnapshotStore(self.run.lake).manifests("score")
        return manifest


@pytest.fixture(scope="module")
def finished(finished_lake: FinishedLake) -> Scoring:
    """A lake with one run of the pipeline, whose model beat the baseline."""
    assert finished_lake.summary["decision"]["after"]["learner"] == "mean"
    return Scoring(finished_lake)


@pytest.fixture
def unscored(finished: Scoring, tmp_path: Path) -> Scoring:
    """A copy of it that nobody scored."""
    lake = Path(shutil.copytree(finished.run.lake, tmp_path / "lake"))
    for made in ("datasets/score", "luigi-checkpoints/score", "published/scores"):
        shutil.rmtree(lake / made)
    return Scoring(RunLake(lake, finished.run.source, AS_OF))


@pytest.fixture(scope="module")
def cluster() -> Iterator[SparkCluster]:
    """Two workers of one core; the last test kills one of them."""
    with SparkCluster(workers=2) as started:
        yield started


def test_on_one_machine_from_an_archive_the_job_makes_the_pipelines_score_and_the_pipeline_finds_it(
    finished: Scoring, unscored: Scoring, tmp_path: Path
) -> None:
    packages = shutil.make_archive(str(tmp_path / "packages"), "zip", ROOT / "src")
    job = shutil.copy(JOB, tmp_path)  # away from the checkout, as on a cluster's edge node
    answer = submit("--master", "local[2]", *SMALL, "--py-files", packages, str(job), *unscored.arguments)
    assert answer["executed"] == ["score"]
    assert (answer["key"], answer["content"]) == identity(finished.scored)
    assert answer["facts"] == dict(finished.scored.facts)
    assert Path(answer["published"].removeprefix("file://")).is_dir()
    assert unscored.run.run()["executed"] == []


@pytest.mark.thorough
def test_on_a_cluster_the_scores_are_those_of_one_machine(
    finished: Scoring, unscored: Scoring, cluster: SparkCluster
) -> None:
    answer = submit("--master", cluster.master, *SMALL, str(JOB), *unscored.arguments, **cluster.environment)
    assert answer["executed"] == ["score"]
    assert identity(unscored.scored) == identity(finished.scored)
    assert unscored.scored.content == finished.scored.content


def test_on_a_cluster_with_the_lake_on_s3_the_scores_are_those_of_one_machine(
    finished: Scoring, unscored: Scoring, cluster: SparkCluster, s3_server: S3Server
) -> None:
    lake = f"scored-{secrets.token_hex(4)}"
    upload(unscored.run.lake, s3_server, lake)
    # The workers are on this machine, so the jars, 640 MB, need not be sent to each.
    classpath = os.pathsep.join(map(str, Composition(load_settings()).jars.paths()))
    jars = ("--driver-class-path", classpath, "--conf", f"spark.executor.extraClassPath={classpath}")
    arguments = (*unscored.run.arguments, "--lake", f"s3://{lake}", "--json")
    settings = {**cluster.environment, **s3_server.environment}
    answer = submit("--master", cluster.master, *SMALL, *jars, str(JOB), *arguments, **settings)
    assert answer["executed"] == ["score"]
    assert (answer["key"], answer["content"]) == identity(finished.scored)
    bucket = s3_server.client().list_objects_v2(Bucket="datasets", Prefix=f"{lake}/score/{answer['key']}/")
    (success,) = [found["Key"] for found in bucket["Contents"] if found["Key"].endswith("/_SUCCESS")]
    committed = s3_server.client().get_object(Bucket="datasets", Key=success)["Body"].read()
    assert json.loads(committed)["committer"] == "magic"  # what the rename committer leaves is empty


def upload(directory: Path, server: S3Server, lake: str) -> None:
    """Put a lake on S3, object for file: the layouts are the same, and manifests hold no location of their own."""
    open_lake(S3Objects(server.access()), S3Lake(lake))
    client = server.client()
    for bucket in ("datasets", "models", "luigi-checkpoints"):
        for file in (directory / bucket).rglob("*"):
            if file.is_file():
                key = f"{lake}/{file.relative_to(directory / bucket).as_posix()}"
                client.put_object(Bucket=bucket, Key=key, Body=file.read_bytes())


def test_a_score_that_the_pipeline_committed_is_found(finished: Scoring, tmp_path: Path) -> None:
    lake = Path(shutil.copytree(finished.run.lake, tmp_path / "lake"))  # where it is published again
    done = run_job(*Scoring(RunLake(lake, finished.run.source, AS_OF)).arguments)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["executed"] == []


def test_without_a_champion_the_job_ends_with_the_exit_code_of_models(finished: Scoring) -> None:
    lake = str(finished.run.lake)
    done = run_job("--source", finished.run.source, "--as-of", "2020-01-01", "--lake", lake, COLUMNS="500")
    assert done.returncode == 6
    assert "No champion stands for 'small-shop' as of 2020-01-01" in done.stderr
    assert "returncast run" in done.stderr


def test_a_dry_run_says_what_would_run_and_runs_nothing(unscored: Scoring) -> None:
    done = run_job(*unscored.arguments, "--dry-run")
    assert done.returncode == 0, done.stderr
    states = {step["step"]: step["state"] for step in json.loads(done.stdout)["steps"]}
    assert states == {"ingest": "done", "match": "done", "features": "done", "score": "would run"}
    assert not (unscored.run.lake / "luigi-checkpoints" / "score").exists()


def test_a_worker_that_dies_in_the_middle_of_scoring_changes_no_score(
    finished: Scoring, unscored: Scoring, cluster: SparkCluster, tmp_path: Path
) -> None:
    events = tmp_path / "events"
    events.mkdir()
    page = free_port()
    slow = {
        "spark.sql.shuffle.partitions": PARTITIONS,  # many small tasks, so that there is a middle
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.autoBroadcastJoinThreshold": -1,
        "spark.ui.enabled": "true",
        "spark.ui.port": page,
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
    }
    properties = [text for name, value in slow.items() for text in ("--conf", f"{name}={value}")]
    command = [str(SPARK_SUBMIT), "--master", cluster.master, *SMALL, *properties, str(JOB), *unscored.arguments]
    log = tmp_path / "driver.log"
    with running(command, log, environment(**cluster.environment)) as driver:
        reached = lambda: is_half_written(page) or driver.poll() is not None
        wait_until(reached, "the middle of the scoring stage", 900, pause=0.2)
        assert driver.poll() is None, log.read_text("utf-8")[-4000:]
        cluster.kill_worker(1)
        assert driver.wait(900) == 0, log.read_text("utf-8")[-4000:]
    assert lost_an_executor_while_writing(events)
    assert identity(unscored.scored) == identity(finished.scored)
    assert unscored.scored.content == finished.scored.content


def is_half_written(page: int) -> bool:
    """Whether the stage that writes the scores has written some of them and is far from the end."""
    base = f"http://{HOST}:{page}/api/v1/applications"
    applications = get_json(base)
    if not applications:
        return False
    stages = get_json(f"{base}/{applications[0]['id']}/stages?status=active")
    return any(s["outputBytes"] > 0 and s["numCompleteTasks"] < PARTITIONS // 2 for s in stages)


def lost_an_executor_while_writing(events: Path) -> bool:
    """Whether Spark's event log has a lost executor between two tasks that wrote rows of one stage."""
    (log,) = events.iterdir()
    told = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    writing = {event["Stage ID"] for event in told if written(event)}
    (lost,) = [n for n, event in enumerate(told) if event["Event"] == "SparkListenerExecutorRemoved"]
    return any(
        any(written(event, stage) for event in told[:lost]) and any(written(event, stage) for event in told[lost:])
        for stage in writing
    )


def written(event: Mapping[str, Any], stage: int | None = None) -> bool:
    """Whether the event is the end of a task, of that stage, that wrote rows."""
    if event["Event"] != "SparkListenerTaskEnd" or stage not in {None, event["Stage ID"]}:
        return False
    return bool((event.get("Task Metrics") or {}).get("Output Metrics", {}).get("Bytes Written"))


def identity(scored: Manifest) -> tuple[str, str]:
    """The key of a score and the content of its table."""
    return scored.key, scored.table("scores").content


def environment(**settings: str) -> dict[str, str]:
    """What the job's process gets: this test's settings and nobody else's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RETURNCAST_")}
    own = {"RETURNCAST_SHUFFLE_PARTITIONS": "2", "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": HOST}
    return {**inherited, **own, **settings}


def submit(*arguments: str, **settings: str) -> Any:
    """What the job answers under spark-submit."""
    done = subprocess.run(
        [str(SPARK_SUBMIT), *arguments],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def run_job(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The job as a program of its own, without spark-submit; enough where Spark has nothing to do."""
    command = [sys.executable, str(JOB), *arguments]
    return subprocess.run(
        command, env=environment(**settings), capture_output=True, text=True, timeout=600, check=False
    )
