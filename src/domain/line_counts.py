"""Counts of product lines and their units, as they are handed over: a row a group, never a row a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from domain.matching import CANCELLED
from domain.stock.forecast import OpenBook
from domain.stock.units import Category, Series
from domain.tables import KEEP

PARTS = 10**9  # of a line: shares that are summed as whole numbers add up alike in any order


class ItemCount(NamedTuple):
    """Lines of an item that are not cancelled, mature ones apart from the others.

    Args:
        item_id: the item.
        item_group: the style that the lines name; lines of an item may name several.
        category: the category that they name.
        mature: whether the labels of these lines are final.
        lines: how many there are.
        returned: how many of them came back within the window.
        returned_parts: the same with each counted as the share of its units that came back, in parts of `PARTS`.
        units: units sold.
        net_value: what they were sold for, in currency.
        last_day: day number of the latest order.
    """

    item_id: str
    item_group: str | None
    category: Category
    mature: bool
    lines: int
    returned: int
    returned_parts: int
    units: int
    net_value: Decimal
    last_day: int


class SoldUnits(NamedTuple):
    """Units sold, by the days on which they were ordered and became known."""

    series: Series
    ordered: int
    known: int
    units: int


class ClosedUnits(NamedTuple):
    """Units returned or cancelled, by the days of the order, of the return (None if undated) and of its record.

    A return came when it was registered or, if later, when the dock received it, and the books know it no earlier.
    `squares` sums the squares of the units of a line that reached the dock (or, as the others, did not) on one day of
    record: the units themselves where each comes alone.
    """

    series: Series
    ordered: int
    came: int | None
    known: int
    fate: str
    outcome: str | None
    disposition: str | None
    units: int
    squares: int

    @property
    def stayed(self) -> bool:
        """Whether nothing reaches the dock: units cancelled, and those refunded to a customer who keeps them."""
        return self.fate == CANCELLED or self.outcome == KEEP


class LastSale(NamedTuple):
    """The day of an item's latest order under a category."""

    item_id: str
    category: Category
    ordered: int


@dataclass(frozen=True)
class UnitCounts:
    """What stood in the books at the start of a day.

    Args:
        sold: of all lines.
        closed: of all returns and cancellations.
        open: of lines no older than asked, with their chances.
        too_old_units: open units of older lines.
        last_sales: of all lines.
    """

    sold: Iterable[SoldUnits]
    closed: Iterable[ClosedUnits]
    open: OpenBook
    too_old_units: int
    last_sales: Iterable[LastSale]
