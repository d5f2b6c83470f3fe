"""A calendar of the days it is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ports.holiday_calendar import HolidayCalendar


@dataclass(frozen=True)
class DeclaredHolidayCalendar(HolidayCalendar):
    """Knows the countries and days of a test; none by default."""

    days: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def holidays(self, first_day: int, last_day: int) -> Mapping[str, frozenset[int]]:
        """The declared days within the two, by country."""
        span = frozenset(range(first_day, last_day + 1))
        return {country: days & span for country, days in self.days.items()}
