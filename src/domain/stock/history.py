"""What stood in the books at one day after another: a later day has what an earlier one had, and what came since."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from domain.stock.units import KnownUnits, Series, UnitLedger

_KEPT = 2  # days: origins and the ends of their horizons are asked for in turns

Sold = Counter[tuple[Series, int]]
Returned = Counter[tuple[Series, int, int]]


class _Entries[K](NamedTuple):
    """Changes of counts in the order in which they stand in the books, with the last day on which each does not."""

    days: list[int]
    changes: list[tuple[K, int]]

    @classmethod
    def of(cls, dated: Iterable[tuple[int, K, int]]) -> "_Entries[K]":
        ordered = sorted(dated, key=itemgetter(0))
        return cls([day for day, _, _ in ordered], [(key, units) for _, key, units in ordered])

    def add(self, counts: Counter[K], since: int, day: int) -> None:
        """Add to counts of one day what came until another."""
        for key, units in self.changes[bisect_left(self.days, since) : bisect_left(self.days, day)]:
            counts[key] = counts.get(key, 0) + units


@dataclass
class LedgerHistory:
    """Reads a ledger at days that mostly rise; what it gives is what `UnitLedger.known_at` gives.

    Args:
        ledger: the counts by the days on which they became known; they don't change any more.
        max_age_days: the oldest age at which a unit is still expected back.
    """

    ledger: UnitLedger
    max_age_days: int
    _states: dict[int, tuple[Sold, Returned]] = field(default_factory=dict)

    def known_at(self, day: int) -> KnownUnits:
        """What stood in the books at the start of a day."""
        since, (sold_before, returned_before) = self._latest(day)
        sold, returned = Counter(sold_before), Counter(returned_before)
        self._sold.add(sold, since, day)
        self._returned.add(returned, since, day)
        self._states[day] = (sold, returned)
        for earlier in sorted(self._states)[:-_KEPT]:
            del self._states[earlier]
        return KnownUnits(day, self.max_age_days, sold, returned)

    def _latest(self, day: int) -> tuple[int, tuple[Sold, Returned]]:
        earlier = max((known for known in self._states if known <= day), default=None)
        if earlier is not None:
            return earlier, self._states[earlier]
        return min([*self._sold.days[:1], *self._returned.days[:1]], default=day), (Counter(), Counter())

    @cached_property
    def _sold(self) -> _Entries[tuple[Series, int]]:
        signed = ((1, self.ledger.sold), (-1, self.ledger.cancelled))
        return _Entries.of(
            (max(ordered, known), (series, ordered), sign * units)
            for sign, counts in signed
            for (series, ordered, known), units in counts.items()
        )

    @cached_property
    def _returned(self) -> _Entries[tuple[Series, int, int]]:
        return _Entries.of(
            (max(ordered, known), (series, ordered, max(0, min(came, known) - ordered)), units)
            for (series, ordered, came, known), units in self.ledger.returned.items()
        )
