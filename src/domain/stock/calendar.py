"""The returns dock has a calendar: parcels are booked in on some days of the week and not on public holidays.

Which country's holidays the dock keeps is read off its own past: a holiday on which next to nothing was booked in
speaks for a country, one on which the usual came speaks against it (the likelihood ratio of two negative binomial
means, since a dock has slow days without a holiday). The more countries are asked, the more must speak for one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from domain.stock.intervals import DAY_SHOCK

PRIOR_UNITS = 20.0  # units that a weekday is given beforehand, so that few arrivals leave the factors near 1
CLOSED_SHARE = 0.05  # of a weekday's usual units, what still trickles in on a holiday
FLAT: tuple[float, ...] = (1.0,) * 7
LEAST_EVIDENCE = 3.0  # log-likelihood that must speak for a country, beside the log of how many are asked
_AROUND = 3  # days before and after that say how busy the dock was


def weekday(day: int) -> int:
    """Day of the week of a day number, Monday 0 (1970-01-01 was a Thursday)."""
    return (day + 3) % 7


@dataclass(frozen=True)
class DockCalendar:
    """How much of a usual day the dock books in: by weekday, Monday first, and next to nothing on days it is closed."""

    weekdays: tuple[float, ...] = FLAT
    closed: frozenset[int] = frozenset()

    def factor(self, day: int) -> float:
        """The share of a usual day; its mean over a week without holidays is 1."""
        return self.weekdays[weekday(day)] * (CLOSED_SHARE if day in self.closed else 1.0)


def learn_weekdays(
    arrivals: Mapping[int, int], first_day: int, before_day: int, closed: frozenset[int] = frozenset()
) -> DockCalendar:
    """Factor of each weekday: units that came over those of the days around, so that a rising level does not matter.

    Args:
        arrivals: returned units by day number.
        first_day: the first day that counts.
        before_day: only days before this one count.
        closed: days on which the dock books nothing in; they count for no weekday.
    """
    came, usual = [PRIOR_UNITS / 7] * 7, [PRIOR_UNITS / 7] * 7
    for day in range(first_day, before_day):
        if day not in closed:
            came[weekday(day)] += arrivals.get(day, 0)
            usual[weekday(day)] += _around(arrivals, day, first_day, before_day)
    ratios = [c / u for c, u in zip(came, usual, strict=True)]
    return DockCalendar(tuple(7 * ratio / sum(ratios) for ratio in ratios), closed)


def choose_closed_days(
    arrivals: Mapping[int, int], first_day: int, before_day: int, holidays: Mapping[str, frozenset[int]]
) -> tuple[str | None, frozenset[int]]:
    """The country whose holidays the dock's past speaks for most, with its days; (None, none) where it is for no one.

    Args:
        arrivals: returned units by day number.
        first_day: the first day that counts.
        before_day: only holidays before this day are looked at.
        holidays: public holidays as day numbers by country; of equal ones the first wins.
    """
    usual = learn_weekdays(arrivals, first_day, before_day)
    best, country = LEAST_EVIDENCE + math.log(max(1, len(holidays))), None
    for name, days in holidays.items():
        past = [day for day in sorted(days) if first_day <= day < before_day]
        near = {day: _around(arrivals, day, first_day, before_day) for day in past}
        gain = sum(_gain(arrivals.get(day, 0), near[day] * usual.factor(day)) for day in past)
        if gain > best + 1e-9:
            best, country = gain, name
    return country, holidays[country] if country is not None else frozenset()


def _around(arrivals: Mapping[int, int], day: int, first_day: int, before_day: int) -> float:
    span = range(max(first_day, day - _AROUND), min(before_day, day + _AROUND + 1))
    return sum(arrivals.get(near, 0) for near in span) / len(span)


def _gain(came: int, usual: float) -> float:
    spread = math.log1p(DAY_SHOCK * usual) - math.log1p(DAY_SHOCK * CLOSED_SHARE * usual)
    return came * math.log(CLOSED_SHARE) + (came + 1.0 / DAY_SHOCK) * spread
