"""Which rows of a file that holds both are sales and which are returns."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from adapters.spark.ingest.parse import number_of, trimmed
from adapters.spark.ingest.read import SourceRows
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import ReturnRows

IS_RETURN = "is_return"
RETURNS_UNITS = "returns_units"


def with_roles(rows: SourceRows, mapping: SourceMapping, told: ReturnRows) -> SourceRows:
    """The rows with `is_return`, and `returns_units`: whether a column of its own counts returned units.

    What cannot be told is a sale: the rules for sales then say what is wrong with it.
    """
    sold = F.lit(1) if mapping.columns.quantity is None else _number(rows, mapping, mapping.columns.quantity)
    counts = F.lit(False)
    if told.told_by == "marker":
        is_return = rows.column(told.column or "").startswith(told.prefix or "")
    elif told.told_by == "negative_quantity":
        is_return = sold < 0
    else:
        counts = F.coalesce(_number(rows, mapping, told.column or "") != 0, F.lit(False))
        is_return = (sold == 0) & counts
    frame = rows.frame.withColumns({IS_RETURN: F.coalesce(is_return, F.lit(False)), RETURNS_UNITS: counts})
    return rows.on(frame)


def split(rows: SourceRows) -> tuple[SourceRows, SourceRows]:
    """The sales and the returns."""
    sales, returns = rows.frame.filter(~F.col(IS_RETURN)), rows.frame.filter(IS_RETURN)
    return rows.on(sales), rows.on(returns)


def role_columns(mapping: SourceMapping) -> tuple[str, ...]:
    """The source's columns that tell sales from returns."""
    told = mapping.return_rows
    return (told.column,) if told is not None and told.column is not None else ()


def _number(rows: SourceRows, mapping: SourceMapping, column: str) -> Column:
    return number_of(
        trimmed(rows.column(column), mapping.format), mapping.format, typed=rows.typed.get(column) == "number"
    )
