"""Features on Spark."""

from dataclasses import dataclass

from adapters.spark.as_of.operator import parts_for
from adapters.spark.features.compiler import compile_features
from adapters.spark.tables import SparkTables
from domain.features.feature import FeatureSet
from domain.snapshot import Attempt, DatasetRef
from ports.feature_builder import FeatureBuilder

TABLE = "features"


@dataclass(frozen=True)
class SparkFeatureBuilder(FeatureBuilder):
    """Compiles a feature set into one plan and writes what it gives.

    Args:
        spark: where the tables are.
    """

    spark: SparkTables

    def build(
        self, feature_set: FeatureSet, lines: DatasetRef, line_returns: DatasetRef, attempt: Attempt
    ) -> DatasetRef:
        """Write the table `features`, one row a product line."""
        parts = parts_for(lines.rows, self.spark.session.sparkContext.defaultParallelism)
        frame = compile_features(feature_set, self.spark.read(lines), self.spark.read(line_returns), parts)
        return self.spark.write(frame, attempt, TABLE, feature_set.schema)
