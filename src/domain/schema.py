"""Tables in the domain's words: named, typed, nullable or not, at a stated grain."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import ConfigurationError


class ColumnType(StrEnum):
    """What a column holds, whatever engine stores it."""

    TEXT = "text"
    INTEGER = "integer"  # 64 bits, signed
    NUMBER = "number"  # double precision
    MONEY = "money"  # decimal(18, 4), in the source's currency
    SHARE = "share"  # decimal(12, 8)
    MOMENT = "moment"  # microseconds, UTC
    DAY = "day"  # calendar date
    FLAG = "flag"  # true or false


@dataclass(frozen=True)
class Column:
    """One column: its name, type, whether it may be null, and what it means."""

    name: str
    type: ColumnType
    nullable: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Schema:
    """The columns of a table in order; names are unique."""

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        """Refuse a name used twice."""
        twice = sorted({n for n in self.names if self.names.count(n) > 1})
        if twice:
            raise ConfigurationError(
                f"A table names the columns {twice} twice.", "Give every column a name of its own."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        """The column called `name`; raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        """Whether there is a column called `name`."""
        return name in self.names

    def plus(self, columns: Iterable[Column]) -> "Schema":
        """This schema with further columns at its end."""
        return Schema((*self.columns, *columns))

    def select(self, names: Iterable[str]) -> "Schema":
        """The named columns, in the order asked."""
        return Schema(tuple(self[name] for name in names))
