"""The fate of source rows on Spark: kept, set aside with a reason, or a duplicate."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as t

from adapters.spark.ingest.identity import DIGEST, KEY, OCCURRENCE, row_digest
from adapters.spark.ingest.read import ROW, SourceRows
from adapters.spark.ingest.rules import CLEARED, VERDICT

FATE = "fate"
REASON = "set_aside_reason"  # a return has a reason of its own
DETAIL = "set_aside_detail"

KEPT, SET_ASIDE, DUPLICATE = "kept", "set_aside", "duplicate"


def canonical(name: str, kind: t.DataType | str, judged: DataFrame, given: Mapping[str, Column]) -> Column:
    """A column of a canonical table, null where its row is bad, and where the source has no such column.

    Args:
        name: the column; when a row was known is there for bad rows too, so that the quarantine can say so.
        kind: its type on Spark. Only good rows are cast: their values are within the bounds of their types.
        judged: the rows as read, with the verdict of the rules.
        given: what stands in a column in place of what was read.
    """
    read = F.col(name) if name in judged.columns else F.lit(None).cast("string")
    value = given.get(name, read)
    wanted = value if name == "available_at" else F.when(F.col(VERDICT).isNull(), value)
    return wanted.cast(kind).alias(name)


def with_fates(
    judged: DataFrame,
    columns: Sequence[Column],
    key: Column,
    rows: SourceRows,
    *,
    drop_duplicates: bool,
    may_be_set_aside_later: bool = False,
) -> DataFrame:
    """Canonical rows with their fate and occurrence: of equal keys the earliest available comes first.

    Bad rows are set aside and take no occurrence from others.

    Args:
        judged: the rows as read, with the verdict of the rules, null for good rows.
        columns: the canonical columns to go on with, `available_at` among them.
        key: what makes rows equal, of these columns.
        rows: the same rows as the source has them.
        drop_duplicates: whether identical rows are duplicates of the first.
        may_be_set_aside_later: whether good rows need their text too, since a rule across rows looks at them.
    """
    is_bad = F.col(VERDICT).isNotNull()
    canonical = judged.select(
        *columns,
        F.col(f"{VERDICT}.reason").alias(REASON),
        F.col(f"{VERDICT}.detail").alias(DETAIL),
        *([CLEARED] if CLEARED in judged.columns else []),
        row_digest(rows.whole).alias(DIGEST),
        F.when(is_bad | F.lit(may_be_set_aside_later), rows.json).alias(ROW),
    )
    return _ranked(canonical.withColumn(KEY, key), drop_duplicates=drop_duplicates)


def _ranked(keyed: DataFrame, *, drop_duplicates: bool) -> DataFrame:
    bad = F.col(REASON).isNotNull()
    # Bad rows have no key to be equal by; their digest spreads them over the partitions.
    group = F.when(bad, F.concat(F.lit("!"), F.col(DIGEST))).otherwise(F.col(KEY))
    order = Window.partitionBy("group").orderBy("available_at", DIGEST)
    repeated = F.lag(DIGEST).over(order) == F.col(DIGEST) if drop_duplicates else F.lit(False)
    fate = F.when(bad, SET_ASIDE).when(F.coalesce(repeated, F.lit(False)), DUPLICATE).otherwise(KEPT)
    fated = keyed.withColumn("group", group).withColumn(FATE, fate)
    earlier = order.rowsBetween(Window.unboundedPreceding, -1)
    occurrence = F.coalesce(F.sum((F.col(FATE) == KEPT).cast("int")).over(earlier), F.lit(0))
    return fated.withColumn(OCCURRENCE, occurrence).drop("group")
