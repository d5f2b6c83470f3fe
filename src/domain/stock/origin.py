"""One origin of a backtest: what was forecast for its horizon, and what then came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.stock.fit import FittedForecast
from domain.stock.forecast import on_grid
from domain.stock.units import HORIZON_DAYS, Category, KnownUnits, Series

WEEKS = HORIZON_DAYS // 7
ByCategory = dict[Category, list[float]]
BySeries = dict[Series, list[float]]


@dataclass(frozen=True)
class Origin:
    """What was forecast at one origin and what came, by category and day ahead.

    Args:
        day: the origin as a day number.
        expected_open: units of lines that were open at the origin.
        expected_all: those and units of orders placed later.
        actual_open: what came of the lines that were open.
        actual_all: everything that came and was matched.
        baseline: mean of the last four weeks before the origin, for every day.
        expected_weeks: units of open lines by series and week ahead.
        actual_weeks: what came of them.
        at_once: units that the return of a unit brought on average, as known at the origin.
    """

    day: int
    expected_open: ByCategory
    expected_all: ByCategory
    actual_open: ByCategory
    actual_all: ByCategory
    baseline: ByCategory
    expected_weeks: BySeries = field(default_factory=dict)
    actual_weeks: BySeries = field(default_factory=dict)
    at_once: float = 1.0


def replay(fitted: FittedForecast, now: KnownUnits) -> Origin:
    """The forecast of an origin beside what had come of it by now."""
    day = fitted.known.day
    expected_open, future = fitted.open_by_category(), fitted.future_by_category()
    actual_open: ByCategory = {}
    actual_all: ByCategory = {}
    for came_on, series, ordered, units in now.returned.between(day, day + HORIZON_DAYS):
        _add(actual_all, series.category, came_on - day, units)
        if ordered < day:
            _add(actual_open, series.category, came_on - day, units)
    return Origin(
        day,
        expected_open,
        add_up(expected_open, future),
        actual_open,
        actual_all,
        _last_weeks_mean(fitted),
        fitted.open_weeks_by_series(),
        actual_weeks(now, day),
        fitted.known.at_once,
    )


def actual_weeks(now: KnownUnits, day: int) -> BySeries:
    """Units that came of lines open at a day, by series and week ahead."""
    weeks: BySeries = {}
    for came_on, series, ordered, units in now.returned.between(day, day + HORIZON_DAYS):
        if ordered < day:
            weeks.setdefault(series, [0.0] * WEEKS)[(came_on - day) // 7] += units
    return weeks


def total(by_category: Mapping[Category, Sequence[float]]) -> list[float]:
    """Units of the whole shop on each day ahead."""
    return [float(sum(values)) for values in zip(*by_category.values(), strict=True)] or [0.0] * HORIZON_DAYS


def weekly(by_day: Sequence[float]) -> list[float]:
    """Units of each week ahead."""
    return [sum(by_day[7 * week : 7 * week + 7]) for week in range(WEEKS)]


def add_up(first: ByCategory, second: ByCategory) -> ByCategory:
    """Both parts of each category together."""
    nothing = [0.0] * HORIZON_DAYS
    return {
        category: [a + b for a, b in zip(first.get(category, nothing), second.get(category, nothing), strict=True)]
        for category in {**first, **second}
    }


def _last_weeks_mean(fitted: FittedForecast) -> ByCategory:
    units: dict[Category, int] = {}
    end = fitted.recorded_before
    for back in fitted.known.returned.between(end - HORIZON_DAYS, end):
        units[back.series.category] = units.get(back.series.category, 0) + back.units
    return {category: on_grid([count / HORIZON_DAYS] * HORIZON_DAYS) for category, count in units.items()}


def _add(by_category: ByCategory, category: Category, ahead: int, units: float) -> None:
    by_category.setdefault(category, [0.0] * HORIZON_DAYS)[ahead] += units
