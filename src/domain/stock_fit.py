"""One way of forecasting, fitted at one origin: hazards, calendar and category factors together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.stock_calendar import FLAT, dock_calendar
from domain.stock_forecast import chances_ahead, daily_sales, expect_open, future_chances, on_grid
from domain.stock_hazards import Hazards, category_factors, estimate_hazards
from domain.stock_units import Category, KnownUnits


@dataclass(frozen=True)
class Candidate:
    """What a backtest may choose: over how many days hazards are read, and whether the dock has a calendar."""

    window_days: int
    weekly_calendar: bool

    def describe(self) -> dict[str, int | bool]:
        """The choice as JSON."""
        return {"window_days": self.window_days, "weekly_calendar": self.weekly_calendar}


CANDIDATES = tuple(Candidate(days, calendar) for calendar in (True, False) for days in (56, 28, 91, 365))
DEFAULT_CANDIDATE = CANDIDATES[0]


@dataclass(frozen=True)
class FittedForecast:
    """A candidate fitted on what was known at an origin.

    Args:
        known: the units as known at the origin.
        recorded_before: day before which every return is recorded.
        calendar: factor of each weekday, Monday first.
        hazards: by age in days.
        factors: relative rate of each category.
    """

    known: KnownUnits
    recorded_before: int
    calendar: Sequence[float]
    hazards: Hazards
    factors: dict[Category, float]

    def chances(self, ordered_days: Iterable[int]) -> dict[int, list[float]]:
        """Chance of arrival on each day ahead for a unit still open, by day ordered."""
        return chances_ahead(self.hazards, ordered_days, self.known.day, self.recorded_before, self.calendar)

    def open_by_category(self) -> dict[Category, list[float]]:
        """Expected units of lines still open on each day ahead."""
        weights = {
            (category, ordered): (units * self.factors.get(category, 1.0), float(units))
            for (category, ordered), units in self.known.open_units.items()
        }
        return expect_open(weights, self.chances(ordered for _, ordered in weights))

    def future_by_category(self) -> dict[Category, list[float]]:
        """Expected units of orders placed from the origin on, at the recent rate of sales."""
        by_unit = future_chances(self.hazards, self.known.day, self.calendar)
        return {
            category: on_grid(sales * self.factors.get(category, 1.0) * chance for chance in by_unit)
            for category, sales in daily_sales(self.known.sold, self.known.day).items()
        }


def fit_forecast(known: KnownUnits, recording_lag_days: int, candidate: Candidate) -> FittedForecast:
    """Fit a candidate on the returns that were surely recorded at the origin."""
    before = known.day - recording_lag_days
    calendar = FLAT
    if candidate.weekly_calendar:
        by_day: dict[int, int] = {}
        for (_, day), units in known.arrivals().items():
            by_day[day] = by_day.get(day, 0) + units
        calendar = dock_calendar(by_day, before)
    hazards = estimate_hazards(known, before, candidate.window_days, calendar)
    return FittedForecast(known, before, calendar, hazards, category_factors(known, before, hazards))
