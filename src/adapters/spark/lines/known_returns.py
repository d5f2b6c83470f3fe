"""What a shop knew of its lines and their returns at the start of a day: the `as_of` filter of a run on Spark."""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from domain.days import start_of
from domain.labels import LabelPolicy
from domain.matching import CANCELLED, MATCHED
from domain.tables import PRODUCT


def known_lines(lines: DataFrame, as_of: date) -> DataFrame:
    """The product lines that were known and ordered before the start of `as_of`."""
    start = F.lit(start_of(as_of))
    is_product = F.col("kind") == PRODUCT
    return lines.where(is_product & (F.col("available_at") < start) & (F.col("ordered_at") < start))


def with_known_returns(lines: DataFrame, line_returns: DataFrame, policy: LabelPolicy, as_of: date) -> DataFrame:
    """Lines with what was known of their units by `as_of`.

    Adds `closed_units` (returned or cancelled), `cancelled_units`, `returned_units` (in the window), and
    of the first known return in the window `return_known_at` and `return_lag_days`, both null when there is none,
    and `last_cancelled_at`, when the latest cancellation of units was known, null without one.
    """
    known = line_returns.where(F.col("available_at") < F.lit(start_of(as_of)))
    by_line = known.groupBy("line_id").agg(*_closures(policy))
    joined = lines.join(by_line, "line_id", how="left")
    units = ("closed_units", "cancelled_units", "returned_units")
    return joined.select(
        *lines.columns,
        *(F.coalesce(name, F.lit(0)).alias(name) for name in units),
        F.col("first_return.available_at").alias("return_known_at"),
        F.col("first_return.lag_days").alias("return_lag_days"),
        "last_cancelled_at",
    )


def with_first_action(lines: DataFrame, taken_actions: DataFrame, policy: LabelPolicy, as_of: date) -> DataFrame:
    """Lines, with their known returns, and when something was first done about them and first known to have been.

    Adds `acted_on` and `acted_known_on`, null where nothing was done, as far as it was known before `as_of`, until a
    return of the line was known or its label was final.
    """
    known = taken_actions.where(F.col("available_at") < F.lit(start_of(as_of)))
    first = known.groupBy("line_id").agg(
        F.to_date(F.min("taken_at")).alias("taken_on"), F.to_date(F.min("available_at")).alias("told_on")
    )
    joined = lines.join(first, "line_id", how="left")
    settled_on = F.date_add(F.to_date("ordered_at"), policy.window_days + policy.recording_lag_days)
    is_back = F.coalesce(F.to_date("return_known_at") <= F.col("taken_on"), F.lit(False))
    matters = ~is_back & (F.col("taken_on") <= settled_on)
    return joined.select(
        *lines.columns,
        F.when(matters, F.col("taken_on")).alias("acted_on"),
        F.when(matters, F.col("told_on")).alias("acted_known_on"),
    )


def is_cancelled() -> Column:
    """`domain.matching.is_cancelled` of a line with its known returns."""
    return F.col("cancelled_units") >= F.col("quantity")


def counts(policy: LabelPolicy) -> Column:
    """`LabelPolicy.counts` of a row with `returned_at` and `ordered_at`."""
    return F.col("returned_at").isNull() | lag_days().between(0, policy.window_days)


def lag_days() -> Column:
    """Days from order to return; null for an undated one."""
    return F.datediff(F.to_date("returned_at"), F.to_date("ordered_at"))


def _closures(policy: LabelPolicy) -> list[Column]:
    in_window = (F.col("fate") == MATCHED) & counts(policy)
    first = F.struct("available_at", "returned_at", "event_id", lag_days().alias("lag_days"))
    return [
        F.sum("quantity").alias("closed_units"),
        F.sum(F.when(F.col("fate") == CANCELLED, F.col("quantity"))).alias("cancelled_units"),
        F.max(F.when(F.col("fate") == CANCELLED, F.col("available_at"))).alias("last_cancelled_at"),
        F.sum(F.when(in_window, F.col("quantity"))).alias("returned_units"),
        F.min(F.when(in_window, first)).alias("first_return"),
    ]
