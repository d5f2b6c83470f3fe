"""One earlier origin at which every way of forecasting is tried, and the choice that several such origins make.

Each part of a way is chosen by what it decides: the calendar moves units among the days of a week, so days choose it;
speeds, windows and catching up move the total, so whole horizons choose them. Both are compared by the square of log
forecast over actual units, strengths of shrinkage by the Poisson deviance of series and weeks: a forecast that says too
little gains nothing by either.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.stock.candidates import CALENDARS, CANDIDATES, DEFAULT_CANDIDATE, Candidate
from domain.stock.fit import FittedForecast
from domain.stock.fitter import Fitter
from domain.stock.origin import WEEKS, BySeries, actual_weeks
from domain.stock.risks import DEFAULT_STRENGTH, STRENGTHS, Strength
from domain.stock.units import HORIZON_DAYS, KnownUnits

MIN_TRIALS = 4  # origins that must be over before they choose; their horizons overlap, so fewer say little
_SOFTENED = 5.0  # units added to both sides of a ratio, so that a day of nothing does not decide
_LEAST_MEAN = 1e-3  # units a week that any series may bring


class Errors(NamedTuple):
    """Squared log ratios of forecast to actual units of the shop: of the whole horizon, and the mean of its days."""

    horizon: float
    day: float


@dataclass(frozen=True)
class Trial:
    """What every way and every strength would have missed by at one origin: squared log ratios, and deviances."""

    ways: Mapping[Candidate, Errors]
    strengths: Mapping[Strength, float]


def try_all(fitter: Fitter, end: KnownUnits) -> Trial:
    """Every way, and every strength with the first way, at the fitter's origin.

    Args:
        fitter: of the origin.
        end: the units as known when the origin's horizon was over and recorded.
    """
    day = fitter.known.day
    held: dict[int, int] = {}
    for (_, ordered), units in fitter.known.open_units.items():
        held[ordered] = held.get(ordered, 0) + units
    came = [0.0] * HORIZON_DAYS
    for came_on, _, ordered, units in end.returned.between(day, day + HORIZON_DAYS):
        if ordered < day:
            came[came_on - day] += units
    actual = actual_weeks(end, day)
    return Trial(
        {way: _errors(_shop_days(fitter.fit_shop(way), held), came) for way in CANDIDATES},
        {s: _deviance(fitter.fit(DEFAULT_CANDIDATE, s).open_weeks_by_series(), actual) for s in STRENGTHS},
    )


def choose(trials: Sequence[Trial]) -> tuple[Candidate, Strength]:
    """The way and the strength that did best; the first of each where there are fewer than `MIN_TRIALS`."""
    if len(trials) < MIN_TRIALS:
        return DEFAULT_CANDIDATE, DEFAULT_STRENGTH
    errors = mean_errors(trials)
    calendar = min(CALENDARS, key=lambda name: min(errors[way].day for way in CANDIDATES if way.calendar == name))
    return (
        min((way for way in CANDIDATES if way.calendar == calendar), key=lambda way: errors[way].horizon),
        min(STRENGTHS, key=lambda strength: sum(trial.strengths[strength] for trial in trials)),
    )


def mean_errors(trials: Sequence[Trial]) -> dict[Candidate, Errors]:
    """Errors of each way over trials; none without trials."""
    return {
        way: Errors(*(sum(parts) / len(trials) for parts in zip(*(trial.ways[way] for trial in trials), strict=True)))
        for way in CANDIDATES
        if trials
    }


def _shop_days(fitted: FittedForecast, held: Mapping[int, int]) -> list[float]:
    expected = [0.0] * HORIZON_DAYS
    for ordered, by_day in fitted.chances(held).items():
        share = held[ordered] / max(1.0, sum(by_day))
        for ahead, chance in enumerate(by_day):
            expected[ahead] += share * chance
    return expected


def _errors(expected: Sequence[float], actual: Sequence[float]) -> Errors:
    days = [_log_ratio(e, a) ** 2 for e, a in zip(expected, actual, strict=True)]
    return Errors(_log_ratio(sum(expected), sum(actual)) ** 2, sum(days) / len(days))


def _log_ratio(expected: float, actual: float) -> float:
    return math.log((expected + _SOFTENED) / (actual + _SOFTENED))


def _deviance(expected: BySeries, actual: BySeries) -> float:
    nothing = [0.0] * WEEKS
    pairs = (
        pair
        for series in sorted({*expected, *actual}, key=lambda name: name.order)
        for pair in zip(expected.get(series, nothing), actual.get(series, nothing), strict=True)
    )
    return sum(_unit_deviance(mean + _LEAST_MEAN, came) for mean, came in pairs)


def _unit_deviance(mean: float, came: float) -> float:
    return 2.0 * ((came * math.log(came / mean) if came > 0 else 0.0) - (came - mean))
