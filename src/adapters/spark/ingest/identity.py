"""The identity of rows on Spark, digit for digit that of `domain.source.line_identity`."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from domain.schema import ColumnType
from domain.source.line_identity import ABSENT, HASH_DIGITS, PLACES

KEY = "identity_key"
OCCURRENCE = "occurrence"
DIGEST = "row_digest"


def identity_key(fields: Sequence[tuple[ColumnType, Column]]) -> Column:
    """The hash of a row's fields in order."""
    return F.substring(F.sha2(F.concat(*(_encoded(kind, value) for kind, value in fields)), 256), 1, HASH_DIGITS)


def identity() -> Column:
    """The identity of a row from its key and its occurrence among equals."""
    return F.concat(F.col(KEY), F.lit("-"), F.col(OCCURRENCE).cast("string"))


def row_digest(row: Column) -> Column:
    """A digest of the whole source row, equal for identical rows."""
    return F.substring(F.sha2(row, 256), 1, HASH_DIGITS)


def _encoded(kind: ColumnType, value: Column) -> Column:
    text = _text(kind, value)
    return F.coalesce(F.concat(F.octet_length(text).cast("string"), F.lit(":"), text), F.lit(ABSENT))


def _text(kind: ColumnType, value: Column) -> Column:
    if kind is ColumnType.MOMENT:
        return F.unix_micros(value).cast("string")
    if kind in PLACES:
        return (value * F.lit(10 ** PLACES[kind])).cast("decimal(38,0)").cast("string")
    return value.cast("string")
