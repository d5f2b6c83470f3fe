"""Fixtures shared by the suites that need a real Spark."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from pyspark.sql import SparkSession

from adapters.local.java import use_java
from adapters.spark.session import SharedSession

# Enough to find what is common, few enough for every save; `--hypothesis-profile thorough` looks further.
settings.register_profile("quick", max_examples=15, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile("quick")


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One small local session for the whole test run."""
    use_java()
    shared = SharedSession(
        master="local[2]",
        driver_memory="1g",
        options={"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"},
    )
    yield shared()
    shared.stop()
