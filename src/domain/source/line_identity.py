"""An identity for rows that have none: a hash of what was known of them, plus an occurrence number among equals.

Never of a row number, a file's name, or a column that the outcome changes: so the same order line has the same
`line_id` in every copy of the source. A row is encoded field by field, `length:text` with the length in UTF-8
bytes, `-` for an absent value; its identity is the first 32 hexadecimal digits of the SHA-256, `-` and the
occurrence. This is the reference; Spark must give the same digits.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

from domain.schema import ColumnType
from domain.source.money import MONEY_PLACES, SHARE_PLACES
from domain.source.number_format import NUMBER_PLACES

Known: TypeAlias = str | int | Decimal | datetime | None

# What an order line is known by when it is placed; a mapping's attributes follow, by name.
LINE_IDENTITY = (
    "order_id",
    "customer_id",
    "item_id",
    "ordered_at",
    "quantity",
    "unit_price",
    "discount",
    "kind",
    "item_group",
    "category",
    "size",
    "colour",
    "seller",
    "unit_cost",
)
PLACES = {ColumnType.MONEY: MONEY_PLACES, ColumnType.SHARE: SHARE_PLACES, ColumnType.NUMBER: NUMBER_PLACES}
HASH_DIGITS = 32
ABSENT = "-"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def identity_key(fields: Iterable[tuple[ColumnType, Known]]) -> str:
    """The hash of a row's fields in order; equal rows have equal keys."""
    encoded = "".join(_encoded(kind, value) for kind, value in fields)
    return hashlib.sha256(encoded.encode()).hexdigest()[:HASH_DIGITS]


def identity(key: str, occurrence: int) -> str:
    """The identity of the row that comes at that place (from 0) among those of equal key."""
    return f"{key}-{occurrence}"


def _encoded(kind: ColumnType, value: Known) -> str:
    if value is None:
        return ABSENT
    text = _text(kind, value)
    return f"{len(text.encode())}:{text}"


def _text(kind: ColumnType, value: Known) -> str:
    if isinstance(value, datetime):
        delta = value.astimezone(UTC) - _EPOCH
        return str((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds)
    if isinstance(value, Decimal):
        return str(int(value.scaleb(PLACES[kind])))
    return str(value)
