"""Causal matching on Spark: one shuffle by item, then the domain's own function on whole items.

Lines and events of one item never meet those of another once an event that names a line has got the
line's item by a join, so the item is the group. Cancellations in the selling rows need no event and are taken natively.
"""

from dataclasses import dataclass

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from adapters.spark.arrow_memory import releasing
from adapters.spark.lines.match_kernel import ORPHAN, fates_of_units
from adapters.spark.tables import SparkTables
from domain.matching import CANCELLED, MATCHED, NO_EVENT
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from domain.source.recording_lag import recording_lag
from domain.tables import LINE_RETURNS, ORPHANS
from ports.return_matcher import ReturnMatcher

_FATES = (
    "line_id string, event_id string, fate string, quantity long, ordered_at timestamp, returned_at timestamp, "
    "available_at timestamp, disposition string, outcome string, received_at timestamp, order_id string, "
    "customer_id string, item_id string"
)


@dataclass(frozen=True)
class SparkReturnMatcher(ReturnMatcher):
    """Matches returns where the rows are; the driver sees counts only.

    Args:
        spark: where the tables are.
    """

    spark: SparkTables

    def match(self, lines: DatasetRef, events: DatasetRef, attempt: Attempt) -> StepResult:
        """Write the tables `line_returns` and `orphans`; see the port for the facts."""
        sold, returned = self.spark.read(lines), self.spark.read(events)
        fates = match_frames(sold, returned).persist(StorageLevel.MEMORY_AND_DISK)
        try:
            taken = fates.where(F.col("fate") != ORPHAN).unionByName(_in_row(sold), allowMissingColumns=True)
            line_returns = self.spark.write(taken, attempt, "line_returns", LINE_RETURNS)
            left = fates.where(F.col("fate") == ORPHAN)
            orphans = self.spark.write(left, attempt, "orphans", ORPHANS)
        finally:
            fates.unpersist()
        facts = _facts(sold, returned, self.spark.read(line_returns), self.spark.read(orphans))
        return StepResult(tables=(line_returns, orphans), facts=facts)


def match_frames(lines: DataFrame, events: DataFrame) -> DataFrame:
    """Where the units of every event went: one row an event and line that met, one an event with units left.

    Args:
        lines: canonical order lines.
        events: canonical return events.
    """
    rows = _line_rows(lines).unionByName(_event_rows(lines, events), allowMissingColumns=True)
    return rows.repartition("group").sortWithinPartitions("group").mapInArrow(releasing(fates_of_units), _FATES)


def _line_rows(lines: DataFrame) -> DataFrame:
    return lines.select(
        F.col("item_id").alias("group"),
        F.lit(False).alias("is_event"),
        F.col("line_id").alias("row_id"),
        "order_id",
        "customer_id",
        "item_id",
        "ordered_at",
        "dispatched_at",
        "available_at",
        "quantity",
        "cancelled_quantity",
    )


def _event_rows(lines: DataFrame, events: DataFrame) -> DataFrame:
    naming = events.where(F.col("line_id").isNotNull())
    others = events.where(F.col("line_id").isNull()).withColumn("named_item", F.lit(None).cast("string"))
    # An event without an item matches nothing: alone in a group of its own it burdens no partition.
    group = F.coalesce("named_item", "item_id", "event_id")
    return (
        _with_named_item(naming, lines)
        .unionByName(others)
        .select(
            group.alias("group"),
            F.lit(True).alias("is_event"),
            F.col("event_id").alias("row_id"),
            F.col("line_id").alias("named_line_id"),
            "order_id",
            "customer_id",
            "item_id",
            "returned_at",
            "available_at",
            "quantity",
            "disposition",
            "outcome",
            "received_at",
        )
    )


def _with_named_item(events: DataFrame, lines: DataFrame) -> DataFrame:
    named = lines.select(
        F.col("line_id").alias("named_line"),
        F.col("item_id").alias("named_item"),
        F.col("ordered_at").alias("named_ordered_at"),
        F.col("available_at").alias("named_available_at"),
    )
    was_known = _was_by(F.col("named_available_at"), F.col("available_at"))
    undated = F.col("returned_at").isNull()
    was_ordered = F.to_date("named_ordered_at") <= F.to_date("returned_at")
    counts = (F.col("line_id") == F.col("named_line")) & was_known & (undated | was_ordered)
    return events.join(named, counts, how="left").select(*events.columns, "named_item")


def _was_by(moment: Column, by: Column) -> Column:
    """`domain.matching.was_by`; the session's days are those of UTC."""
    return (moment <= by) | ((by == F.date_trunc("day", by)) & (F.to_date(moment) == F.to_date(by)))


def _in_row(lines: DataFrame) -> DataFrame:
    return lines.where(F.col("cancelled_quantity") > 0).select(
        "line_id",
        F.lit(NO_EVENT).alias("event_id"),
        F.lit(CANCELLED).alias("fate"),
        F.col("cancelled_quantity").alias("quantity"),
        "ordered_at",
        F.col("ordered_at").alias("returned_at"),
        "available_at",
    )


def _facts(lines: DataFrame, events: DataFrame, line_returns: DataFrame, orphans: DataFrame) -> dict[str, Json]:
    sold = lines.agg(_units("cancelled_quantity")).collect()[0]
    came = events.agg(_units("quantity"), F.count("*").alias("events")).collect()[0]
    taken = line_returns.agg(
        _units("quantity", F.col("fate") == MATCHED).alias("matched"),
        _units("quantity", F.col("fate") == CANCELLED).alias("cancelled"),
        F.countDistinct(F.when(F.col("fate") == MATCHED, F.col("event_id"))).alias("matched_events"),
    ).collect()[0]
    by_month = _units_by_month(orphans)
    return {
        "return_units": came["units"] + sold["units"],
        "matched_units": taken["matched"],
        "orphan_units": sum(by_month.values()),
        "cancelled_units": taken["cancelled"],
        "events": came["events"],
        "matched_events": taken["matched_events"],
        "recording_lag_days": recording_lag(_returns_by_recording(line_returns)),
        "orphan_units_by_month": by_month,
        "cancelled_lines": _cancelled_lines(lines, line_returns),
    }


def _units(column: str, where: Column | None = None) -> Column:
    units = F.col(column) if where is None else F.when(where, F.col(column))
    return F.coalesce(F.sum(units), F.lit(0)).alias("units")


def _units_by_month(orphans: DataFrame) -> dict[str, int]:
    month = F.date_format(F.coalesce("returned_at", "available_at"), "yyyy-MM").alias("month")
    rows = orphans.groupBy(month).agg(_units("quantity")).collect()
    return {row["month"]: row["units"] for row in sorted(rows, key=lambda row: row["month"])}


def _returns_by_recording(line_returns: DataFrame) -> dict[int, int]:
    days = F.greatest(F.lit(0), F.datediff(F.to_date("available_at"), F.to_date("returned_at")))
    dated = line_returns.where((F.col("fate") == MATCHED) & F.col("returned_at").isNotNull())
    return {row["days"]: row["count"] for row in dated.groupBy(days.alias("days")).count().collect()}


def _cancelled_lines(lines: DataFrame, line_returns: DataFrame) -> int:
    cancelled = line_returns.where(F.col("fate") == CANCELLED).groupBy("line_id").agg(_units("quantity"))
    sold = lines.select("line_id", "quantity")
    return sold.join(cancelled, "line_id", how="inner").where(F.col("units") >= F.col("quantity")).count()
