"""The identity of rows on Spark, digit for digit that of `domain.source.line_identity`, and the fate of equal rows."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from domain.schema import ColumnType
from domain.source.line_identity import ABSENT, HASH_DIGITS, PLACES

KEY = "identity_key"
OCCURRENCE = "occurrence"
DIGEST = "row_digest"
FATE = "fate"
REASON = "set_aside_reason"  # a return has a reason of its own
DETAIL = "set_aside_detail"

KEPT, SET_ASIDE, DUPLICATE = "kept", "set_aside", "duplicate"


def identity_key(fields: Sequence[tuple[ColumnType, Column]]) -> Column:
    """The hash of a row's fields in order."""
    return F.substring(F.sha2(F.concat(*(_encoded(kind, value) for kind, value in fields)), 256), 1, HASH_DIGITS)


def identity() -> Column:
    """The identity of a row from its key and its occurrence among equals."""
    return F.concat(F.col(KEY), F.lit("-"), F.col(OCCURRENCE).cast("string"))


def row_digest(row: Column) -> Column:
    """A digest of the whole source row, equal for identical rows."""
    return F.substring(F.sha2(row, 256), 1, HASH_DIGITS)


def with_fates(rows: DataFrame, *, drop_duplicates: bool) -> DataFrame:
    """The rows with their fate and occurrence: of equal keys the earliest available comes first.

    `rows` has `identity_key`, `row_digest`, `available_at` and `set_aside_reason` (null for good rows). Bad rows are
    set aside and take no occurrence from others; with `drop_duplicates` identical rows are duplicates of the first.
    """
    bad = F.col(REASON).isNotNull()
    # Bad rows have no key to be equal by; their digest spreads them over the partitions.
    group = F.when(bad, F.concat(F.lit("!"), F.col(DIGEST))).otherwise(F.col(KEY))
    order = Window.partitionBy("group").orderBy("available_at", DIGEST)
    grouped = rows.withColumn("group", group)
    repeated = F.lag(DIGEST).over(order) == F.col(DIGEST) if drop_duplicates else F.lit(False)
    fate = F.when(bad, SET_ASIDE).when(F.coalesce(repeated, F.lit(False)), DUPLICATE).otherwise(KEPT)
    fated = grouped.withColumn(FATE, fate)
    earlier = order.rowsBetween(Window.unboundedPreceding, -1)
    occurrence = F.coalesce(F.sum((F.col(FATE) == KEPT).cast("int")).over(earlier), F.lit(0))
    return fated.withColumn(OCCURRENCE, occurrence).drop("group")


def _encoded(kind: ColumnType, value: Column) -> Column:
    text = _text(kind, value)
    return F.coalesce(F.concat(F.octet_length(text).cast("string"), F.lit(":"), text), F.lit(ABSENT))


def _text(kind: ColumnType, value: Column) -> Column:
    if kind is ColumnType.MOMENT:
        return F.unix_micros(value).cast("string")
    if kind in PLACES:
        return (value * F.lit(10 ** PLACES[kind])).cast("decimal(38,0)").cast("string")
    return value.cast("string")
