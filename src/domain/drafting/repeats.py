"""Which rows repeat an earlier one, by two columns that together name what was sold to whom."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import NamedTuple
from zlib import crc32

from domain.drafting.dates import read_day
from domain.drafting.names import name_rank
from domain.drafting.profiles import Look, Profile, Texts

_ROWS = 20_000  # looked at, more or less
_KEYS = 8  # columns that are tried as names of a sale
_VALUES = 20  # different ones, below which a column names neither item nor buyer nor order
_FILLED = 0.95
_MOSTLY = 0.5


@dataclass(frozen=True)
class Repeated:
    """Two columns whose values most return rows, and few others, have from another row: an earlier, or of their day."""

    one: Profile
    other: Profile
    same_day: bool


def repeated(profiles: Sequence[Profile], returns: Sequence[bool]) -> Repeated | None:
    """What these rows repeat of other rows, those of earlier days before those of the same; None where they do not."""
    days, keys = _days(profiles), _keys(profiles)
    places = {key.name: _places(key.texts) for key in keys}
    of_the_day: Repeated | None = None
    for one, other in combinations(keys, 2):
        held = _Pairs.of(one.texts, other.texts, days, returns, places[one.name])
        if held.repeat_mostly(held.is_later):
            return Repeated(one, other, same_day=False)
        if of_the_day is None and held.repeat_mostly(held.is_of_the_day):
            of_the_day = Repeated(one, other, same_day=True)
    return of_the_day


def labelling(profiles: Sequence[Profile]) -> list[Profile]:
    """The columns of enough values to name an item, a buyer or an order."""
    return [p for p in profiles if p.look is Look.CODE and len(p.distinct) >= _VALUES]


class _Row(NamedTuple):
    pair: tuple[str, str]
    day: date
    returns: bool


@dataclass(frozen=True)
class _Pairs:
    """Rows with two texts that may name a sale.

    Args:
        rows: which have both and a day.
        counts: of all rows, by whether they return.
    """

    rows: Sequence[_Row]
    counts: Mapping[bool, int]

    @classmethod
    def of(
        cls, one: Texts, other: Texts, days: Sequence[date | None], returns: Sequence[bool], places: Sequence[int]
    ) -> "_Pairs":
        """The rows at these places."""
        seen = [(one[place], other[place], days[place], returns[place]) for place in places]
        rows = [_Row((a, b), day, back) for a, b, day, back in seen if a and b and day]
        return cls(rows, Counter(returns[place] for place in places))

    @cached_property
    def first(self) -> Mapping[tuple[str, str], date]:
        """The day on which a row that does not return had a pair first."""
        found: dict[tuple[str, str], date] = {}
        for pair, day, returns in self.rows:
            if not returns and day < found.get(pair, date.max):
                found[pair] = day
        return found

    @cached_property
    def sold(self) -> Mapping[tuple[tuple[str, str], date], int]:
        """How many rows that do not return had a pair on a day."""
        return Counter((pair, day) for pair, day, returns in self.rows if not returns)

    def is_later(self, row: _Row) -> bool:
        """Whether another row had the pair on a day before."""
        return self.first.get(row.pair, date.max) < row.day

    def is_of_the_day(self, row: _Row) -> bool:
        """Whether another row had it on the same day."""
        return self.sold.get((row.pair, row.day), 0) > (0 if row.returns else 1)

    def repeat_mostly(self, repeats: Callable[[_Row], bool]) -> bool:
        """Whether most rows that return repeat others, and far fewer of those do; not where repetition is chance."""
        if not self.counts[True] or len(self.first) < _MOSTLY * self.counts[False]:
            return False
        found = Counter(row.returns for row in self.rows if repeats(row))
        back, rest = (found[kind] / max(1, self.counts[kind]) for kind in (True, False))
        return back >= _MOSTLY and rest <= _MOSTLY * back


def _places(texts: Texts) -> list[int]:
    """All rows of so few texts that they can be looked at, the same ones every time."""
    share = 1 + len(texts) // _ROWS
    chosen = {text for text in set(texts) if text is not None and crc32(text.encode()) % share == 0}
    return [place for place, text in enumerate(texts) if text in chosen]


def _keys(profiles: Sequence[Profile]) -> list[Profile]:
    """The columns most likely to name order, buyer and item."""
    roles = ("order_id", "customer_id", "item_id", "line_id")
    ranked = sorted(
        labelling(profiles), key=lambda p: (-any(name_rank(p.name, role) for role in roles), -len(p.distinct))
    )
    return ranked[:_KEYS]


def _days(profiles: Sequence[Profile]) -> list[date | None]:
    """The day of every row, by the moment that nearly all rows have and that is called most like an order's."""
    rows = max((len(p.texts) for p in profiles), default=0)
    moments = [p for p in profiles if p.look is Look.MOMENT and sum(p.distinct.values()) >= _FILLED * rows]
    if not moments:
        return [None] * rows
    moment = max(moments, key=lambda p: name_rank(p.name, "ordered_at"))
    forms = moment.formats(moment.dates[0])
    days = {text: day for text in moment.distinct if (day := read_day(text, forms)) is not None}
    return [None if text is None else days.get(text) for text in moment.texts]
