"""Units sold, cancelled and returned by day, as they were known at any origin.

The ledger keeps counts, never lines: its size is that of categories times days times ages, whatever
the number of orders. Everything before an origin is a filter on the day a row became known, so a
backtest at an earlier origin sees what a run on that day would have seen.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from domain.errors import ConfigurationError

HORIZON_DAYS = 28
TAIL_WINDOWS = 2  # ages up to this many label windows can still bring units back

Category = str | None


@dataclass
class UnitLedger:
    """Counts of product units by category and day numbers; additive, so the order of rows is no matter.

    Args:
        sold: units by (category, day ordered, day known).
        cancelled: units by (category, day ordered, day known).
        returned: units by (category, day ordered, day returned, day known).
    """

    sold: Counter[tuple[Category, int, int]] = field(default_factory=Counter)
    cancelled: Counter[tuple[Category, int, int]] = field(default_factory=Counter)
    returned: Counter[tuple[Category, int, int, int]] = field(default_factory=Counter)

    def known_at(self, day: int, max_age_days: int) -> "KnownUnits":
        """What stood in the books at the start of `day`: rows known on an earlier day."""
        sold: Counter[tuple[Category, int]] = Counter()
        for (category, ordered, known), units in self.sold.items():
            if known < day and ordered < day:
                sold[category, ordered] += units
        for (category, ordered, known), units in self.cancelled.items():
            if known < day and ordered < day:
                sold[category, ordered] -= units
        returned: Counter[tuple[Category, int, int]] = Counter()
        for (category, ordered, came, known), units in self.returned.items():
            if known < day and ordered < day:
                returned[category, ordered, max(0, min(came, known) - ordered)] += units
        return KnownUnits(day, max_age_days, sold, returned)


@dataclass(frozen=True)
class KnownUnits:
    """Units known at the start of a day: sold net of cancellations, and returned by age.

    Args:
        day: the day number; everything here was known before it.
        max_age_days: the oldest age at which a unit is still expected back.
        sold: units by (category, day ordered).
        returned: units by (category, day ordered, age in days at return).
    """

    day: int
    max_age_days: int
    sold: Counter[tuple[Category, int]]
    returned: Counter[tuple[Category, int, int]]

    def __post_init__(self) -> None:
        """Refuse an age that leaves no room for a return."""
        if self.max_age_days < 1:
            raise ConfigurationError(
                f"A maximum age of {self.max_age_days} days expects no return.", "Take at least 1 day."
            )

    @property
    def first_day(self) -> int:
        """The earliest day ordered; the day itself where nothing was sold."""
        return min((ordered for _, ordered in self.sold), default=self.day)

    @cached_property
    def shop_sold(self) -> Counter[int]:
        """Units of the whole shop by day ordered."""
        return _summed((ordered, units) for (_, ordered), units in self.sold.items())

    @cached_property
    def shop_returned(self) -> Counter[tuple[int, int]]:
        """Returned units of the whole shop by (day ordered, age)."""
        return _summed(((ordered, age), units) for (_, ordered, age), units in self.returned.items())

    @cached_property
    def open_units(self) -> Counter[tuple[Category, int]]:
        """Units neither returned nor cancelled by (category, day ordered), of ages that still count."""
        oldest = self.day - self.max_age_days
        left = Counter({key: units for key, units in self.sold.items() if key[1] >= oldest})
        for (category, ordered, _), units in self.returned.items():
            if ordered >= oldest:
                left[category, ordered] -= units
        return Counter({key: units for key, units in left.items() if units > 0})

    def arrivals(self) -> Counter[tuple[Category, int]]:
        """Returned units by (category, day of arrival)."""
        return _summed(((category, ordered + age), units) for (category, ordered, age), units in self.returned.items())


def _summed[K](pairs: Iterable[tuple[K, int]]) -> Counter[K]:
    total: Counter[K] = Counter()
    for key, units in pairs:
        total[key] += units
    return total
