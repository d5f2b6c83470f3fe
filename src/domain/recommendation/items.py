"""The item table: what a sale of an item is worth once its returns are paid for.

The chance of a return is a rate of mature lines, each level drawn to the one before:
shop -> category -> item group -> item. The levels are keyed alone and need not nest. What a level is drawn to is the
rate of the others there: its own lines are left out of the level before, else an item alone in its group and category
would be drawn to itself. The shop's rate alone is whole. What is counted in money takes
the chance of a unit: the same rate with each returned line counted as the share of its units that came back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, zip_longest
from typing import TypeAlias

from domain.content import Cell
from domain.costs import CostPolicy
from domain.days import date_of
from domain.line_counts import PARTS, ItemCount
from domain.model.prior_rate import rate_of

PRIOR_LINES = 20.0  # lines at which a level's own rate weighs as much as the level before

Key: TypeAlias = str | None
_Levels: TypeAlias = tuple[tuple[str, str], ...]  # names and keys of the levels that lines have in common
_SHOP: _Levels = ()


@dataclass(frozen=True)
class SaleValue:
    """What one unit offered to somebody is worth, in currency.

    Args:
        expected_cost_of_sale: chance of a return times its cost.
        margin_net_of_returns: margin if kept, less the cost if returned, by their chances.
        penalty: expected cost as a share of the margin, 0 to 1, which a ranker subtracts.
    """

    expected_cost_of_sale: float
    margin_net_of_returns: float
    penalty: float


def value_sale(p: float, price: float, costs: CostPolicy) -> SaleValue:
    """What a sale is worth given its chance of a return: of an item, or of an item to one customer.

    Args:
        p: chance that a unit comes back, 0 to 1.
        price: net value of a unit, in currency.
        costs: what a return costs and a kept unit earns.
    """
    cost, margin = p * costs.cost_of_return(price), costs.margin(price)
    worst = 1.0 if cost > 0 else 0.0
    return SaleValue(
        expected_cost_of_sale=cost,
        margin_net_of_returns=(1 - p) * margin - cost,
        penalty=min(1.0, cost / margin) if margin > 0 else worst,
    )


@dataclass
class Rate:
    """Mature lines and those of them that came back, these also in parts of `line_counts.PARTS`."""

    lines: int = 0
    returned: int = 0
    returned_parts: int = 0


def _lines_returned(rate: Rate) -> float:
    return rate.returned


def _shares_returned(rate: Rate) -> float:
    """The lines that came back, each counted as the share of its units that did."""
    return rate.returned_parts / PARTS


@dataclass
class _Item:
    latest: ItemCount
    lines: int = 0
    returned: int = 0
    units: int = 0
    value: Decimal = Decimal(0)

    def add(self, count: ItemCount) -> None:
        self.latest = max(self.latest, count, key=_recency)
        self.lines += count.lines
        self.returned += count.returned
        self.units += count.units
        self.value += count.net_value


def _recency(count: ItemCount) -> tuple[int, str, str]:
    return count.last_day, count.item_group or "", count.category or ""


@dataclass
class ItemLedger:
    """Counts by item, group, category and shop; additive, so the order of counts is no matter."""

    _items: dict[str, _Item] = field(default_factory=dict)
    _rates: dict[_Levels, Rate] = field(default_factory=dict)

    def add(self, count: ItemCount) -> None:
        """Take in lines of an item."""
        self._items.setdefault(count.item_id, _Item(count)).add(count)
        if count.mature:
            self._count(count)

    def shop_rate(self) -> Rate:
        """Mature lines of the whole shop."""
        return self._rate(_SHOP)

    def rows(self, costs: CostPolicy) -> Iterator[dict[str, Cell]]:
        """One row an item, by item."""
        for item_id, item in sorted(self._items.items()):
            group, category = item.latest.item_group, item.latest.category
            levels = _levels(category, group, item_id)
            price = float(item.value / item.units)
            value = value_sale(self._chance(_shares_returned, levels), price, costs)
            yield {
                "item_id": item_id,
                "item_group": group,
                "category": category,
                "lines": item.lines,
                "returned_lines": item.returned,
                "support": float(self._rate(levels[-1:]).lines),
                "return_probability": self._chance(_lines_returned, levels),
                "mean_net_price": price,
                "expected_cost_of_sale": value.expected_cost_of_sale,
                "margin_net_of_returns": value.margin_net_of_returns,
                "penalty": value.penalty,
                "last_sold_on": date_of(item.latest.last_day),
                "units": item.units,
            }

    def _count(self, count: ItemCount) -> None:
        levels = _levels(count.category, count.item_group, count.item_id)
        for common in (_SHOP, *((level,) for level in levels), *combinations(levels, 2)):
            rate = self._rates.setdefault(common, Rate())
            rate.lines += count.lines
            rate.returned += count.returned
            rate.returned_parts += count.returned_parts

    def _chance(self, came: Callable[[Rate], float], levels: _Levels) -> float:
        shop = self.shop_rate()  # whole, since the rest of a shop of one category is nothing
        p = rate_of(came(shop), shop.lines)
        for level, finer in zip_longest(levels, levels[1:]):
            own, theirs = self._rate((level,)), Rate() if finer is None else self._rate((level, finer))
            lines, returned = own.lines - theirs.lines, came(own) - came(theirs)
            p = (returned + PRIOR_LINES * p) / (lines + PRIOR_LINES)
        return p

    def _rate(self, common: _Levels) -> Rate:
        return self._rates.get(common, Rate())


def _levels(category: Key, group: Key, item_id: str) -> _Levels:
    """From the coarsest to the finest, those of which the item has a key."""
    keys = ("category", category), ("group", group), ("item", item_id)
    return tuple((name, key) for name, key in keys if key is not None)
