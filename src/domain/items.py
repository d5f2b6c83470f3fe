"""The item table: what a sale of an item is worth once its returns are paid for.

The chance of a return is a rate of mature lines, each level drawn to the one before:
shop -> category -> item group -> item. The levels are keyed alone and need not nest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from domain.content import Cell
from domain.costs import CostPolicy
from domain.days import date_of
from domain.line_counts import ItemCount
from domain.prior_rate import rate_of

PRIOR_LINES = 20.0  # lines at which a level's own rate weighs as much as the level before

Key: TypeAlias = str | None


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
        p: chance of a return, 0 to 1.
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
    """Mature lines and those of them that came back."""

    lines: int = 0
    returned: int = 0

    def drawn_to(self, prior: float) -> float:
        """The rate, drawn to a prior by `PRIOR_LINES` lines' worth."""
        return (self.returned + PRIOR_LINES * prior) / (self.lines + PRIOR_LINES)


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
    _rates: dict[tuple[str, Key], Rate] = field(default_factory=dict)

    def add(self, count: ItemCount) -> None:
        """Take in lines of an item."""
        self._items.setdefault(count.item_id, _Item(count)).add(count)
        if count.mature:
            self._count(count)

    def shop_rate(self) -> Rate:
        """Mature lines of the whole shop."""
        return self._rate("shop", None)

    def rows(self, costs: CostPolicy) -> Iterator[dict[str, Cell]]:
        """One row an item, by item."""
        shop = self.shop_rate()
        level = rate_of(shop.returned, shop.lines)
        for item_id, item in sorted(self._items.items()):
            group, category = item.latest.item_group, item.latest.category
            p = self._chance(level, category, group, item_id)
            price = float(item.value / item.units)
            value = value_sale(p, price, costs)
            yield {
                "item_id": item_id,
                "item_group": group,
                "category": category,
                "lines": item.lines,
                "returned_lines": item.returned,
                "support": float(self._rate("item", item_id).lines),
                "return_probability": p,
                "mean_net_price": price,
                "expected_cost_of_sale": value.expected_cost_of_sale,
                "margin_net_of_returns": value.margin_net_of_returns,
                "penalty": value.penalty,
                "last_sold_on": date_of(item.latest.last_day),
            }

    def _count(self, count: ItemCount) -> None:
        keys = (("category", count.category), ("group", count.item_group), ("item", count.item_id))
        for level, key in (("shop", None), *(pair for pair in keys if pair[1] is not None)):
            rate = self._rates.setdefault((level, key), Rate())
            rate.lines += count.lines
            rate.returned += count.returned

    def _chance(self, level: float, category: Key, group: Key, item_id: str) -> float:
        p = level
        for name, key in (("category", category), ("group", group), ("item", item_id)):
            if key is not None:
                p = self._rate(name, key).drawn_to(p)
        return p

    def _rate(self, level: str, key: Key) -> Rate:
        return self._rates.get((level, key), Rate())
