"""Reading a cell of a row as the type its schema promises."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from domain.content import Cell
from domain.days import day_number
from domain.errors import SnapshotError

Row: TypeAlias = Mapping[str, Cell]


def text(row: Row, name: str) -> str:
    """A cell of text that is never null."""
    return str(row[name])


def optional_text(row: Row, name: str) -> str | None:
    """A cell of text, or None."""
    value = row[name]
    return None if value is None else str(value)


def integer(row: Row, name: str) -> int:
    """A whole number."""
    return int(number(row, name))


def number(row: Row, name: str) -> float:
    """A number, an amount of money or a share, as a float."""
    value = row[name]
    if isinstance(value, int | float | Decimal):
        return float(value)
    raise _wrong(name, value, "number")


def money(row: Row, name: str) -> Decimal:
    """An amount of money."""
    value = row[name]
    if isinstance(value, Decimal):
        return value
    raise _wrong(name, value, "amount of money")


def moment(row: Row, name: str) -> datetime:
    """A moment."""
    value = row[name]
    if isinstance(value, datetime):
        return value
    raise _wrong(name, value, "moment")


def day(row: Row, name: str) -> int:
    """The day number of a moment or a day."""
    value = row[name]
    if isinstance(value, date):
        return day_number(value)
    raise _wrong(name, value, "day")


def optional_day(row: Row, name: str) -> int | None:
    """The day number of a moment or a day, or None."""
    return None if row[name] is None else day(row, name)


def _wrong(name: str, value: Cell, wanted: str) -> SnapshotError:
    return SnapshotError(
        f"The column '{name}' holds {value!r}, which is no {wanted}.",
        "Run the step that made the table again with this version of the code.",
    )
