"""Features of candidates on Spark: the plan of every line, over history with the candidates at its end."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from adapters.spark.as_of.operator import parts_for
from adapters.spark.features.compiler import compile_features
from adapters.spark.tables import SparkTables
from domain.days import start_of
from domain.features.feature import FeatureSet
from domain.snapshot import Attempt, DatasetRef
from ports.candidate_feature_builder import CandidateFeatureBuilder, History

TABLE = "features"


@dataclass(frozen=True)
class SparkCandidateFeatureBuilder(CandidateFeatureBuilder):
    """Compiles a feature set as for a run, and writes what it gives for the candidates alone.

    Args:
        spark: where the tables are.
    """

    spark: SparkTables

    def build(self, feature_set: FeatureSet, history: History, candidates: DatasetRef, attempt: Attempt) -> DatasetRef:
        """Write the table `features`, one row a candidate."""
        lines, fates = self.spark.read(history.lines), self.spark.read(history.line_returns)
        start = F.lit(start_of(history.day))  # after the first read, which starts the session
        known = lines.where((F.col("ordered_at") < start) & (F.col("available_at") < start))
        returned = fates.where(F.col("available_at") < start)
        asked = known.unionByName(self.spark.read(candidates))
        parts = parts_for(history.lines.rows + candidates.rows, self.spark.session.sparkContext.defaultParallelism)
        frame = _of_the_day(compile_features(feature_set, asked, returned, parts), history)
        return self.spark.write(frame, attempt, TABLE, feature_set.schema)


def _of_the_day(features: DataFrame, history: History) -> DataFrame:
    """The rows of candidates: what is left of history was ordered before the day."""
    return features.where(F.col("ordered_at") >= F.lit(start_of(history.day)))
