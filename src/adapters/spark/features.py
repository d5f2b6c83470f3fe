"""Features on Spark."""

from collections.abc import Callable

from pyspark.sql import SparkSession

from adapters.spark.as_of import parts_for
from adapters.spark.compiler import compile_features
from adapters.spark.tables import BatchDigest, read_table, write_table
from domain.features import FeatureSet
from domain.snapshot import Attempt, DatasetRef
from ports.feature_builder import FeatureBuilder

TABLE = "features"


class SparkFeatureBuilder(FeatureBuilder):
    """Compiles a feature set into one plan and writes what it gives.

    Args:
        session: gives the Spark session when it is first needed.
        digest: the vectorised row digest.
    """

    def __init__(self, session: Callable[[], SparkSession], digest: BatchDigest) -> None:
        self._session = session
        self._digest = digest

    def build(
        self, feature_set: FeatureSet, lines: DatasetRef, line_returns: DatasetRef, attempt: Attempt
    ) -> DatasetRef:
        """Write the table `features`, one row a product line."""
        session = self._session()
        parts = parts_for(lines.rows, session.sparkContext.defaultParallelism)
        frame = compile_features(feature_set, read_table(session, lines), read_table(session, line_returns), parts)
        return write_table(frame, attempt, TABLE, feature_set.schema, self._digest)
