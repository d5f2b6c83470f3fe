"""Fixtures shared by the suites that need a real Spark, a real S3 server or a lake with a run."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from pyspark.sql import SparkSession

from adapters.local.java import use_java
from adapters.spark.session.spark_session import SharedSession
from domain.model import calibration
from tests.finished_lake import FinishedLake, finished_in
from tests.processes import SHORT_LIVED_JAVA
from tests.servers.s3 import S3Server

# Enough to find what is common, few enough for every save; `--hypothesis-profile thorough` looks further.
settings.register_profile("quick", max_examples=15, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile("quick")


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A calibrator is tried on an earlier test of 200 returns already, so that a small shop has such a slice."""
    monkeypatch.setattr(calibration, "MIN_RETURNED_OF_A_SLICE", 200)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One small local session for the whole test run."""
    use_java()
    shared = SharedSession(
        master="local[2]",
        driver_memory="1g",
        options={"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2", **SHORT_LIVED_JAVA},
    )
    yield shared()
    shared.stop()


@pytest.fixture(scope="session")
def finished_lake(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> FinishedLake:
    """A lake with one run that nobody disturbed, the same in every process of tests."""
    own = tmp_path_factory.getbasetemp()
    return finished_in((own.parent if hasattr(pytestconfig, "workerinput") else own) / "finished")


_S3_SERVER = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def s3_server(pytestconfig: pytest.Config) -> Iterator[S3Server]:
    """One S3 server for the whole test run; a test takes a lake's name of its own."""
    with S3Server() as server:
        pytestconfig.stash[_S3_SERVER] = server.kind
        yield server


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints the summary, where tests run in several."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["s3_server"] = session.config.stash.get(_S3_SERVER, None)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Called by pytest-xdist when one of several processes has ended."""
    kind = getattr(node, "workeroutput", {}).get("s3_server")
    if kind is not None:
        node.config.stash[_S3_SERVER] = kind


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the tests on S3 ran on, for moto is no store anybody runs."""
    if _S3_SERVER in config.stash:
        terminalreporter.write_line(f"S3 server of these tests: {config.stash[_S3_SERVER]}")
