"""The clock of the returns dock: parcels wait while it is slow, so a unit ages by the dock's time, not by days.

In a week in which the dock books in a third of the usual, returns are late, not lost: they come when it catches
up. A unit's age is therefore what the clock has run since its order. The clock runs by the calendar, times a speed for
each past week: arrivals over those that hazards by clock age expect, in turns with the hazards (a fixed point of the
multiplicative model, as in the age-period models of Clayton and Schifflers 1987). Ahead it runs by the calendar alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from domain.labels import LagLaw
from domain.stock.calendar import DockCalendar
from domain.stock.hazards import Hazards, measure_hazards
from domain.stock.units import HORIZON_DAYS, Cohort

HISTORY_DAYS = 240  # days of arrivals that are read at most, or the oldest age, so that the work is bounded
PRIOR_UNITS = 100.0  # expected units at which a week's own speed weighs as much as the usual one
PASSES = 3


@dataclass(frozen=True)
class DockClock:
    """How far the dock's time runs on each day; ages are differences of its readings, in usual days.

    Args:
        first_day: day number of the first rate.
        rates: what the clock runs on each day from there to the end of the horizon.
    """

    first_day: int
    rates: tuple[float, ...]

    @cached_property
    def readings(self) -> tuple[float, ...]:
        """The clock at the start of each day, and at the end of the last."""
        return tuple(accumulate(self.rates, initial=0.0))

    def age(self, ordered: int, day: int) -> float:
        """Usual days from the start of the order's day to the start of another."""
        return self.readings[day - self.first_day] - self.readings[ordered - self.first_day]

    def rate(self, day: int) -> float:
        """Usual days that pass on a day."""
        return self.rates[day - self.first_day]


def start_clock(calendar: DockCalendar, first_day: int, as_of_day: int) -> DockClock:
    """A clock that runs by the calendar alone, to the end of the horizon after `as_of_day`."""
    return DockClock(first_day, tuple(calendar.factor(day) for day in range(first_day, as_of_day + HORIZON_DAYS)))


def set_clock(
    calendar: DockCalendar,
    cohorts: Sequence[Cohort],
    first_day: int,
    before_day: int,
    as_of_day: int,
    max_age: int,
    law: LagLaw,
) -> DockClock:
    """A clock whose past weeks run as fast as their arrivals say.

    Args:
        calendar: the dock's weekdays and holidays.
        cohorts: the shop's units by day ordered, from `first_day` on.
        first_day: the first day that is read.
        before_day: the first day whose returns are not all recorded.
        as_of_day: the first day of the horizon.
        max_age: the oldest age, in usual days, at which a unit is expected back.
        law: as `measure_hazards` takes it.
    """
    clock = start_clock(calendar, first_day, as_of_day)
    by_calendar = clock.rates
    arrived = _arrivals(cohorts, first_day, before_day)
    for _ in range(PASSES):
        hazards = measure_hazards(cohorts, clock.readings, first_day, first_day, before_day, max_age, law)
        expected = _expected(cohorts, clock, hazards, by_calendar, before_day)
        speeds = _speeds(arrived, expected)
        clock = DockClock(
            first_day, tuple(r * v for r, v in zip(by_calendar, _padded(speeds, by_calendar), strict=True))
        )
    return clock


def _arrivals(cohorts: Sequence[Cohort], first_day: int, before_day: int) -> list[float]:
    came = [0.0] * max(0, before_day - first_day)
    for cohort in cohorts:
        for day, units in enumerate(cohort.came, cohort.ordered - first_day):
            if units and day < len(came):
                came[day] += units
    return came


def _expected(
    cohorts: Sequence[Cohort], clock: DockClock, hazards: Hazards, by_calendar: Sequence[float], before_day: int
) -> list[float]:
    days = before_day - clock.first_day
    expected = [0.0] * max(0, days)
    by_age, last = hazards.by_age, len(hazards.by_age) - 1
    middles = [(clock.readings[day + 1] + clock.readings[day]) / 2 for day in range(max(0, days))]
    for ordered, sold, came in cohorts:
        start, left = ordered - clock.first_day, sold
        since = clock.readings[start]
        for day, (units, middle) in enumerate(zip(came, middles[start:], strict=False), start):
            age = int(middle - since)
            expected[day] += left * by_age[min(age, last)]
            left -= units
    return [units * rate for units, rate in zip(expected, by_calendar, strict=False)]


def _speeds(arrived: Sequence[float], expected: Sequence[float]) -> list[float]:
    days = len(arrived)
    weeks: dict[int, list[float]] = {}
    for day in range(days):
        week = weeks.setdefault((days - 1 - day) // 7, [PRIOR_UNITS, PRIOR_UNITS])
        week[0] += arrived[day]
        week[1] += expected[day]
    speeds = [weeks[(days - 1 - day) // 7][0] / weeks[(days - 1 - day) // 7][1] for day in range(days)]
    total = sum(expected)
    mean = sum(s * e for s, e in zip(speeds, expected, strict=True)) / total if total > 0 else 1.0
    return [speed / mean for speed in speeds]


def _padded(speeds: Sequence[float], rates: Sequence[float]) -> list[float]:
    return [*speeds, *[1.0] * (len(rates) - len(speeds))]
