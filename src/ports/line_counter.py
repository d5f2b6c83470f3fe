"""Counting product lines with what became of them, without a row a line in Python."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.labels import LabelPolicy
from domain.line_counts import ItemCount, UnitCounts
from domain.snapshot import DatasetRef


@dataclass(frozen=True)
class KnownLines:
    """Product lines ordered and known before a day, and what was known by then of their returns.

    Args:
        lines: canonical order lines; those that are no products are left out.
        line_returns: matched returns and cancellations of lines.
        as_of: the day; rows available then or later are not looked at, nor lines ordered then or later.
    """

    lines: DatasetRef
    line_returns: DatasetRef
    as_of: date


class LineCounter(ABC):
    """Counts lines and units by group. Sums are over integers and decimals, so the order of rows is no matter."""

    @abstractmethod
    def count_lines(self, known: KnownLines) -> int:
        """How many lines there are, cancelled ones among them."""

    @abstractmethod
    def count_items(self, known: KnownLines, labels: LabelPolicy) -> Iterable[ItemCount]:
        """Lines by item, group and category, mature ones apart; a line of which every unit is cancelled is none.

        Args:
            known: which lines.
            labels: which returns count, and which lines are mature.
        """

    @abstractmethod
    def count_units(
        self, known: KnownLines, *, by_item: bool, oldest_open_day: int, scores: DatasetRef | None = None
    ) -> UnitCounts:
        """Units sold, closed and open, by day.

        A return that the dock receives on the day or later is not closed but on its way, as is one that waits for its
        receipt where `domain.stock.receipts` says that it does.

        Args:
            known: which lines.
            by_item: whether sold and closed units are told apart by group and item, or by category alone; open ones
                always are by item, and by group only then.
            oldest_open_day: open units of lines ordered earlier are only summed.
            scores: chances of lines; a line that is not among them, or has no open quantity there, counts as unscored.
        """
