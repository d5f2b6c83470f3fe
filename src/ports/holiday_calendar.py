"""Public holidays of countries, on which returns docks may book nothing in."""

from abc import ABC, abstractmethod
from collections.abc import Mapping


class HolidayCalendar(ABC):
    """Knows the public holidays of several countries."""

    @abstractmethod
    def holidays(self, first_day: int, last_day: int) -> Mapping[str, frozenset[int]]:
        """Public holidays as day numbers by ISO 3166 country code, within the two days, both inclusive.

        The countries come in a fixed order, since the first of those that fit equally well is taken.
        """
