"""The content digest: equal for equal rows, whatever their order, file layout or attempt.

A row is encoded cell by cell in the order of the schema, 17 bytes a cell: a presence byte, then
16 bytes of value. Integers, moments (microseconds), days and flags are big-endian two's complement;
numbers are the 8 bytes of IEEE 754 with one NaN and one zero; decimals are their unscaled integer;
text is its BLAKE2b-128 digest. A row's digest is the BLAKE2b-128 of its cells. A table's content is
the sum of the row digests modulo 2**128 with their count, under the digest of the schema, so it is a
multiset hash (Bellare and Micciancio 1997, AdHash). This is the reference; engines may vectorise it.
"""

import hashlib
import math
import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

from domain.days import day_number
from domain.schema import Column, ColumnType, Schema
from domain.source.money import MONEY_PLACES, SHARE_PLACES

Cell: TypeAlias = str | int | float | Decimal | datetime | date | bool | None

MODULUS = 1 << 128
DECIMAL_PLACES = {ColumnType.MONEY: MONEY_PLACES, ColumnType.SHARE: SHARE_PLACES}
_ABSENT = bytes(17)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def table_content(schema: Schema, rows: Iterable[Sequence[Cell]]) -> str:
    """Content of a table given as rows of cells in the schema's order."""
    total, count = 0, 0
    for row in rows:
        total += row_digest(schema, row)
        count += 1
    return render_content(schema, total, count)


def render_content(schema: Schema, total: int, count: int) -> str:
    """The content as text, from the sum of row digests and their number."""
    described = "|".join(f"{c.name}:{c.type}" for c in schema.columns)
    head = hashlib.blake2b(described.encode(), digest_size=8).hexdigest()
    return f"{head}-{count}-{total % MODULUS:032x}"


def row_digest(schema: Schema, row: Sequence[Cell]) -> int:
    """The 128-bit digest of one row."""
    cells = b"".join(encode_cell(c, v) for c, v in zip(schema.columns, row, strict=True))
    return int.from_bytes(hashlib.blake2b(cells, digest_size=16).digest(), "big")


def encode_cell(column: Column, value: Cell) -> bytes:
    """The 17 bytes of one cell."""
    if value is None:
        return _ABSENT
    if column.type is ColumnType.TEXT:
        return b"\x01" + hashlib.blake2b(str(value).encode(), digest_size=16).digest()
    if column.type is ColumnType.NUMBER:
        return b"\x01" + bytes(8) + _float_bytes(float(value))  # type: ignore[arg-type]
    return b"\x01" + _integer_of(column, value).to_bytes(16, "big", signed=True)


def _integer_of(column: Column, value: Cell) -> int:
    if isinstance(value, datetime):
        delta = value.astimezone(UTC) - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
    if isinstance(value, date):
        return day_number(value)
    if isinstance(value, Decimal):
        return int(value.scaleb(DECIMAL_PLACES[column.type]))
    return int(value)  # type: ignore[arg-type]


def _float_bytes(value: float) -> bytes:
    if math.isnan(value):
        return struct.pack(">d", float("nan"))
    return struct.pack(">d", value + 0.0)
