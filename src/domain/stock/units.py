"""Units sold, cancelled and returned by day, as they were known at any origin.

The ledger keeps counts, never lines: its size is that of series times days times ages, whatever
the number of orders. Everything before an origin is a filter on the day a row became known, so a
backtest at an earlier origin sees what a run on that day would have seen.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from domain.errors import ConfigurationError

HORIZON_DAYS = 28
TAIL_WINDOWS = 2  # ages up to this many label windows can still bring units back

Category = str | None


class Series(NamedTuple):
    """What is counted together: an item of a group of a category, a whole group, or a whole category.

    Args:
        category: the category; None where the source has none.
        group: the style or name that items share; None where unknown or counted together.
        item: the stock-keeping unit; None where the items of the group are counted together.
    """

    category: Category
    group: str | None = None
    item: str | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """A key to sort by, with absent parts first."""
        return self.category or "", self.group or "", self.item or ""


class Cohort(NamedTuple):
    """The shop's units of one day of orders: how many were sold, and how many came back at each age so far."""

    ordered: int
    sold: int
    came: tuple[int, ...]


@dataclass
class UnitLedger:
    """Counts of product units by series and day numbers; additive, so the order of rows is no matter.

    Args:
        sold: units by (series, day ordered, day known).
        cancelled: units by (series, day ordered, day known).
        returned: units by (series, day ordered, day returned, day known).
    """

    sold: Counter[tuple[Series, int, int]] = field(default_factory=Counter)
    cancelled: Counter[tuple[Series, int, int]] = field(default_factory=Counter)
    returned: Counter[tuple[Series, int, int, int]] = field(default_factory=Counter)

    def known_at(self, day: int, max_age_days: int) -> "KnownUnits":
        """What stood in the books at the start of `day`: rows known on an earlier day."""
        sold: Counter[tuple[Series, int]] = Counter()
        for (series, ordered, known), units in self.sold.items():
            if known < day and ordered < day:
                sold[series, ordered] += units
        for (series, ordered, known), units in self.cancelled.items():
            if known < day and ordered < day:
                sold[series, ordered] -= units
        returned: Counter[tuple[Series, int, int]] = Counter()
        for (series, ordered, came, known), units in self.returned.items():
            if known < day and ordered < day:
                returned[series, ordered, max(0, min(came, known) - ordered)] += units
        return KnownUnits(day, max_age_days, sold, returned)


@dataclass(frozen=True)
class KnownUnits:
    """Units known at the start of a day: sold net of cancellations, and returned by age.

    Args:
        day: the day number; everything here was known before it.
        max_age_days: the oldest age at which a unit is still expected back.
        sold: units by (series, day ordered).
        returned: units by (series, day ordered, age in days at return).
    """

    day: int
    max_age_days: int
    sold: Counter[tuple[Series, int]]
    returned: Counter[tuple[Series, int, int]]

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
    def cohorts(self) -> tuple[Cohort, ...]:
        """The shop's units by day ordered, earliest first, with returns at every age reached before the day."""
        sold = _summed((ordered, units) for (_, ordered), units in self.sold.items())
        came = _summed(((ordered, age), units) for (_, ordered, age), units in self.returned.items())
        return tuple(
            Cohort(ordered, units, tuple(came[ordered, age] for age in range(self._ages(ordered))))
            for ordered, units in sorted(sold.items())
        )

    @cached_property
    def sold_by_series(self) -> dict[Series, list[tuple[int, int]]]:
        """(Day ordered, units) of each series in order; sorted once, since sums of floats follow this order."""
        return _by_series(self.sold)

    @cached_property
    def open_by_series(self) -> dict[Series, list[tuple[int, int]]]:
        """(Day ordered, open units) of each series in order."""
        return _by_series(self.open_units)

    @cached_property
    def open_units(self) -> Counter[tuple[Series, int]]:
        """Units neither returned nor cancelled by (series, day ordered), of ages that still count."""
        oldest = self.day - self.max_age_days
        left = Counter({key: units for key, units in self.sold.items() if key[1] >= oldest})
        for (series, ordered, _), units in self.returned.items():
            if ordered >= oldest:
                left[series, ordered] -= units
        return Counter({key: units for key, units in left.items() if units > 0})

    @cached_property
    def arrivals(self) -> Counter[int]:
        """Returned units of the whole shop by day of arrival."""
        return _summed((ordered + age, units) for (_, ordered, age), units in self.returned.items())

    def _ages(self, ordered: int) -> int:
        return min(self.max_age_days + 1, self.day - ordered)


def _by_series(units: Counter[tuple[Series, int]]) -> dict[Series, list[tuple[int, int]]]:
    found: dict[Series, list[tuple[int, int]]] = {}
    for (series, ordered), count in units.items():
        found.setdefault(series, []).append((ordered, count))
    return {series: sorted(found[series]) for series in sorted(found, key=lambda s: s.order)}


def _summed[K](pairs: Iterable[tuple[K, int]]) -> Counter[K]:
    total: Counter[K] = Counter()
    for key, units in pairs:
        total[key] += units
    return total
