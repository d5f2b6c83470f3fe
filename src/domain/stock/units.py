"""Units sold, cancelled and returned by day, as they were known at any origin.

The ledger keeps counts, never lines: its size is that of series times days times ages, whatever
the number of orders. Everything before an origin is a filter on the day a row became known, so a
backtest at an earlier origin sees what a run on that day would have seen.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from domain.errors import ConfigurationError

HORIZON_DAYS = 28
SALES_DAYS = 28  # recent days whose daily sales stand for those still to come
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


SeriesDay = tuple[Series, int]


class Arrived(NamedTuple):
    """Units that came back on one day, of one series and one day of orders."""

    day: int
    series: Series
    ordered: int
    units: int

    @property
    def age(self) -> int:
        """Days between the order and the arrival."""
        return self.day - self.ordered


@dataclass(frozen=True)
class ArrivalDay:
    """Units that came back on one day, by (series, day ordered); origins that know the same of it share it."""

    units: Counter[SeriesDay]

    @cached_property
    def shop(self) -> Counter[int]:
        """The whole shop's units by day ordered."""
        return _summed((ordered, units) for (_, ordered), units in self.units.items())


@dataclass(frozen=True)
class ReturnedUnits:
    """Returned units by the day they arrived, since most of what is asked about them is about a few weeks."""

    by_day: Mapping[int, ArrivalDay]

    def between(self, first: int, end: int) -> Iterator[Arrived]:
        """What arrived from one day until before another, in no order."""
        for day, arrived in self.by_day.items():
            if first <= day < end:
                for (series, ordered), units in arrived.units.items():
                    yield Arrived(day, series, ordered, units)

    def since(self, first: int) -> Iterator[Arrived]:
        """What arrived from a day on, in no order."""
        return self.between(first, max(self.by_day, default=first) + 1)


def arrival_day(ordered: int, came: int, known: int) -> int:
    """The day a return arrived: no later than it was known, no earlier than its order."""
    return max(ordered, min(came, known))


@dataclass
class UnitLedger:
    """Counts of product units by series and day numbers; additive, so the order of rows is no matter.

    Args:
        sold: units by (series, day ordered, day known).
        cancelled: units by (series, day ordered, day known).
        kept: units refunded that stay with the customer, by (series, day ordered, day known).
        returned: units by (series, day ordered, day returned, day known).
        squares: squares of the units of a line that came back at once, summed by the day known.
    """

    sold: Counter[tuple[Series, int, int]] = field(default_factory=Counter)
    cancelled: Counter[tuple[Series, int, int]] = field(default_factory=Counter)
    kept: Counter[tuple[Series, int, int]] = field(default_factory=Counter)
    returned: Counter[tuple[Series, int, int, int]] = field(default_factory=Counter)
    squares: Counter[int] = field(default_factory=Counter)

    def known_at(self, day: int, max_age_days: int) -> "KnownUnits":
        """What stood in the books at the start of `day`: rows known on an earlier day."""
        sold, cancelled, kept = (_known_units(counts, day) for counts in (self.sold, self.cancelled, self.kept))
        sold.subtract(cancelled)
        returned: defaultdict[int, Counter[SeriesDay]] = defaultdict(Counter)
        for (series, ordered, came, known), units in self.returned.items():
            if known < day and ordered < day:
                returned[arrival_day(ordered, came, known)][series, ordered] += units
        arrivals = {arrived: ArrivalDay(counts) for arrived, counts in returned.items()}
        squares, shares = self.squares_known_at(day), known_shares(self.sold_by_days(), day)
        return KnownUnits(day, max_age_days, sold, ReturnedUnits(arrivals), kept, squares, shares)

    def sold_by_days(self) -> Counter[tuple[int, int]]:
        """Units sold by (day ordered, day known)."""
        return _summed(((ordered, known), units) for (_, ordered, known), units in self.sold.items())

    def squares_known_at(self, day: int) -> int:
        """Those of the returns that stood in the books at the start of a day."""
        return sum(squares for known, squares in self.squares.items() if known < day)


@dataclass(frozen=True)
class KnownUnits:
    """Units known at the start of a day: sold net of cancellations, and returned by age.

    Args:
        day: the day number; everything here was known before it.
        max_age_days: the oldest age at which a unit is still expected back.
        sold: units by (series, day ordered).
        returned: units that came back.
        kept: units that are neither open nor came back, by (series, day ordered).
        squares: squares of the units of a line that came back at once, summed.
        known_shares: share of the units of a day that stand in the books so many days after it, from 0 on; all of them
            beyond its end.
    """

    day: int
    max_age_days: int
    sold: Counter[SeriesDay]
    returned: ReturnedUnits
    kept: Counter[SeriesDay] = field(default_factory=Counter)
    squares: int = 0
    known_shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an age that leaves no room for a return."""
        if self.max_age_days < 1:
            raise ConfigurationError(
                f"A maximum age of {self.max_age_days} days expects no return.", "Take at least 1 day."
            )

    def known_share(self, ordered: int) -> float:
        """Share of the units ordered on a day that stand in the books by now."""
        age = self.day - 1 - ordered
        return self.known_shares[age] if age < len(self.known_shares) else 1.0

    @property
    def first_day(self) -> int:
        """The earliest day ordered; the day itself where nothing was sold."""
        return min((ordered for _, ordered in self.sold), default=self.day)

    @cached_property
    def cohorts(self) -> tuple[Cohort, ...]:
        """The shop's units by day ordered, earliest first, with returns at every age reached before the day."""
        sold = _summed((ordered, units) for (_, ordered), units in self.sold.items())
        came = {
            (ordered, day - ordered): units
            for day, arrived in self.returned.by_day.items()
            for ordered, units in arrived.shop.items()
        }
        return tuple(
            Cohort(ordered, units, tuple(came.get((ordered, age), 0) for age in range(self._ages(ordered))))
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
    def open_units(self) -> Counter[SeriesDay]:
        """Units neither returned nor cancelled nor kept by (series, day ordered), of ages that still count."""
        oldest = self.day - self.max_age_days
        left = Counter({key: units - self.kept[key] for key, units in self.sold.items() if key[1] >= oldest})
        for _, series, ordered, units in self.returned.since(oldest):
            if ordered >= oldest:
                left[series, ordered] -= units
        return Counter({key: units for key, units in left.items() if units > 0})

    def came_since(self, first: int) -> Counter[int]:
        """Units by day ordered, of ages that still count, that are known to have arrived from a day on."""
        oldest = self.day - self.max_age_days
        came: Counter[int] = Counter()
        for arrived in self.returned.since(first):
            if arrived.ordered >= oldest:
                came[arrived.ordered] += arrived.units
        return came

    @cached_property
    def at_once(self) -> float:
        """How many units of a line come back at once, as a returned unit sees it: 1 where each comes alone."""
        return max(1.0, self.squares / max(1, self.arrivals.total()))

    @cached_property
    def arrivals(self) -> Counter[int]:
        """Returned units of the whole shop by day of arrival."""
        return Counter({day: arrived.shop.total() for day, arrived in self.returned.by_day.items()})

    def _ages(self, ordered: int) -> int:
        return min(self.max_age_days + 1, self.day - ordered)


def known_shares(sold: Mapping[tuple[int, int], int], day: int) -> tuple[float, ...]:
    """Share of units that stand in the books by the days since their order; empty where all do at once.

    Measured at the start of a day on orders that are four weeks old: later than that hardly any is told of.

    Args:
        sold: units by (day ordered, day known).
        day: of which it is asked.
    """
    delays: Counter[int] = Counter()
    for (ordered, known), units in sold.items():
        if ordered < day - SALES_DAYS and known < day:
            delays[max(0, known - ordered)] += units
    total = delays.total()
    if total <= 0 or delays[0] == total:
        return ()
    return tuple(sum(units for delay, units in delays.items() if delay <= age) / total for age in range(SALES_DAYS))


def _known_units(counts: Mapping[tuple[Series, int, int], int], day: int) -> Counter[SeriesDay]:
    total: Counter[SeriesDay] = Counter()
    for (series, ordered, known), units in counts.items():
        if known < day and ordered < day:
            total[series, ordered] += units
    return total


def _by_series(units: Counter[SeriesDay]) -> dict[Series, list[tuple[int, int]]]:
    found: dict[Series, list[tuple[int, int]]] = {}
    for (series, ordered), count in units.items():
        found.setdefault(series, []).append((ordered, count))
    return {series: sorted(found[series]) for series in sorted(found, key=lambda s: s.order)}


def _summed[K](pairs: Iterable[tuple[K, int]]) -> Counter[K]:
    total: Counter[K] = Counter()
    for key, units in pairs:
        total[key] += units
    return total
