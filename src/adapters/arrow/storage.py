"""How each type of the domain's schemas is stored in Arrow, and which other storage can hold its values."""

from collections.abc import Callable

import pyarrow as pa

from domain.schema import Column, ColumnType, Schema
from domain.source.money import MONEY_DIGITS, MONEY_PLACES, SHARE_DIGITS, SHARE_PLACES

STORAGE: dict[ColumnType, pa.DataType] = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.MONEY: pa.decimal128(MONEY_DIGITS, MONEY_PLACES),
    ColumnType.SHARE: pa.decimal128(SHARE_DIGITS, SHARE_PLACES),
    ColumnType.MOMENT: pa.timestamp("us", "UTC"),
    ColumnType.DAY: pa.date32(),
    ColumnType.FLAG: pa.bool_(),
}


def arrow_schema(schema: Schema) -> pa.Schema:
    """The schema in Arrow's types, with its nullability."""
    return pa.schema([pa.field(c.name, STORAGE[c.type], c.nullable) for c in schema.columns])


def can_hold(column: Column, stored: pa.DataType) -> bool:
    """Whether values stored as `stored` (in a dictionary or not) can be values of the column."""
    plain = stored.value_type if pa.types.is_dictionary(stored) else stored
    return bool(pa.types.is_null(plain) or _HOLDS[column.type](plain))


def _is_text(stored: pa.DataType) -> bool:
    return bool(pa.types.is_string(stored) or pa.types.is_large_string(stored) or pa.types.is_string_view(stored))


def _is_number(stored: pa.DataType) -> bool:
    return bool(pa.types.is_floating(stored) or pa.types.is_integer(stored))


_HOLDS: dict[ColumnType, Callable[[pa.DataType], bool]] = {
    ColumnType.TEXT: _is_text,
    ColumnType.INTEGER: pa.types.is_integer,
    ColumnType.NUMBER: _is_number,
    ColumnType.MONEY: pa.types.is_decimal,
    ColumnType.SHARE: pa.types.is_decimal,
    ColumnType.MOMENT: pa.types.is_timestamp,
    ColumnType.DAY: pa.types.is_date,
    ColumnType.FLAG: pa.types.is_boolean,
}
