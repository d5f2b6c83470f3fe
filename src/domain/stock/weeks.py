"""The rows of the weekly stock table: items, categories and the shop, by week and for all four weeks.

Intervals of categories and of the shop are those of sums within joint samples. An item's returns given the shock
are Poisson, so its interval follows from the same law without drawing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.days import date_of
from domain.stock.intervals import count_quantiles
from domain.stock.origin import WEEKS, add_up
from domain.stock.rows import Row, StockForecast
from domain.stock.samples import Samples, draw_samples, sample_quantiles
from domain.stock.units import HORIZON_DAYS, Category

WEEK_DAYS = HORIZON_DAYS // WEEKS
SPANS = (*((day, WEEK_DAYS) for day in range(0, HORIZON_DAYS, WEEK_DAYS)), (0, HORIZON_DAYS))
Bounds = tuple[int, ...]


@dataclass(frozen=True)
class StockWeeks:
    """Expected units of a forecast by week and over the horizon, with P10, P50 and P90."""

    forecast: StockForecast

    def rows(self) -> Iterator[Row]:
        """One row an item, category or shop and a span: each of four weeks, then all of them."""
        yield from self._item_rows()
        for category in self._categories:
            yield from self._sum_rows({"level": "category", "item_id": None, "category": category}, [category])
        yield from self._sum_rows({"level": "shop", "item_id": None, "category": None}, self._categories)

    def shop_bounds(self) -> list[tuple[float, Bounds]]:
        """Expected arrivals of the shop with their P10, P50 and P90, for each span."""
        return [
            (self._expected(self._arrivals, self._categories, span), self._bounds(self._all, self._categories, span))
            for span in SPANS
        ]

    @cached_property
    def _arrivals(self) -> dict[Category, list[float]]:
        return add_up(self.forecast.by_category(), self.forecast.future)

    @cached_property
    def _categories(self) -> list[Category]:
        return sorted(self._arrivals, key=lambda name: (name is not None, name))

    @cached_property
    def _opened(self) -> dict[Category, list[float]]:
        nothing = [0.0] * HORIZON_DAYS
        return {**dict.fromkeys(self._categories, nothing), **self.forecast.by_category()}

    @cached_property
    def _open(self) -> Samples:
        return draw_samples(self._opened, self.forecast.open_shock, self.forecast.as_of_day)

    @cached_property
    def _all(self) -> Samples:
        return draw_samples(self._arrivals, self.forecast.shock, self.forecast.as_of_day)

    def _item_rows(self) -> Iterator[Row]:
        shock = self.forecast.open_shock
        for item, by_day in sorted(self.forecast.items.items()):
            head: Row = {"level": "item", "item_id": item, "category": self.forecast.categories[item]}
            for span in SPANS:
                units = _over(by_day, span)
                variance = shock.horizon if span[1] == HORIZON_DAYS else shock.week
                bounds = count_quantiles(units, variance, shock.at_once)
                yield {**head, **self._days(span), **_unit_cells(units, bounds), **_arrival_cells(None, ())}

    def _sum_rows(self, head: Row, categories: Sequence[Category]) -> Iterator[Row]:
        for span in SPANS:
            units = self._expected(self._opened, categories, span)
            arrivals = self._expected(self._arrivals, categories, span)
            yield {
                **head,
                **self._days(span),
                **_unit_cells(units, self._bounds(self._open, categories, span)),
                **_arrival_cells(arrivals, self._bounds(self._all, categories, span)),
            }

    def _days(self, span: tuple[int, int]) -> Row:
        first = self.forecast.as_of_day + span[0]
        return {"first_day": date_of(first), "last_day": date_of(first + span[1] - 1), "days": span[1]}

    @staticmethod
    def _expected(parts: dict[Category, list[float]], categories: Iterable[Category], span: tuple[int, int]) -> float:
        return sum((_over(parts[category], span) for category in categories), start=0.0)

    @staticmethod
    def _bounds(samples: Samples, categories: Sequence[Category], span: tuple[int, int]) -> Bounds:
        return sample_quantiles(samples.sums(categories, *span))


def _over(by_day: Sequence[float], span: tuple[int, int]) -> float:
    return sum(by_day[span[0] : span[0] + span[1]])


def _unit_cells(units: float, bounds: Bounds) -> Row:
    return {"expected_units": units, "units_p10": bounds[0], "units_p50": bounds[1], "units_p90": bounds[2]}


def _arrival_cells(arrivals: float | None, bounds: Bounds) -> Row:
    low, middle, high = bounds or (None, None, None)
    return {"expected_arrivals": arrivals, "arrivals_p10": low, "arrivals_p50": middle, "arrivals_p90": high}
