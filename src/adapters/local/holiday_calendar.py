"""Public holidays from the library `holidays`, worked out from each country's laws and needing no network."""

from collections.abc import Mapping

import holidays

from domain.days import date_of, day_number
from ports.holiday_calendar import HolidayCalendar

COUNTRIES = ("GB", "DE", "FR", "US", "IT", "ES", "NL", "PL", "SE", "AT", "CH", "BE", "CA", "AU", "JP", "IN", "BR")


class LibraryHolidayCalendar(HolidayCalendar):
    """Nationwide public holidays of the countries where most parcels go."""

    def holidays(self, first_day: int, last_day: int) -> Mapping[str, frozenset[int]]:
        """By country, in the order of `COUNTRIES`."""
        years = range(date_of(first_day).year, date_of(last_day).year + 1)
        return {country: _days(country, years, first_day, last_day) for country in COUNTRIES}


def _days(country: str, years: range, first_day: int, last_day: int) -> frozenset[int]:
    found = (day_number(day) for day in holidays.country_holidays(country, years=years))
    return frozenset(day for day in found if first_day <= day <= last_day)
