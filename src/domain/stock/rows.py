"""The rows of the three stock tables: items, their categories, and the shop, adding up exactly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from domain.content import Cell
from domain.days import date_of
from domain.stock.forecast import on_grid
from domain.stock.intervals import count_quantiles
from domain.stock.origin import ByCategory, total
from domain.stock.shock import Shock
from domain.stock.units import HORIZON_DAYS, Category
from domain.tables import PENDING, RESTOCKED

SELLABLE_PRIOR_UNITS = 20.0  # known dispositions at which a category's own share weighs as much as the shop's

Row = dict[str, Cell]


@dataclass
class Dispositions:
    """Units whose fate after the return is known, by category: restocked, and all."""

    restocked: dict[Category, int] = field(default_factory=dict)
    known: dict[Category, int] = field(default_factory=dict)

    def add(self, category: Category, disposition: str | None, units: int) -> None:
        """Count returned units; an unknown or pending disposition tells nothing."""
        if disposition in {None, PENDING}:
            return
        self.known[category] = self.known.get(category, 0) + units
        if disposition == RESTOCKED:
            self.restocked[category] = self.restocked.get(category, 0) + units

    def sellable_share(self, category: Category) -> float | None:
        """Share of returned units that go back on sale, drawn to the shop's; None where no disposition is known."""
        known = sum(self.known.values())
        if known == 0:
            return None
        shop = sum(self.restocked.values()) / known
        return (self.restocked.get(category, 0) + SELLABLE_PRIOR_UNITS * shop) / (
            self.known.get(category, 0) + SELLABLE_PRIOR_UNITS
        )


@dataclass(frozen=True)
class StockForecast:
    """Expected units on each day ahead, on the grid of exact sums.

    Args:
        as_of_day: first day of the horizon.
        items: expected units of open lines by item.
        categories: the category of each item.
        future: expected units of orders still to come, by category.
        dispositions: which share is sellable.
        open_shock: variance of the factor common to all items, for units of open lines.
        shock: the same for all arrivals, at least as large.
    """

    as_of_day: int
    items: Mapping[str, Sequence[float]]
    categories: Mapping[str, Category]
    future: ByCategory
    dispositions: Dispositions
    open_shock: Shock
    shock: Shock

    def item_rows(self) -> Iterator[Row]:
        """One row an item with open units and a day ahead, by item and day."""
        for item, expected in sorted(self.items.items()):
            category = self.categories[item]
            head: Row = {"item_id": item, "category": category}
            for ahead, row in enumerate(self._unit_rows(expected, self._sellable(item))):
                yield {**head, **self._day(ahead), **row}

    def category_rows(self) -> Iterator[Row]:
        """One row a category and a day ahead."""
        expected, sellable = self.by_category(), self._sellable_by_category()
        nothing = [0.0] * HORIZON_DAYS
        for category in sorted({*expected, *self.future}, key=lambda name: (name is not None, name)):
            rows = self._rows(
                expected.get(category, nothing), sellable.get(category), self.future.get(category, nothing)
            )
            yield from ({"category": category, **row} for row in rows)

    def total_rows(self) -> Iterator[Row]:
        """One row a day ahead for the whole shop."""
        sellable = self._sellable_by_category()
        known = {category: values for category, values in sellable.items() if values is not None}
        shop_sellable = total(known) if self._knows_dispositions else None
        yield from self._rows(total(self.by_category()), shop_sellable, total(self.future))

    def by_category(self) -> ByCategory:
        """Expected units of open lines by category: the sums of its items."""
        return _summed((self.categories[item], expected) for item, expected in self.items.items())

    @property
    def _knows_dispositions(self) -> bool:
        return bool(self.dispositions.known)

    def _sellable(self, item: str) -> list[float] | None:
        share = self.dispositions.sellable_share(self.categories[item])
        return None if share is None else on_grid(share * units for units in self.items[item])

    def _sellable_by_category(self) -> dict[Category, list[float] | None]:
        if not self._knows_dispositions:
            return {}
        zero: ByCategory = {category: [0.0] * HORIZON_DAYS for category in {*self.future}}
        parts = ((self.categories[item], self._sellable(item) or []) for item in self.items)
        return {**zero, **_summed(parts)}

    def _rows(
        self, expected: Sequence[float], sellable: Sequence[float] | None, future: Sequence[float]
    ) -> Iterator[Row]:
        for ahead, row in enumerate(self._unit_rows(expected, sellable)):
            arrivals = expected[ahead] + future[ahead]
            low, middle, high = count_quantiles(arrivals, self.shock.day[ahead // 7], self.shock.at_once)
            yield {
                **self._day(ahead),
                **row,
                "expected_units_future_orders": future[ahead],
                "expected_arrivals": arrivals,
                "arrivals_p10": low,
                "arrivals_p50": middle,
                "arrivals_p90": high,
            }

    def _unit_rows(self, expected: Sequence[float], sellable: Sequence[float] | None) -> Iterator[Row]:
        for ahead, mean in enumerate(expected):
            low, middle, high = count_quantiles(mean, self.open_shock.day[ahead // 7], self.open_shock.at_once)
            yield {
                "expected_units": mean,
                "units_p10": low,
                "units_p50": middle,
                "units_p90": high,
                "expected_sellable_units": None if sellable is None else sellable[ahead],
            }

    def _day(self, ahead: int) -> Row:
        return {"day": date_of(self.as_of_day + ahead), "days_ahead": ahead}


def _summed(parts: Iterable[tuple[Category, Sequence[float]]]) -> ByCategory:
    sums: ByCategory = {}
    for category, values in parts:
        into = sums.setdefault(category, [0.0] * HORIZON_DAYS)
        for ahead, value in enumerate(values):
            into[ahead] += value
    return sums
