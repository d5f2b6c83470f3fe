"""Rolling origins: what the procedure would have said on earlier days, and what then came.

An origin is forecast by the way that did best at weekly origins whose horizons were over and recorded by then, each of
which saw only what was known before it. So the figures are of the procedure and not of a choice made afterwards, and an
origin that is replayed is forecast as a run on its day would have forecast it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from domain.labels import DEFAULT_LAG_LAW, LagLaw
from domain.stock.candidates import Candidate
from domain.stock.fit import FittedForecast
from domain.stock.fitter import Fitter, Holidays
from domain.stock.history import LedgerHistory
from domain.stock.origin import Origin, replay
from domain.stock.risks import DEFAULT_STRENGTH, Strength
from domain.stock.trial import Errors, Trial, choose, mean_errors, try_all
from domain.stock.units import HORIZON_DAYS, KnownUnits, UnitLedger

MAX_ORIGINS = 16
MIN_HISTORY_DAYS = 28


@dataclass(frozen=True)
class Backtest:
    """What the origins before a day chose for it, and how each of them had done.

    Args:
        chosen: the way of forecasting that did best, the default without origins.
        origins: earliest first; empty where history is too short.
        errors: root mean squared log ratios of each way over the origins, of horizons and of days.
        strength: of the shrinkage, with the smallest deviance.
        recording_lag_days: days that a return takes to be recorded.
    """

    chosen: Candidate
    origins: tuple[Origin, ...]
    errors: Mapping[Candidate, Errors]
    strength: Strength = DEFAULT_STRENGTH
    recording_lag_days: int = 0

    def recorded_by(self, day: int) -> tuple[Origin, ...]:
        """The origins whose horizon was over and recorded by a day, which alone a run on that day could learn from."""
        return tuple(o for o in self.origins if o.day + HORIZON_DAYS + self.recording_lag_days <= day)


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
    """Replays origins; what it tried and found at one is kept for the others.

    Args:
        ledger: units by the days they became known.
        recording_lag_days: days that a return takes to be recorded.
        max_age_days: the oldest age at which a unit is still expected back.
        holidays: public holidays as day numbers by country.
        law: how returns spread over the days after an order.
    """

    ledger: UnitLedger
    recording_lag_days: int
    max_age_days: int
    holidays: Holidays = field(default_factory=dict)
    law: LagLaw = DEFAULT_LAG_LAW
    _at_hand: dict[int, tuple[Fitter, KnownUnits]] = field(default_factory=dict)
    _trials: dict[int, Trial] = field(default_factory=dict)
    _origins: dict[int, Origin] = field(default_factory=dict)

    def origin_days(self, day: int) -> list[int]:
        """The latest weekly origins whose horizons are over and recorded by a day, earliest first."""
        return self._weekly_days(day, MIN_HISTORY_DAYS)

    def trial_days(self, day: int) -> list[int]:
        """Those of them that had seen every age: a younger one goes by the law, whatever the way."""
        return self._weekly_days(day, max(MIN_HISTORY_DAYS, min(self.law.steps[-1][0], self.max_age_days)))

    def choose(self, day: int) -> tuple[Candidate, Strength]:
        """The way and the strength that did best at the origins before a day."""
        return choose(self.trials(day))

    def trials(self, day: int) -> list[Trial]:
        """What every way would have missed by at each of the origins before a day."""
        return [self._trial(earlier) for earlier in self.trial_days(day)]

    def origins(self, day: int) -> tuple[Origin, ...]:
        """The origins before a day, each forecast by what the origins before it chose."""
        asked = self.origin_days(day)
        tried = {trial for origin in (*asked, day) for trial in self.trial_days(origin)}
        for earlier in sorted({*asked, *tried}):  # so that each day's books are made once
            if earlier in tried:
                self._trial(earlier)
            if earlier in asked:
                self._origin(earlier)
        return tuple(self._origin(earlier) for earlier in asked)

    def replay(self, day: int) -> Replay:
        """One origin as a run on its day would have forecast it, beside what was recorded when its horizon was over."""
        way, strength = self.choose(day)
        fitter, end = self._books(day)
        fitted = fitter.fit(way, strength)
        return Replay(fitter, fitted, way, strength, replay(fitted, end))

    def _weekly_days(self, day: int, history_days: int) -> list[int]:
        first = min((ordered for _, ordered, known in self.ledger.sold if known < day), default=day)
        latest = day - self.recording_lag_days - HORIZON_DAYS
        days = (latest - 7 * back for back in range(MAX_ORIGINS))
        return sorted(found for found in days if found >= first + history_days)

    def _trial(self, day: int) -> Trial:
        if day not in self._trials:
            self._trials[day] = try_all(*self._books(day))
        return self._trials[day]

    def _origin(self, day: int) -> Origin:
        if day not in self._origins:
            self._origins[day] = self.replay(day).origin
        return self._origins[day]

    @cached_property
    def _history(self) -> LedgerHistory:
        return LedgerHistory(self.ledger, self.max_age_days)

    def _books(self, day: int) -> tuple[Fitter, KnownUnits]:
        """What was known at an origin and when its horizon was over; kept until another origin's are asked for."""
        if day not in self._at_hand:
            end = day + HORIZON_DAYS + self.recording_lag_days
            known, later = (self._history.known_at(at) for at in (day, end))
            self._at_hand = {day: (Fitter(known, self.recording_lag_days, self.holidays, self.law), later)}
        return self._at_hand[day]


def run_backtest(
    ledger: UnitLedger,
    as_of_day: int,
    recording_lag_days: int,
    max_age_days: int,
    holidays: Holidays | None = None,
    law: LagLaw = DEFAULT_LAG_LAW,
) -> Backtest:
    """Replay the weekly origins before `as_of` and choose for it.

    Args:
        ledger: units by the days they became known.
        as_of_day: nothing known on this day or later is looked at.
        recording_lag_days: days that a return takes to be recorded.
        max_age_days: the oldest age at which a unit is still expected back.
        holidays: public holidays as day numbers by country.
        law: how returns spread over the days after an order.
    """
    rolling = RollingBacktest(ledger, recording_lag_days, max_age_days, holidays or {}, law)
    origins = rolling.origins(as_of_day)
    way, strength = rolling.choose(as_of_day)
    errors = {w: Errors(*map(math.sqrt, e)) for w, e in mean_errors(rolling.trials(as_of_day)).items()}
    return Backtest(way, origins, errors, strength, recording_lag_days)
