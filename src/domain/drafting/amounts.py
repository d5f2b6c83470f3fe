"""The amounts of a file: those of its lines, apart from those of whole orders and those written afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from domain.drafting.items import ItemColumns
from domain.drafting.keys import OrderColumns
from domain.drafting.money import MoneyColumns, find_money, is_of_line, money_profiles
from domain.drafting.order_level import on_all_rows, on_first_rows
from domain.drafting.profiles import Profile, profile
from domain.drafting.units import Units


@dataclass(frozen=True)
class Layout:
    """What is known of a file before its amounts are looked at.

    Args:
        profiles: of every column.
        units: quantity and what tells returns.
        order: the order's columns and the buyer's.
        items: the item and its labels.
        day: the day of the order.
        afterwards: columns that tell the outcome by being there, each with the role that its name speaks of.
    """

    profiles: Mapping[str, Profile]
    units: Units
    order: OrderColumns
    items: ItemColumns
    day: Profile
    afterwards: Mapping[str, str] = field(default_factory=dict)

    @property
    def ordered(self) -> list[Profile]:
        """The columns that name the order."""
        return [self.profiles[name] for name in self.order.order_id]

    @cached_property
    def on_first_rows(self) -> list[Profile]:
        """The columns that stand on the first row of an order alone."""
        return on_first_rows(list(self.profiles.values()), self.ordered)

    @property
    def sold(self) -> Profile:
        """The units of every row; 1 where no column counts any."""
        if self.units.quantity is not None:
            return self.profiles[self.units.quantity]
        return profile("", ["1"] * len(self.day.texts))

    @property
    def taken_back(self) -> list[float] | None:
        """Units that rows of sales and returns take back, where a column of their own counts these."""
        is_counted = self.units.told_by == "returned_quantity" and self.units.returned is not None
        return self.profiles[self.units.returned or ""].numbers if is_counted else None


@dataclass(frozen=True)
class Amounts:
    """The columns of amounts of a file.

    Args:
        columns: all of them.
        of_orders: those of whole orders.
        money: price, discount and tax, found among the others; among all where these hold no price.
    """

    columns: Sequence[Profile]
    of_orders: Sequence[Profile]
    money: MoneyColumns

    def without(self, *names: str | None) -> list[Profile]:
        """Those of lines that are none of these."""
        return [p for p in self.columns if p.name not in names and p not in self.of_orders]


def find_amounts(layout: Layout) -> Amounts:
    """The amounts of a file; their price is None where nothing can be one."""
    units = {layout.units.quantity, layout.units.returned}
    amounts = [p for p in money_profiles(list(layout.profiles.values())) if p.name not in units]
    of_orders = [*(p for p in amounts if p in layout.on_first_rows), *on_all_rows(amounts, layout.ordered)]
    at_order = [p for p in amounts if p.name not in layout.afterwards]
    money = _money(layout, [p for p in at_order if p not in of_orders])
    for among in (at_order, amounts):
        money = money if money.price is not None else _money(layout, among)
    return Amounts(amounts, [p for p in of_orders if p.name != money.price], money)


def is_cost_of_line(cost: Profile, layout: Layout) -> bool:
    """Whether a cost is one of the whole line, and not of a unit."""
    return is_of_line(cost, layout.sold, _items(layout), _rows(layout))


def cost_doubt(name: str) -> str:
    """What to say of the cost of a whole line."""
    return (
        f"'{name}' grows with the units of a line: it is what the line cost, and is left out. Name a column of what a "
        "unit cost as unit_cost, if there is one."
    )


def _money(layout: Layout, among: Sequence[Profile]) -> MoneyColumns:
    return find_money(among, layout.sold, _items(layout), _rows(layout))


def _items(layout: Layout) -> Sequence[str | None]:
    return layout.profiles[layout.items.item_id or ""].texts


def _rows(layout: Layout) -> list[int]:
    """The rows that sell, and take nothing back."""
    back = layout.taken_back
    return [n for n, sells in enumerate(layout.units.sells) if sells and not (back and abs(back[n]) > 0)]
