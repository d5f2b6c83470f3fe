"""Returned units in a column of their own, on rows that sell none."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.drafting.answers import speaks_of_other
from domain.drafting.profiles import Profile
from domain.drafting.quantity import sold_rank, speaks_of_amounts, speaks_of_going_back
from domain.drafting.repeats import repeated

_RETURNS_AT_LEAST = 0.002  # as share of rows
_NEARLY_ALL = 0.98


@dataclass(frozen=True)
class OwnColumn:
    """Columns of sold and of returned units, and which rows sell and which return."""

    sold: Profile
    back: Profile
    sells: Sequence[bool]
    returns: Sequence[bool]


def own_column(profiles: Sequence[Profile], counts: Sequence[Profile]) -> OwnColumn | None:
    """Sold units of 0 on rows whose returned units, in a column of one sign, are not 0.

    A name calls them returned or cancelled units; else these rows must return no more than others sold of the same.
    """
    sold = [p for p in counts if p.lowest >= 0]
    found = [
        pair
        for one in [p for p in sold if sold_rank(p.name)] or sold
        for back in counts
        if back is not one and (pair := _pair(one, back)) is not None and _may_return(pair, profiles)
    ]
    return max(found, key=lambda pair: (sold_rank(pair.sold.name), _is_named(pair), pair.back.lowest < 0), default=None)


def explained(sells: Sequence[bool], returns: Sequence[bool]) -> bool:
    """Whether nearly all rows sell or return, most of them the former and enough the latter."""
    rows = len(sells)
    return (
        sum(returns) >= max(1, _RETURNS_AT_LEAST * rows)
        and sum(sells) > sum(returns)
        and sum(sells) + sum(returns) > 0.9 * rows
    )


def _pair(sold: Profile, back: Profile) -> OwnColumn | None:
    """The two columns if their zeros fit: rows that take back units in the act of selling are the fewer."""
    if back.lowest < 0 < back.highest or speaks_of_amounts(back.name) or speaks_of_other(back.name):
        return None
    pairs = list(zip(sold.numbers, back.numbers, strict=True))
    returns = [of == 0 and abs(units) > 0 for of, units in pairs]
    sells = [of > 0 for of, _ in pairs]
    at_once = sum(abs(units) > 0 for of, units in pairs if of > 0)
    return OwnColumn(sold, back, sells, returns) if explained(sells, returns) and at_once <= sum(returns) else None


def _is_named(pair: OwnColumn) -> bool:
    return speaks_of_going_back(pair.back.name)


def _may_return(pair: OwnColumn, profiles: Sequence[Profile]) -> bool:
    if _is_named(pair):
        return True
    found = repeated(profiles, pair.returns)
    return found is not None and _within(pair, found.one, found.other)


def _within(pair: OwnColumn, one: Profile, other: Profile) -> bool:
    """Whether these rows hardly ever return more than was sold under the two texts that they repeat."""
    sold: dict[tuple[str | None, str | None], float] = defaultdict(float)
    rows = list(zip(one.texts, other.texts, pair.sold.numbers, pair.back.numbers, pair.returns, strict=True))
    for first, second, of, _, _ in rows:
        sold[first, second] += max(0, of)
    told = [(abs(units), sold[first, second]) for first, second, _, units, is_back in rows if is_back]
    known = [units <= of for units, of in told if of > 0]
    return bool(known) and sum(known) >= _NEARLY_ALL * len(known)
