"""What stood in the books at one day after another: a later day has what an earlier one had, and what came since."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from domain.stock.units import (
    ArrivalDay,
    KnownUnits,
    ReturnedUnits,
    Series,
    SeriesDay,
    UnitLedger,
    arrival_day,
    known_shares,
)

_KEPT = 2  # days last asked for: an origin and the end of its horizon, in turns

Units = Counter[SeriesDay]
Arrivals = dict[int, ArrivalDay]


class _State(NamedTuple):
    """What stood in the books on a day."""

    sold: Units
    kept: Units
    arrivals: Arrivals


class _Entries[K](NamedTuple):
    """Changes of counts in the order in which they stand in the books, with the last day on which each does not."""

    days: list[int]
    changes: list[tuple[K, int]]

    @classmethod
    def of(cls, dated: Iterable[tuple[int, K, int]]) -> "_Entries[K]":
        ordered = sorted(dated, key=itemgetter(0))
        return cls([day for day, _, _ in ordered], [(key, units) for _, key, units in ordered])

    def between(self, since: int, day: int) -> list[tuple[K, int]]:
        """What came into the books from one day until before another."""
        return self.changes[bisect_left(self.days, since) : bisect_left(self.days, day)]


@dataclass
class LedgerHistory:
    """Reads a ledger at days that mostly rise; what it gives is what `UnitLedger.known_at` gives.

    Args:
        ledger: the counts by the days on which they became known; they don't change any more.
        max_age_days: the oldest age at which a unit is still expected back.
    """

    ledger: UnitLedger
    max_age_days: int
    _states: dict[int, _State] = field(default_factory=dict)

    def known_at(self, day: int) -> KnownUnits:
        """What stood in the books at the start of a day."""
        since, before = self._latest(day)
        now = _State(
            _added(before.sold, self._sold.between(since, day)),
            _added(before.kept, self._kept.between(since, day)),
            self._arrivals_at(before.arrivals, since, day),
        )
        self._states.pop(day, None)  # a key that is set again stays where it was
        self._states[day] = now
        for asked in list(self._states)[:-_KEPT]:
            del self._states[asked]
        squares, shares = self.ledger.squares_known_at(day), known_shares(self._sold_by_days, day)
        return KnownUnits(day, self.max_age_days, now.sold, ReturnedUnits(now.arrivals), now.kept, squares, shares)

    def _arrivals_at(self, before: Arrivals, since: int, day: int) -> Arrivals:
        """Days of arrival of which nothing new is known are shared with the earlier state."""
        changed: dict[int, Counter[SeriesDay]] = {}
        for (arrived, key), units in self._returned.between(since, day):
            if arrived not in changed:
                changed[arrived] = Counter(before[arrived].units if arrived in before else None)
            changed[arrived][key] += units
        return before | {arrived: ArrivalDay(units) for arrived, units in changed.items()}

    def _latest(self, day: int) -> tuple[int, _State]:
        earlier = max((known for known in self._states if known <= day), default=None)
        if earlier is not None:
            return earlier, self._states[earlier]
        first = min((day for known in (self._sold, self._kept, self._returned) for day in known.days[:1]), default=day)
        return first, _State(Counter(), Counter(), {})

    @cached_property
    def _sold_by_days(self) -> Counter[tuple[int, int]]:
        return self.ledger.sold_by_days()

    @cached_property
    def _sold(self) -> _Entries[SeriesDay]:
        return _dated((1, self.ledger.sold), (-1, self.ledger.cancelled))

    @cached_property
    def _kept(self) -> _Entries[SeriesDay]:
        return _dated((1, self.ledger.kept))

    @cached_property
    def _returned(self) -> _Entries[tuple[int, SeriesDay]]:
        return _Entries.of(
            (max(ordered, known), (arrival_day(ordered, came, known), (series, ordered)), units)
            for (series, ordered, came, known), units in self.ledger.returned.items()
        )


def _dated(*signed: tuple[int, Counter[tuple[Series, int, int]]]) -> _Entries[SeriesDay]:
    return _Entries.of(
        (max(ordered, known), (series, ordered), sign * units)
        for sign, counts in signed
        for (series, ordered, known), units in counts.items()
    )


def _added(before: Units, changes: Iterable[tuple[SeriesDay, int]]) -> Units:
    after = Counter(before)
    for key, units in changes:
        after[key] += units
    return after
