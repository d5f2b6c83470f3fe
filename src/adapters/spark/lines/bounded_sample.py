"""A sample of whole buyers that is the same on every run and never larger than its bound."""

from collections.abc import Sequence
from itertools import accumulate, takewhile

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from domain.model.examples import most_lines_drawn_as_one

_HASH = "_hash"  # of what a line is drawn with: 32 bits, counted in two passes of 16
_TOO_LARGE = "_too_large"
_PASSES = (16, 0)


def bounded_sample(lines: DataFrame, max_lines: int) -> DataFrame:
    """At most `max_lines` lines: those of the buyers whose hashes are the smallest and fit together.

    Who buys is drawn: the customer, for a guest the order, so that customers and orders are in it whole or not at all.
    One with more than `most_lines_drawn_as_one` (`domain.model.examples`) is drawn order by order instead, and an order
    with more line by line: else a single one could leave no room for anybody else, or be too large itself and
    leave nothing. So the sample is never empty, and falls short of its bound by no more than that many lines.

    The bound on the hash is the largest whose lines fit. Spark counts lines by the first half of the hash, then,
    where the bound falls, by the second half; the driver sees these counts and the few names that are too large.
    Whether a line is drawn depends on the lines in the frame alone, not on their order or layout.

    Args:
        lines: with `line_id`, `order_id` and `customer_id`, null for a guest.
        max_lines: at least 1.
    """
    hashed = _with_hash(lines, most_lines_drawn_as_one(max_lines))
    bound = _first_left_out(hashed, max_lines)
    return lines if bound is None else hashed.where(F.col(_HASH) < bound).select(*lines.columns)


def _first_left_out(hashed: DataFrame, max_lines: int) -> int | None:
    """The smallest hash whose lines fit no more; None when all lines fit."""
    within, room, first = hashed, max_lines, 0
    for bits in _PASSES:
        bucket = F.shiftright(_HASH, bits)
        counted = within.groupBy(bucket.alias("bucket")).count().orderBy("bucket").collect()
        fit = _how_many_fit([row["count"] for row in counted], room)
        if fit == len(counted):
            return None
        room -= sum(row["count"] for row in counted[:fit])
        first = int(counted[fit]["bucket"])
        within = within.where(bucket == first)
    return first


def _how_many_fit(counts: Sequence[int], room: int) -> int:
    return sum(1 for _ in takewhile(lambda total: total <= room, accumulate(counts)))


def _with_hash(lines: DataFrame, most: int) -> DataFrame:
    """Lines with the hash of their customer, else of their order, else of their own name, the first not too large."""
    placed = lines.withColumn(_HASH, F.lit(None).cast("long"))
    for name in ("customer_id", "order_id"):
        is_left = F.col(_HASH).isNull() & F.col(name).isNotNull()
        marked = placed.join(F.broadcast(_too_large(placed.where(is_left), name, most)), name, "left")
        is_whole = is_left & F.col(_TOO_LARGE).isNull()
        placed = marked.withColumn(_HASH, F.when(is_whole, _hash(name)).otherwise(F.col(_HASH))).drop(_TOO_LARGE)
    return placed.withColumn(_HASH, F.coalesce(_HASH, _hash("line_id")))


def _too_large(lines: DataFrame, name: str, most: int) -> DataFrame:
    """The names with more lines than that, marked; counted here, once, since there are few of them."""
    counted = lines.groupBy(name).count().where(F.col("count") > most)
    return lines.sparkSession.createDataFrame(counted.select(name, F.lit(True).alias(_TOO_LARGE)).toArrow())


def _hash(name: str) -> Column:
    """The kind of name goes in, so that a customer and an order of one name are two."""
    return F.shiftrightunsigned(F.xxhash64(F.lit(name), F.col(name)), 32)
