"""Which column counts what was sold, and what tells a return: by signs and sums, then by names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.draft_counting import numbers_lines
from domain.draft_names import name_rank
from domain.draft_profiles import Look, Profile

_RETURNS_AT_LEAST = 0.002  # as share of rows


@dataclass(frozen=True)
class Units:
    """Columns of units, and which rows sell and which return.

    Args:
        quantity: column of units sold.
        told_by: what tells a return row, or None when these rows are all sales.
        returned: column of returned units, or of the marker.
        prefix: of a marker.
        negative: whether returned units are below zero.
        sells: a row each.
        returns: a row each.
        why: the evidence, for a reader.
        doubt: what a reader must check before the mapping is run; empty for nothing.
    """

    quantity: str
    told_by: Literal["negative_quantity", "marker", "returned_quantity"] | None
    returned: str | None
    prefix: str | None
    negative: bool
    sells: Sequence[bool]
    returns: Sequence[bool]
    why: str
    doubt: str = ""


def find_units(profiles: Sequence[Profile], *, returns_apart: bool = False) -> Units | None:
    """The units of a file, or None when no column counts any.

    Args:
        profiles: of its columns.
        returns_apart: whether returns are in a file of their own, so that no row of this one is any.
    """
    counts = [p for p in profiles if p.look in {Look.UNITS, Look.FLAG} and p.is_numeric]
    counts = [p for p in counts if not name_rank(p.name, "flag") or p.lowest < 0 or p.highest > 1]
    if not counts:
        return None
    if returns_apart:
        return _sales_only(profiles, counts)
    return _own_column(counts) or _marker(profiles, counts) or _negative(counts) or _sales_only(profiles, counts)


def _own_column(counts: Sequence[Profile]) -> Units | None:
    """Sold units of 0 on rows whose returned units, in a column of one sign, are not 0."""
    best: Units | None = None
    for sold in counts:
        if sold.lowest < 0:
            continue
        for back in counts:
            if back is sold or back.lowest < 0 < back.highest:
                continue
            pairs = list(zip(sold.numbers, back.numbers, strict=True))
            returns = [s == 0 and abs(b) > 0 for s, b in pairs]
            sells = [s > 0 for s, _ in pairs]
            if not _explained(sells, returns) or sum(abs(b) > 0 for s, b in pairs if s > 0) > 0.5 * sum(sells):
                continue
            negative = back.lowest < 0
            why = f"'{sold.name}' is 0 on {sum(returns):,} rows, where '{back.name}' is not"
            found = Units(sold.name, "returned_quantity", back.name, None, negative, sells, returns, why)
            if best is None or (name_rank(sold.name, "quantity"), negative) > (
                name_rank(best.quantity, "quantity"),
                best.negative,
            ):
                best = found
    return best


def _marker(profiles: Sequence[Profile], counts: Sequence[Profile]) -> Units | None:
    """Texts that begin with one letter on some rows and with a digit on most others, and units of the other sign."""
    quantity = _named(counts)
    if quantity is None:
        return None
    for column in profiles:
        if column.look is not Look.CODE or len(column.distinct) < 20:
            continue
        lettered = {text[0] for text in column.distinct if text[0].isalpha() and text[1:2].isdigit()}
        digits = sum(n for text, n in column.distinct.items() if text[0].isdigit())
        if len(lettered) != 1 or digits < 0.5 * len(column.texts):
            continue
        prefix = lettered.pop()
        returns = [text is not None and text.startswith(prefix) for text in column.texts]
        sells = [not back and units > 0 for back, units in zip(returns, quantity.numbers, strict=True)]
        turned = sum(units < 0 for back, units in zip(returns, quantity.numbers, strict=True) if back)
        if _explained(sells, returns) and turned > 0.9 * sum(returns):
            why = f"'{column.name}' begins with {prefix} on {sum(returns):,} rows, whose units are below 0"
            return Units(
                quantity.name, "marker", column.name, prefix, negative=True, sells=sells, returns=returns, why=why
            )
    return None


def _negative(counts: Sequence[Profile]) -> Units | None:
    quantity = _named([p for p in counts if p.lowest < 0 < p.highest])
    if quantity is None:
        return None
    returns, sells = [n < 0 for n in quantity.numbers], [n > 0 for n in quantity.numbers]
    if not _explained(sells, returns):
        return None
    why = f"'{quantity.name}' is below 0 on {sum(returns):,} rows"
    return Units(quantity.name, "negative_quantity", None, None, negative=True, sells=sells, returns=returns, why=why)


def _sales_only(profiles: Sequence[Profile], counts: Sequence[Profile]) -> Units | None:
    """A column that a name calls units, else one of small whole numbers that do not number lines, with a doubt."""
    named = [p for p in counts if name_rank(p.name, "quantity")]
    plain = [p for p in counts if p.lowest >= 0 and p.look is Look.UNITS]
    quantity = _named(named or [p for p in plain if not numbers_lines(p, profiles)])
    if quantity is None:
        return None
    sells = [n > 0 for n in quantity.numbers]
    return Units(
        quantity.name,
        None,
        None,
        None,
        negative=False,
        sells=sells,
        returns=[False] * len(sells),
        why="",
        doubt=" ".join(_doubts(quantity)),
    )


def _doubts(quantity: Profile) -> Iterator[str]:
    if not name_rank(quantity.name, "quantity"):
        yield f"No name speaks of units: '{quantity.name}' is taken for them, as it holds small whole numbers."
    below = sum(1 for n in quantity.numbers if n < 0)
    if below:
        yield f"'{quantity.name}' is below 0 on {below:,} rows, which are set aside: returns are in the other file."


def _explained(sells: Sequence[bool], returns: Sequence[bool]) -> bool:
    rows = len(sells)
    return (
        sum(returns) >= max(1, _RETURNS_AT_LEAST * rows)
        and sum(sells) > sum(returns)
        and sum(sells) + sum(returns) > 0.9 * rows
    )


def _named(profiles: Sequence[Profile]) -> Profile | None:
    return max(profiles, key=lambda p: (name_rank(p.name, "quantity"), -len(p.distinct)), default=None)
