"""Facts in order of group and day, which answer how much of a weight came before a day, without a loop over rows."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Ints: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

_EVER = 1 << 40  # days: more than any history


@dataclass(frozen=True)
class Calendar:
    """How a group and a day become one ascending number.

    Args:
        first: no day that matters is earlier.
        days: so many days matter; later ones are one more.
    """

    first: int
    days: int

    def position(self, group: Ints, day: Ints) -> Ints:
        """Ascending in group, then in day."""
        return np.asarray(group * (self.days + 2) + np.clip(day - (self.first - 1), 0, self.days + 1), np.int64)


class Timeline:
    """Facts of groups, sorted once and asked often, always by the same questions.

    Args:
        calendar: of the groups and days.
        rows: which rows of the ledger are the facts.
        group: of each fact.
        day: on which it is known.
    """

    def __init__(self, calendar: Calendar, rows: Ints, group: Ints, day: Ints) -> None:
        self._calendar = calendar
        position = calendar.position(group, day)
        ascending = bool(np.all(position[1:] >= position[:-1]))
        order = np.arange(len(position)) if ascending else np.argsort(position)
        self._position = position if ascending else position[order]
        self.rows = rows[order]
        self._before: dict[int, Ints] = {}

    def before(self, group: Ints, day: Ints, shift: int = 0) -> Ints:
        """How many facts stand before each (group, day), so many days sooner: groups and days ascend."""
        if shift not in self._before:
            self._before[shift] = np.searchsorted(self._position, self._calendar.position(group, day - shift))
        return self._before[shift]

    def starts(self, group: Ints) -> Ints:
        """How many facts stand before all days of each group."""
        return self.before(group, np.zeros(len(group), np.int64), _EVER)

    def running(self, weight: Ints) -> Ints:
        """Sums of a weight of the ledger's rows over the first 0, 1, 2, ... facts."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(weight[self.rows])])
