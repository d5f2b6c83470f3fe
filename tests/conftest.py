"""Fixtures shared by the suites that need a real Spark."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from adapters.spark.session import SharedSession


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One small local session for the whole test run."""
    shared = SharedSession(
        master="local[2]",
        driver_memory="1g",
        options={"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"},
    )
    yield shared()
    shared.stop()
