"""The returns dock has a calendar: parcels are booked in on some days of the week and not on others."""

from collections.abc import Mapping

CALENDAR_WEEKS = 8
PRIOR_UNITS = 5.0  # units a weekday is given beforehand, so that few arrivals leave the factors near 1
FLAT: tuple[float, ...] = (1.0,) * 7


def weekday(day: int) -> int:
    """Day of the week of a day number, Monday 0 (1970-01-01 was a Thursday)."""
    return (day + 3) % 7


def dock_calendar(arrivals: Mapping[int, int], before_day: int, weeks: int = CALENDAR_WEEKS) -> tuple[float, ...]:
    """Factor of each weekday, Monday first, from the units of whole trailing weeks; their mean is 1.

    Args:
        arrivals: returned units by day number.
        before_day: only days before this one count.
        weeks: whole weeks looked back on, so that every weekday is seen equally often.
    """
    units = [PRIOR_UNITS] * 7
    for day in range(before_day - 7 * weeks, before_day):
        units[weekday(day)] += arrivals.get(day, 0)
    total = sum(units)
    return tuple(7 * of_day / total for of_day in units)
