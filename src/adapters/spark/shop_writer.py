"""Writes a synthetic shop's files with Spark: shoppers are drawn where they fall, and nothing is shuffled."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from adapters.spark.arrow_memory import releasing
from adapters.spark.tables import SparkTables
from domain.snapshot import Attempt, DatasetRef, StepResult
from domain.synthetic.mapping import ORDER_FILES, ORDERS, RETURN_FILE, RETURNS, TRUTH, TRUTH_FILE
from domain.synthetic.shop import ShopLaw
from ports.shop_writer import ShopWriter

DrawPart: TypeAlias = Callable[[ShopLaw, int, int], pa.RecordBatch]

_LINES_OF_PART = 200_000
_LINES_AT_ONCE = 20_000
_DEVICES = ("phone", "desktop", "tablet")
_CANCEL_SECOND = 86_340  # a minute before the day's end: after the order, before anything is sent


@dataclass(frozen=True)
class SparkShopWriter(ShopWriter):
    """Draws and writes in parts.

    Args:
        spark: where the tables are.
        draw: the rows of a range of shoppers.
        drawn: the columns of those rows.
        count: how many shoppers a shop has.
    """

    spark: SparkTables
    draw: DrawPart
    drawn: pa.Schema
    count: Callable[[ShopLaw], int]

    def write(self, law: ShopLaw, attempt: Attempt) -> StepResult:
        """As the port says; the rows are drawn once and held on the disk meanwhile."""
        rows = self._rows(law).persist(StorageLevel.DISK_ONLY)
        try:
            return StepResult(tuple(self._tables(law, rows, attempt)), facts={"shoppers": self.count(law)})
        finally:
            rows.unpersist()

    def _tables(self, law: ShopLaw, rows: DataFrame, attempt: Attempt) -> Iterator[DatasetRef]:
        known = rows.withColumns(_known(law))
        orders = _sales(known)
        if law.shape == "rows":
            orders = orders.unionByName(_return_rows(known), allowMissingColumns=True)
        yield self.spark.write(orders, attempt, ORDERS, ORDER_FILES[law.shape])
        if law.shape == "table":
            yield self.spark.write(_return_table(known), attempt, RETURNS, RETURN_FILE)
        yield self.spark.write(_truth(rows), attempt, TRUTH, TRUTH_FILE)

    def _rows(self, law: ShopLaw) -> DataFrame:
        shoppers = self.count(law)
        at_once = max(1, round(shoppers * _LINES_AT_ONCE / law.lines))
        parts = max(1, -(-law.lines // _LINES_OF_PART))
        firsts = self.spark.session.range(0, shoppers, at_once, parts)
        return firsts.mapInArrow(releasing(_Drawing(law, shoppers, at_once, self.draw)), from_arrow_schema(self.drawn))


@dataclass(frozen=True)
class _Drawing:
    """Draws the shoppers from each identity on, where Spark puts it."""

    law: ShopLaw
    shoppers: int
    at_once: int
    draw: DrawPart

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for first in batch["id"].to_pylist():
                yield self.draw(self.law, first, min(first + self.at_once, self.shoppers))


def _known(law: ShopLaw) -> dict[str, Column]:
    """Moments, and what of it all the shop knows by the end of its last day."""
    cancels_later = law.cancel_days > 0
    told = F.col("return_day") + law.feed_delay_days < law.days
    cancel_told = F.col("cancel_day") + law.feed_delay_days < law.days
    return {
        "placed_at": _moment(law, F.col("day"), F.col("second")),
        "shipped_at": _moment(law, F.col("day") + law.cancel_days, F.lit(86_399 if law.cancel_days == 0 else 0)),
        "comes_back": (F.col("returned") & told) | (F.col("cancelled") & F.lit(cancels_later) & cancel_told),
        "came_back_at": F.when(F.col("cancelled"), _moment(law, F.col("cancel_day"), F.lit(_CANCEL_SECOND))).otherwise(
            _moment(law, F.col("return_day"), F.col("return_second"))
        ),
        "came_back": F.when(F.col("cancelled"), F.col("units")).otherwise(F.col("returned_units")),
        "cancelled_units": F.when(F.col("cancelled") & F.lit(not cancels_later), F.col("units")).otherwise(0),
    }


def _moment(law: ShopLaw, day: Column, second: Column) -> Column:
    start = F.unix_seconds(F.lit(f"{law.start.isoformat()} 00:00:00").cast("timestamp"))
    return F.timestamp_seconds(start + day * 86_400 + second)


def _sales(known: DataFrame) -> DataFrame:
    return known.select(
        _named("L", "line").alias("line_no"),
        *_line_columns(),
        "placed_at",
        "shipped_at",
        "units",
        "cancelled_units",
        F.lit(None).cast("string").alias("returned_line"),
        F.when(F.col("returned"), F.lit("yes")).otherwise(F.lit("no")).alias("returned"),
    )


def _return_rows(known: DataFrame) -> DataFrame:
    return known.filter("comes_back").select(
        *_line_columns(),
        F.col("came_back_at").alias("placed_at"),
        (-F.col("came_back")).alias("units"),
        F.lit(0).alias("cancelled_units"),
        _named("L", "line").alias("returned_line"),
    )


def _return_table(known: DataFrame) -> DataFrame:
    line = _named("L", "line").alias("line_no")
    return known.filter("comes_back").select(line, "came_back_at", F.col("came_back").alias("units"))


def _truth(rows: DataFrame) -> DataFrame:
    chances = ("p_prior", "p_known", "p_type", "p_full")
    outcome = (F.col(name).cast("long").alias(name) for name in ("returned", "cancelled"))
    return rows.select(_named("L", "line").alias("line_id"), *chances, *outcome)


def _line_columns() -> tuple[Column, ...]:
    devices = F.array(*(F.lit(device) for device in _DEVICES))
    return (
        _named("O", "order").alias("order_no"),
        _named("C", "customer").alias("customer_no"),
        F.concat_ws("-", _named("S", "style"), _named("", "size")).alias("sku"),
        _named("S", "style").alias("style"),
        _named("category ", "category").alias("category"),
        _named("", "size").alias("size"),
        (F.col("cents") / 100).alias("price"),
        F.col("discount"),
        (F.col("cost_cents") / 100).alias("cost"),
        F.element_at(devices, (F.col("device") + 1).cast("int")).alias("device"),
    )


def _named(prefix: str, column: str) -> Column:
    """A number as a name; null stays null."""
    return F.concat(F.lit(prefix), F.col(column).cast("string"))
