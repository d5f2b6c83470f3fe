"""Order rows to canonical order lines, each row with its fate."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as t

from adapters.spark.ingest.fates import DETAIL, FATE, KEPT, REASON, SET_ASIDE, canonical, with_fates
from adapters.spark.ingest.identity import OCCURRENCE, identity, identity_key
from adapters.spark.ingest.money import with_money
from adapters.spark.ingest.parse import Words, read_fields
from adapters.spark.ingest.read import SourceRows
from adapters.spark.ingest.rules import VERDICT, compile_rules, with_cleared
from adapters.spark.ingest.versions import with_versions
from adapters.spark.tables import SPARK_TYPES
from domain.schema import Column as TableColumn
from domain.schema import ColumnType
from domain.source.fields import line_fields
from domain.source.line_identity import LINE_IDENTITY
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import Vocabulary
from domain.source.quality_rules import LINE_ID_REPEATED, SALE_AND_RETURN, line_clock_rules, line_rules
from domain.tables import ATTRIBUTE_PREFIX, LINE_KINDS

RETURNED_UNITS, RETURNED_AT = "flagged_units", "flagged_at"  # of lines that say themselves what came back
_PRODUCT = LINE_KINDS[0]


def fated_lines(rows: SourceRows, mapping: SourceMapping, latest: datetime) -> DataFrame:
    """One row a source row of orders: the columns of `order_lines` with its fate and why."""
    fields = line_fields(mapping)
    read = read_fields(rows, fields, mapping.format, _words(mapping))
    if mapping.columns.quantity is None:
        read = read.withColumn("quantity", F.lit(1).cast("decimal(28,10)"))
    read = with_money(read, mapping)
    read = read.withColumn(SALE_AND_RETURN, _sells_and_returns(read, mapping))
    read = with_cleared(read, line_clock_rules(mapping, latest))
    judged = read.withColumn(VERDICT, compile_rules(line_rules(mapping, latest), fields))
    fated = with_fates(
        judged,
        [*_canonical(judged, mapping), *_flagged(mapping), _currency(judged)],
        _key(mapping),
        rows,
        drop_duplicates=mapping.drops_repeated_rows,
        may_be_set_aside_later=mapping.columns.line_id is not None,
    )
    if mapping.columns.line_id is None:
        return fated.withColumn("line_id", identity())
    return _without_repeated_ids(fated) if mapping.columns.updated_at is None else with_versions(fated)


def words_of(vocabulary: Vocabulary, canonical: Sequence[str]) -> Words:
    """What the source's words mean: those listed, and the canonical ones themselves."""
    listed = {word.lower(): meant for meant, words in vocabulary.values.items() for word in words}
    return Words({**{word: word for word in canonical}, **listed}, vocabulary.otherwise)


def _words(mapping: SourceMapping) -> Mapping[str, Words]:
    words = {"kind": words_of(mapping.kinds, LINE_KINDS)}
    if mapping.flag is not None and mapping.flag.column is not None:
        returned = {word.lower(): "returned" for word in mapping.flag.returned}
        words["flag"] = Words({**{word.lower(): "kept" for word in mapping.flag.kept if word}, **returned})
    return words


def _sells_and_returns(read: DataFrame, mapping: SourceMapping) -> Column:
    """Whether a row that sells also returns units that the mapping does not call cancelled."""
    told = mapping.return_rows
    if told is None or told.told_by != "returned_quantity" or "cancelled_quantity" in read.columns:
        return F.lit(False)
    return F.coalesce((F.col("quantity") > 0) & F.col("returns_units"), F.lit(False))


def _canonical(judged: DataFrame, mapping: SourceMapping) -> list[Column]:
    given = {
        "available_at": _known_at(judged),
        "kind": F.coalesce("kind", F.lit(_PRODUCT)) if "kind" in judged.columns else F.lit(_PRODUCT),
        "cancelled_quantity": _or_zero(judged, "cancelled_quantity"),
    }
    return [canonical(column.name, _kind(column), judged, given) for column in mapping.order_lines_schema().columns]


def _kind(column: TableColumn) -> t.DataType | str:
    """The type of a canonical column; numeric attributes keep their digits, since they identify lines."""
    is_number = column.name.startswith(ATTRIBUTE_PREFIX) and column.type is ColumnType.NUMBER
    return "decimal(28,10)" if is_number else SPARK_TYPES[column.type]


def _currency(judged: DataFrame) -> Column:
    return F.col("currency") if "currency" in judged.columns else F.lit(None).cast("string").alias("currency")


def _flagged(mapping: SourceMapping) -> list[Column]:
    """Of a good row, how many units it says came back, and when where it says that too."""
    flag = mapping.flag
    if flag is None:
        return []
    counted = [F.col("returned_quantity")] if flag.quantity is not None else []
    if flag.column is not None:
        units = F.when(F.col("flag") == "returned", F.coalesce(*counted, "quantity"))
    elif counted:
        units = counted[0]
    else:
        units = F.when(F.col("returned_at").isNotNull(), F.col("quantity"))
    came = F.col("returned_at") if flag.returned_at is not None else F.lit(None).cast("timestamp")
    good = F.col(VERDICT).isNull()
    return [F.when(good, units).cast("long").alias(RETURNED_UNITS), F.when(good, came).alias(RETURNED_AT)]


def _known_at(read: DataFrame) -> Column:
    """When the shop knew a row: when it was written, where rows are written again."""
    if "updated_at" in read.columns:
        return F.col("updated_at")
    return F.coalesce("available_at", "ordered_at") if "available_at" in read.columns else F.col("ordered_at")


def _or_zero(read: DataFrame, name: str) -> Column:
    return F.coalesce(name, F.lit(0)) if name in read.columns else F.lit(0)


def _key(mapping: SourceMapping) -> Column:
    if mapping.columns.line_id is not None:
        return F.col("line_id")
    schema = mapping.order_lines_schema()
    attributes = [name for name in schema.names if name.startswith(ATTRIBUTE_PREFIX)]
    return identity_key([(schema[name].type, F.col(name)) for name in (*LINE_IDENTITY, *attributes)])


def _without_repeated_ids(fated: DataFrame) -> DataFrame:
    """The first row of every id kept, later ones with other content set aside."""
    repeated = (F.col(FATE) == KEPT) & (F.col(OCCURRENCE) > 0)
    sentence = F.concat(F.lit("The line '"), F.col("line_id"), F.lit("' was known before with another content."))
    return fated.withColumns(
        {
            REASON: F.when(repeated, F.lit(LINE_ID_REPEATED)).otherwise(F.col(REASON)),
            DETAIL: F.when(repeated, sentence).otherwise(F.col(DETAIL)),
            FATE: F.when(repeated, F.lit(SET_ASIDE)).otherwise(F.col(FATE)),
        }
    )
