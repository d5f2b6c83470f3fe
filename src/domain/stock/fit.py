"""A way of forecasting, fitted at one origin: the dock's clock, hazards and risks together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from domain.stock.clock import DockClock
from domain.stock.forecast import daily_sales, expect_open, on_grid
from domain.stock.hazards import Hazards
from domain.stock.risks import Risks
from domain.stock.units import HORIZON_DAYS, SALES_DAYS, Category, KnownUnits, Series


@dataclass(frozen=True)
class FittedForecast:
    """A candidate fitted on what was known at an origin.

    Args:
        known: the units as known at the origin.
        recorded_before: day before which every return is recorded.
        clock: the dock's time, to the end of the horizon.
        hazards: by age in usual days.
        risks: relative rate of each series, group and category.
        catch_up: factor on the chances of each day ordered, for cohorts behind or ahead; 1 where absent.
        level: factor on all open units, so that the risks leave the shop's total alone.
        country: whose holidays the dock was found to keep; None for none.
    """

    known: KnownUnits
    recorded_before: int
    clock: DockClock
    hazards: Hazards
    risks: Risks = field(default_factory=Risks)
    catch_up: Mapping[int, float] = field(default_factory=dict)
    level: float = 1.0
    country: str | None = None

    def chances(self, ordered_days: Iterable[int]) -> dict[int, list[float]]:
        """Chance of arrival on each day ahead for a unit still open, by day ordered."""
        return {ordered: self._chances(ordered) for ordered in sorted(set(ordered_days))}

    def open_by_category(self) -> dict[Category, list[float]]:
        """Expected units of lines still open on each day ahead."""
        weights: dict[tuple[Category, int], tuple[float, float]] = {}
        for series, held in self.known.open_by_series.items():
            risk = self.risks.of(series) * self.level
            for ordered, units in held:
                weight, before = weights.get((series.category, ordered), (0.0, 0.0))
                weights[series.category, ordered] = (weight + units * risk, before + units)
        return expect_open(weights, self.chances(ordered for _, ordered in weights))

    def open_weeks_by_series(self) -> dict[Series, list[float]]:
        """Expected units of lines still open by series and week ahead."""
        chances = {
            ordered: [sum(by_day[day : day + 7]) for day in range(0, HORIZON_DAYS, 7)]
            for ordered, by_day in self.chances(ordered for _, ordered in self.known.open_units).items()
        }
        return {
            series: _weeks(held, self.risks.of(series) * self.level, chances)
            for series, held in self.known.open_by_series.items()
        }

    def future_by_category(self) -> dict[Category, list[float]]:
        """Expected units of orders placed from the origin on, or not told of by then, at the recent rate of sales."""
        expected: dict[Category, list[float]] = {}
        for series, sales in daily_sales(self.known).items():
            by_day = expected.setdefault(series.category, [0.0] * HORIZON_DAYS)
            rate = sales * self.risks.of(series) * self.level
            for ahead, chance in enumerate(self._future_chances):
                by_day[ahead] += rate * chance
        return {category: on_grid(by_day) for category, by_day in expected.items()}

    @cached_property
    def _future_chances(self) -> list[float]:
        end = self.known.day + HORIZON_DAYS
        total = [0.0] * HORIZON_DAYS
        for ordered in range(self.known.day - SALES_DAYS, end):
            untold = 1.0 if ordered >= self.known.day else 1.0 - self.known.known_share(ordered)
            if untold <= 0:
                continue
            chances = self.hazards.ahead(0.0, [self.clock.rate(day) for day in range(ordered, end)])
            for ahead, chance in enumerate(chances, ordered - self.known.day):
                if ahead >= 0:
                    total[ahead] += untold * chance
        return total

    @cached_property
    def _known_early(self) -> dict[int, float]:
        """By day ordered, units open when the last returns were all recorded, over those open now.

        What has come since then may be recorded or not. Where most returns are recorded at once and a few late, the
        units open now are those left after the quick ones, and their chance is that much higher.
        """
        came = self.known.came_since(self.recorded_before)
        left = Counter[int]()
        for (_, ordered), units in self.known.open_units.items():
            left[ordered] += units
        return {ordered: (left[ordered] + units) / left[ordered] for ordered, units in came.items() if left[ordered]}

    def _chances(self, ordered: int) -> list[float]:
        start = max(self.recorded_before, ordered)
        rates = [self.clock.rate(day) for day in range(start, self.known.day + HORIZON_DAYS)]
        factor = self.catch_up.get(ordered, 1.0) * self._known_early.get(ordered, 1.0)
        ahead = self.hazards.ahead(self.clock.age(ordered, start), rates)
        return [factor * chance for chance in ahead[self.known.day - start :]]


def _weeks(held: Sequence[tuple[int, int]], risk: float, chances: Mapping[int, Sequence[float]]) -> list[float]:
    expected = [0.0] * (HORIZON_DAYS // 7)
    for ordered, units in held:
        most = sum(chances[ordered])
        bounded = units * min(risk, 1.0 / most) if most > 0 else 0.0
        for week, chance in enumerate(chances[ordered]):
            expected[week] += bounded * chance
    return expected
