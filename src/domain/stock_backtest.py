"""Rolling origins: what each way of forecasting would have said on earlier weeks, and what then came.

Each origin sees only what was known before it, and its whole horizon was recorded before `as_of`. The
window of the hazards is chosen by squared errors of the shop's weeks, the calendar by those of its days
(WAPE alone rewards forecasting too little; squared error is smallest for the mean). The errors also say
how large the shock is that all items share.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.stock_fit import CANDIDATES, DEFAULT_CANDIDATE, Candidate, FittedForecast, fit_forecast
from domain.stock_forecast import on_grid
from domain.stock_intervals import shock_variance
from domain.stock_units import HORIZON_DAYS, Category, KnownUnits, UnitLedger

MAX_ORIGINS = 12
WEEKS = HORIZON_DAYS // 7
ByCategory = dict[Category, list[float]]
Pairs = list[tuple[float, float]]

DAY_SHOCK, WEEK_SHOCK, HORIZON_SHOCK = 0.3, 0.05, 0.03  # declared, for a shop too young for a backtest
_DAY_WEIGHT, _WEEK_WEIGHT, _HORIZON_WEIGHT = 7.0, 2.0, 2.0


@dataclass(frozen=True)
class Origin:
    """One origin: what was forecast for its horizon and what came, by category and day ahead.

    Args:
        day: the origin as a day number.
        expected_open: units of lines that were open at the origin.
        expected_all: those and units of orders placed later.
        actual_open: what came of the lines that were open.
        actual_all: everything that came and was matched.
        baseline: mean of the last four weeks before the origin, for every day.
    """

    day: int
    expected_open: ByCategory
    expected_all: ByCategory
    actual_open: ByCategory
    actual_all: ByCategory
    baseline: ByCategory


@dataclass(frozen=True)
class Shock:
    """Variance of the factor common to all items: of a day by week ahead, of a week, of the whole horizon."""

    day: tuple[float, ...] = (DAY_SHOCK,) * WEEKS
    week: float = WEEK_SHOCK
    horizon: float = HORIZON_SHOCK


@dataclass(frozen=True)
class Backtest:
    """The chosen candidate with its origins, and the squared errors that chose it.

    Args:
        chosen: the way of forecasting with the smallest error, the default without origins.
        origins: earliest first; empty where history is too short.
        errors: (squared error of weeks, of days) of each candidate, summed over origins.
    """

    chosen: Candidate
    origins: tuple[Origin, ...]
    errors: dict[Candidate, tuple[float, float]]


def run_backtest(
    ledger: UnitLedger, as_of_day: int, recording_lag_days: int, window_days: int, max_age_days: int
) -> Backtest:
    """Try every candidate at weekly origins before `as_of` and choose one.

    Args:
        ledger: units by the days they became known.
        as_of_day: nothing known on this day or later is looked at.
        recording_lag_days: days that a return takes to be recorded.
        window_days: an origin needs as many days of history.
        max_age_days: the oldest age at which a unit is still expected back.
    """
    now = ledger.known_at(as_of_day, max_age_days)
    days = _origin_days(now, as_of_day - recording_lag_days, window_days)
    tried: dict[Candidate, list[Origin]] = {candidate: [] for candidate in CANDIDATES}
    for day in days:
        known = ledger.known_at(day, max_age_days)
        for candidate in CANDIDATES:
            tried[candidate].append(replay(fit_forecast(known, recording_lag_days, candidate), now))
    errors = {candidate: _errors(origins) for candidate, origins in tried.items()}
    chosen = _choose(errors) if days else DEFAULT_CANDIDATE
    return Backtest(chosen, tuple(tried[chosen]), errors if days else {})


def replay(fitted: FittedForecast, now: KnownUnits) -> Origin:
    """The forecast of an origin beside what had come of it by now."""
    day = fitted.known.day
    expected_open, future = fitted.open_by_category(), fitted.future_by_category()
    actual_open: ByCategory = {}
    actual_all: ByCategory = {}
    last_weeks: dict[Category, int] = {}
    for (category, ordered, age), units in now.returned.items():
        ahead = ordered + age - day
        if 0 <= ahead < HORIZON_DAYS:
            _add(actual_all, category, ahead, units)
            if ordered < day:
                _add(actual_open, category, ahead, units)
    for (category, came), units in fitted.known.arrivals().items():
        if fitted.recorded_before - HORIZON_DAYS <= came < fitted.recorded_before:
            last_weeks[category] = last_weeks.get(category, 0) + units
    baseline = {category: on_grid([units / HORIZON_DAYS] * HORIZON_DAYS) for category, units in last_weeks.items()}
    return Origin(day, expected_open, add_up(expected_open, future), actual_open, actual_all, baseline)


def estimate_shock(origins: Sequence[Origin]) -> Shock:
    """The shock's variances from the shop's errors over origins; the declared ones without any."""
    arrived = [(total(o.expected_all), total(o.actual_all)) for o in origins]
    return Shock(
        tuple(shock_variance(_days_of_week(arrived, week), DAY_SHOCK, _DAY_WEIGHT) for week in range(WEEKS)),
        shock_variance(
            (pair for e, a in arrived for pair in zip(weekly(e), weekly(a), strict=True)), WEEK_SHOCK, _WEEK_WEIGHT
        ),
        shock_variance(((sum(e), sum(a)) for e, a in arrived), HORIZON_SHOCK, _HORIZON_WEIGHT),
    )


def total(by_category: ByCategory) -> list[float]:
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


def _origin_days(now: KnownUnits, recorded_before: int, window_days: int) -> list[int]:
    latest = recorded_before - HORIZON_DAYS
    days = (latest - 7 * back for back in range(MAX_ORIGINS))
    return sorted(day for day in days if day >= now.first_day + window_days)


def _errors(origins: Iterable[Origin]) -> tuple[float, float]:
    weeks = days = 0.0
    for origin in origins:
        expected, actual = total(origin.expected_all), total(origin.actual_all)
        days += sum((e - a) ** 2 for e, a in zip(expected, actual, strict=True))
        weeks += sum((e - a) ** 2 for e, a in zip(weekly(expected), weekly(actual), strict=True))
    return weeks, days


def _choose(errors: dict[Candidate, tuple[float, float]]) -> Candidate:
    by_week = min((c for c in CANDIDATES if c.weekly_calendar), key=lambda c: errors[c][0])
    return min((c for c in CANDIDATES if c.window_days == by_week.window_days), key=lambda c: errors[c][1])


def _days_of_week(pairs: Sequence[tuple[list[float], list[float]]], week: int) -> Pairs:
    span = slice(7 * week, 7 * week + 7)
    return [pair for expected, actual in pairs for pair in zip(expected[span], actual[span], strict=True)]


def _add(by_category: ByCategory, category: Category, ahead: int, units: float) -> None:
    by_category.setdefault(category, [0.0] * HORIZON_DAYS)[ahead] += units
