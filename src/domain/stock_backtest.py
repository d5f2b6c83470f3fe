"""Rolling origins: what each way of forecasting would have said on earlier weeks, and what then came.

Each origin sees only what was known before it and is forecast by the way that did best at origins whose horizons
were over by then, so that the figures are of the procedure and not of a choice made afterwards. Ways are compared by
the log of forecast over actual units of whole horizons, strengths of shrinkage by the Poisson deviance of series and
weeks: a forecast that says too little gains nothing by either.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from domain.stock_candidates import CANDIDATES, DEFAULT_CANDIDATE, Candidate
from domain.stock_fit import FittedForecast
from domain.stock_fitter import Fitter, Holidays
from domain.stock_origin import WEEKS, Origin, replay
from domain.stock_risks import DEFAULT_STRENGTH, STRENGTHS, Strength
from domain.stock_units import HORIZON_DAYS, KnownUnits, Series, UnitLedger

MAX_ORIGINS = 16
MIN_HISTORY_DAYS = 28
MIN_TRIALS = 4  # origins that must be over before they choose; their horizons overlap, so fewer say little
_SOFTENED = 5.0  # units added to both sides of a ratio, so that a horizon of nothing does not decide
_LEAST_MEAN = 1e-3  # units a week that any series may bring


@dataclass(frozen=True)
class Trial:
    """What every way and every strength would have missed by at one origin: squared log ratios, and deviances."""

    day: int
    ways: Mapping[Candidate, float]
    strengths: Mapping[Strength, float]


@dataclass(frozen=True)
class Backtest:
    """What the origins before a day chose for it, and how each of them had done.

    Args:
        chosen: the way of forecasting with the smallest error, the default without origins.
        origins: earliest first; empty where history is too short.
        errors: root mean squared log ratio of each way over the origins.
        strength: of the shrinkage, with the smallest deviance.
    """

    chosen: Candidate
    origins: tuple[Origin, ...]
    errors: Mapping[Candidate, float]
    strength: Strength = DEFAULT_STRENGTH


@dataclass(frozen=True)
class Replay:
    """An origin with the fits it was made of."""

    fitter: Fitter
    fitted: FittedForecast
    way: Candidate
    strength: Strength
    origin: Origin


@dataclass
class RollingBacktest:
    """Goes through the origins before a day, earliest first.

    Args:
        ledger: units by the days they became known.
        as_of_day: nothing known on this day or later is looked at.
        recording_lag_days: days that a return takes to be recorded.
        max_age_days: the oldest age at which a unit is still expected back.
        holidays: public holidays as day numbers by country.
    """

    ledger: UnitLedger
    as_of_day: int
    recording_lag_days: int
    max_age_days: int
    holidays: Holidays = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)

    @cached_property
    def origin_days(self) -> list[int]:
        """The weekly origins whose horizons are over and recorded."""
        first = min(
            (ordered for _, ordered, known in self.ledger.sold if known < self.as_of_day), default=self.as_of_day
        )
        latest = self.as_of_day - self.recording_lag_days - HORIZON_DAYS
        days = (latest - 7 * back for back in range(MAX_ORIGINS))
        return sorted(day for day in days if day >= first + MIN_HISTORY_DAYS)

    def replay(self, days: Sequence[int] | None = None) -> Iterator[Replay]:
        """One replay an origin; further `days` are replayed as well, but choose nothing for others."""
        now = self.ledger.known_at(self.as_of_day, self.max_age_days)
        weekly = self.origin_days
        for day in sorted({*weekly, *(days or ())}):
            fitter = Fitter(self.ledger.known_at(day, self.max_age_days), self.recording_lag_days, self.holidays)
            way, strength = self.choose(day)
            fitted = fitter.fit(way, strength)
            yield Replay(fitter, fitted, way, strength, replay(fitted, now))
            if day in weekly:
                self.trials.append(_try_all(fitter, way, now))

    def choose(self, day: int) -> tuple[Candidate, Strength]:
        """The way and the strength that did best at origins whose horizon was over and recorded by a day."""
        past = [t for t in self.trials if t.day + HORIZON_DAYS + self.recording_lag_days <= day]
        if len(past) < MIN_TRIALS:
            return DEFAULT_CANDIDATE, DEFAULT_STRENGTH
        return (
            min(CANDIDATES, key=lambda way: sum(trial.ways[way] for trial in past)),
            min(STRENGTHS, key=lambda strength: sum(trial.strengths[strength] for trial in past)),
        )


def run_backtest(
    ledger: UnitLedger, as_of_day: int, recording_lag_days: int, max_age_days: int, holidays: Holidays | None = None
) -> Backtest:
    """Replay weekly origins before `as_of` and choose for it; the arguments are those of `RollingBacktest`."""
    rolling = RollingBacktest(ledger, as_of_day, recording_lag_days, max_age_days, holidays or {})
    origins = tuple(made.origin for made in rolling.replay())
    way, strength = rolling.choose(as_of_day)
    errors = {c: math.sqrt(sum(t.ways[c] for t in rolling.trials) / len(origins)) for c in CANDIDATES if origins}
    return Backtest(way, origins, errors, strength)


def _try_all(fitter: Fitter, chosen: Candidate, now: KnownUnits) -> Trial:
    day = fitter.known.day
    actual: dict[Series, list[float]] = {}
    for (series, ordered, age), units in now.returned.items():
        ahead = ordered + age - day
        if ordered < day and 0 <= ahead < HORIZON_DAYS:
            actual.setdefault(series, [0.0] * WEEKS)[ahead // 7] += units
    came = sum(sum(weeks) for weeks in actual.values())
    held: dict[int, int] = {}
    for (_, ordered), units in fitter.known.open_units.items():
        held[ordered] = held.get(ordered, 0) + units
    ways = {way: _log_ratio(_shop_units(fitter.fit_shop(way), held), came) ** 2 for way in CANDIDATES}
    strengths = {s: _deviance(fitter.fit(chosen, s).open_weeks_by_series(), actual) for s in STRENGTHS}
    return Trial(day, ways, strengths)


def _shop_units(fitted: FittedForecast, held: Mapping[int, int]) -> float:
    chances = fitted.chances(held)
    return sum(units * min(1.0, sum(chances[ordered])) for ordered, units in sorted(held.items()))


def _log_ratio(expected: float, actual: float) -> float:
    return math.log((expected + _SOFTENED) / (actual + _SOFTENED))


def _deviance(expected: Mapping[Series, Sequence[float]], actual: Mapping[Series, Sequence[float]]) -> float:
    nothing = (0.0,) * WEEKS
    total = 0.0
    for series in sorted({*expected, *actual}, key=lambda name: name.order):
        pairs = zip(expected.get(series, nothing), actual.get(series, nothing), strict=True)
        total += sum(_unit_deviance(mean + _LEAST_MEAN, came) for mean, came in pairs)
    return total


def _unit_deviance(mean: float, came: float) -> float:
    return 2.0 * ((came * math.log(came / mean) if came > 0 else 0.0) - (came - mean))
