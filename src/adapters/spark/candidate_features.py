"""Features of candidates on Spark: the plan of every line, over history with the candidates at its end."""

from collections.abc import Callable

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from adapters.spark.as_of import parts_for
from adapters.spark.compiler import compile_features
from adapters.spark.tables import BatchDigest, read_table, write_table
from domain.days import start_of
from domain.features import FeatureSet
from domain.snapshot import Attempt, DatasetRef
from ports.candidate_feature_builder import CandidateFeatureBuilder, History

TABLE = "features"


class SparkCandidateFeatureBuilder(CandidateFeatureBuilder):
    """Compiles a feature set as for a run, and writes what it gives for the candidates alone.

    Args:
        session: gives the Spark session when it is first needed.
        digest: the vectorised row digest.
    """

    def __init__(self, session: Callable[[], SparkSession], digest: BatchDigest) -> None:
        self._session = session
        self._digest = digest

    def build(self, feature_set: FeatureSet, history: History, candidates: DatasetRef, attempt: Attempt) -> DatasetRef:
        """Write the table `features`, one row a candidate."""
        session = self._session()
        start = F.lit(start_of(history.day))
        known = read_table(session, history.lines).where(
            (F.col("ordered_at") < start) & (F.col("available_at") < start)
        )
        returned = read_table(session, history.line_returns).where(F.col("available_at") < start)
        lines = known.unionByName(read_table(session, candidates))
        parts = parts_for(history.lines.rows + candidates.rows, session.sparkContext.defaultParallelism)
        frame = _of_the_day(compile_features(feature_set, lines, returned, parts), history)
        return write_table(frame, attempt, TABLE, feature_set.schema, self._digest)


def _of_the_day(features: DataFrame, history: History) -> DataFrame:
    """The rows of candidates: what is left of history was ordered before the day."""
    return features.where(F.col("ordered_at") >= F.lit(start_of(history.day)))
