"""Fits the ways of forecasting at one origin, from what was known and surely recorded there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from domain.labels import DEFAULT_LAG_LAW, LagLaw
from domain.stock.calendar import DockCalendar, choose_closed_days, learn_weekdays
from domain.stock.candidates import Candidate
from domain.stock.catch_up import catch_up_factors
from domain.stock.clock import HISTORY_DAYS, DockClock, set_clock, start_clock
from domain.stock.fit import FittedForecast
from domain.stock.hazards import Hazards, measure_hazards
from domain.stock.risks import DEFAULT_STRENGTH, Strength, estimate_risks
from domain.stock.units import Cohort, KnownUnits, Series

Holidays = Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class Fitter:
    """Fits candidates at one origin; what several of them share is worked out once.

    Args:
        known: the units as known at the origin.
        recording_lag_days: days that a return takes to be recorded.
        holidays: public holidays as day numbers by country, those of the horizon among them.
        law: how returns spread over the days after an order, for ages that few units have reached.
    """

    known: KnownUnits
    recording_lag_days: int
    holidays: Holidays = field(default_factory=dict)
    law: LagLaw = DEFAULT_LAG_LAW
    _clocks: dict[tuple[DockCalendar, bool], DockClock] = field(default_factory=dict)
    _hazards: dict[tuple[DockCalendar, bool, int], Hazards] = field(default_factory=dict)

    def fit(self, candidate: Candidate, strength: Strength = DEFAULT_STRENGTH) -> FittedForecast:
        """The candidate fitted on the returns that were surely recorded at the origin."""
        plain = self.fit_shop(candidate)
        shares = {c.ordered: plain.hazards.returned_share(self._age(plain, c.ordered)) for c in self.cohorts}
        risks = estimate_risks(self.known.sold_by_series, self._came, shares, strength)
        return _levelled(replace(plain, risks=risks))

    def fit_shop(self, candidate: Candidate) -> FittedForecast:
        """The same without risks: every series taken for the shop's average."""
        clock, hazards = self._clock(candidate), self._measure(candidate)
        factors = catch_up_factors(self.cohorts, hazards, clock, self.before, candidate.catch_up)
        country = self._closed[0] if candidate.calendar == "holidays" else None
        return FittedForecast(self.known, self.before, clock, hazards, catch_up=factors, country=country)

    @property
    def before(self) -> int:
        """Day before which every return is recorded."""
        return self.known.day - self.recording_lag_days

    @cached_property
    def first_day(self) -> int:
        """The first day that is read."""
        # An open unit's age is read off the clock, so it reaches back to the oldest.
        read = max(HISTORY_DAYS, self.known.max_age_days)
        return max(min(self.known.first_day, self.before), self.before - read)

    @cached_property
    def cohorts(self) -> Sequence[Cohort]:
        """The shop's units by day ordered, of the days that are read."""
        return [cohort for cohort in self.known.cohorts if cohort.ordered >= self.first_day]

    @cached_property
    def _came(self) -> Counter[Series]:
        read = {cohort.ordered for cohort in self.cohorts}
        came: Counter[Series] = Counter()
        for back in self.known.returned.between(self.first_day, self.before):
            if back.ordered in read and back.age <= self.known.max_age_days:
                came[back.series] += back.units
        return came

    @cached_property
    def _closed(self) -> tuple[str | None, frozenset[int]]:
        return choose_closed_days(self.known.arrivals, self.first_day, self.before, self.holidays)

    def _age(self, fitted: FittedForecast, ordered: int) -> float:
        return fitted.clock.age(ordered, max(ordered, self.before))

    def _clock(self, candidate: Candidate) -> DockClock:
        calendar = self._calendars[candidate.calendar]
        key = (calendar, candidate.follows_speed)
        if key not in self._clocks:
            self._clocks[key] = (
                set_clock(
                    calendar,
                    self.cohorts,
                    self.first_day,
                    self.before,
                    self.known.day,
                    self.known.max_age_days,
                    self.law,
                )
                if candidate.follows_speed
                else start_clock(calendar, self.first_day, self.known.day)
            )
        return self._clocks[key]

    def _measure(self, candidate: Candidate) -> Hazards:
        key = (self._calendars[candidate.calendar], candidate.follows_speed, candidate.window_days)
        if key not in self._hazards:
            since = max(self.first_day, self.before - candidate.window_days)
            readings = self._clock(candidate).readings
            self._hazards[key] = measure_hazards(
                self.cohorts, readings, self.first_day, since, self.before, self.known.max_age_days, self.law
            )
        return self._hazards[key]

    @cached_property
    def _calendars(self) -> dict[str, DockCalendar]:
        arrivals = self.known.arrivals
        return {
            "holidays": learn_weekdays(arrivals, self.first_day, self.before, self._closed[1]),
            "weekdays": learn_weekdays(arrivals, self.first_day, self.before),
            "flat": DockCalendar(),
        }


def _levelled(fitted: FittedForecast) -> FittedForecast:
    known = fitted.known
    totals = {day: sum(chances) for day, chances in fitted.chances(day for _, day in known.open_units).items()}
    plain = weighted = 0.0
    for series, held in known.open_by_series.items():
        units = sum(count * totals[ordered] for ordered, count in held)
        plain += units
        weighted += units * fitted.risks.of(series)
    return replace(fitted, level=plain / weighted) if weighted > 0 else fitted
