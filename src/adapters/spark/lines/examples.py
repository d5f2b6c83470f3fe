"""The table `examples` on Spark: lines, features and known returns joined by line."""

from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from adapters.spark.lines.bounded_sample import bounded_sample
from adapters.spark.lines.known_returns import is_cancelled, known_lines, with_first_action, with_known_returns
from adapters.spark.tables import SparkTables
from domain.features.feature import IDENTITY
from domain.labels import LabelPolicy
from domain.model.examples import LineTables, check_every_line_has_features, examples_schema, lag_histogram
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from ports.example_builder import ExampleBuilder


@dataclass(frozen=True)
class SparkExampleBuilder(ExampleBuilder):
    """Joins where the rows are; the driver sees counts only.

    Args:
        spark: where the tables are.
    """

    spark: SparkTables

    def build(
        self,
        tables: LineTables,
        taken_actions: DatasetRef,
        policy: LabelPolicy,
        as_of: date,
        max_lines: int,
        attempt: Attempt,
    ) -> StepResult:
        """Write the table `examples`; see the port for arguments and facts."""
        sold = known_lines(self.spark.read(tables.lines), as_of)
        drawn = bounded_sample(sold, max_lines) if tables.lines.rows > max_lines else sold
        known = with_known_returns(drawn, self.spark.read(tables.line_returns), policy, as_of)
        known = with_first_action(known, self.spark.read(taken_actions), policy, as_of)
        frame = _examples(known, self.spark.read(tables.features))
        written = self.spark.write(frame, attempt, "examples", examples_schema(tables.features.schema))
        check_every_line_has_features(drawn.count(), written.rows)
        return StepResult(tables=(written,), facts=_facts(self.spark.read(written), policy, as_of))


def _examples(lines: DataFrame, features: DataFrame) -> DataFrame:
    values = [name for name in features.columns if name not in IDENTITY]
    keys = lines.select(
        "line_id",
        "order_id",
        "customer_id",
        "item_id",
        "category",
        "ordered_at",
        F.to_date("ordered_at").alias("ordered_on"),
        "quantity",
        "net_value",
        F.to_date("return_known_at").alias("return_known_on"),
        "return_lag_days",
        F.col("returned_units").alias("returned_quantity"),
        F.when(is_cancelled(), F.to_date("last_cancelled_at")).alias("cancelled_known_on"),
        "acted_on",
        "acted_known_on",
        "available_at",
    )
    return keys.join(features.select("line_id", *values), "line_id", how="inner")


def _facts(examples: DataFrame, policy: LabelPolicy, as_of: date) -> dict[str, Json]:
    is_kept = F.col("cancelled_known_on").isNull()
    is_mature = is_kept & (F.col("ordered_on") <= F.lit(policy.last_mature_day(as_of)))
    is_positive = F.col("return_known_on").isNotNull()
    counted = examples.agg(
        _count(is_kept).alias("lines"),
        _count(~is_kept).alias("cancelled"),
        _count(is_positive).alias("positives"),
        _count(is_kept & F.col("acted_on").isNotNull()).alias("acted_lines"),
        _count(is_mature).alias("mature_lines"),
        _count(is_mature & is_positive).alias("mature_positives"),
    ).collect()[0]
    by_lag = examples.where(is_mature & F.col("return_lag_days").isNotNull()).groupBy("return_lag_days").count()
    lags = {row["return_lag_days"]: row["count"] for row in by_lag.collect()}
    return {**counted.asDict(), "lag_histogram": lag_histogram(lags, policy.window_days)}


def _count(where: Column) -> Column:
    return F.count(F.when(where, F.lit(1)))
