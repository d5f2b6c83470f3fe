"""Which column counts what was sold, and what tells a return: by signs and sums, then by names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from domain.drafting.markers import Marker, lettered, typed
from domain.drafting.names import name_rank
from domain.drafting.own_column import OwnColumn, explained, own_column
from domain.drafting.profiles import Look, Profile
from domain.drafting.quantity import (
    counting,
    counts_rows,
    numbers_lines,
    quantity_of,
    quantity_rank,
    sold_rank,
    speaks_of_going_back,
)


@dataclass(frozen=True)
class Units:
    """Columns of units, and which rows sell and which return.

    Args:
        quantity: column of units sold; None where every row is taken for one.
        told_by: what tells a return row, or None when these rows are all sales.
        returned: column of returned units, or of the marker.
        prefix: of a marker.
        negative: whether returned units are below zero.
        sells: a row each.
        returns: a row each.
        why: the evidence, for a reader.
        doubt: what a reader must check before the mapping is run; empty for nothing.
    """

    quantity: str | None
    told_by: Literal["negative_quantity", "marker", "returned_quantity"] | None
    returned: str | None
    prefix: str | None
    negative: bool
    sells: Sequence[bool]
    returns: Sequence[bool]
    why: str
    doubt: str = ""


def find_units(profiles: Sequence[Profile], *, returns_apart: bool = False) -> Units | None:
    """The units of a file, or None when no column counts any and no text tells returns.

    Args:
        profiles: of its columns.
        returns_apart: whether returns are in a file of their own, so that no row of this one is any.
    """
    counts = counting(profiles)
    counts = [p for p in counts if not name_rank(p.name, "flag") or p.lowest < 0 or p.highest > 1]
    totals = [p for p in counts if counts_rows(p, profiles)]
    units = _find(profiles, [p for p in counts if p not in totals], returns_apart=returns_apart)
    return one_a_row(len(totals[0].texts), totals[0].name) if units is None and totals else units


def _find(profiles: Sequence[Profile], counts: Sequence[Profile], *, returns_apart: bool) -> Units | None:
    if not counts:
        return None if returns_apart else _marked(profiles, [_one_a_row(profiles)])[0]
    if returns_apart:
        return _sales_only(profiles, counts, elsewhere=True)
    found = own_column(profiles, counts)
    if found is not None:
        return _of_own_column(found)
    marked, doubts = _marked(profiles, counts)
    return marked or _negative(counts) or _sales_only(profiles, counts, doubts)


def one_a_row(rows: int, total: str = "") -> Units:
    """The units of a file that counts none, whose rows all sell; `total` is a column of the rows of an order."""
    doubt = (
        "No column counts units, so every row is taken for one, identical ones too: name the column as quantity if "
        'there is one, and write repeated_rows = "duplicates" if identical rows are copies.'
    )
    if total:
        doubt = f"{doubt} '{total}' is no such column: it says on each row how many rows there are of its order."
    return Units(
        None, None, None, None, negative=False, sells=[True] * rows, returns=[False] * rows, why="", doubt=doubt
    )


def _one_a_row(profiles: Sequence[Profile]) -> Profile:
    """What a column of units would be where every row is one; it has no name."""
    return Profile("", ["1"] * len(profiles[0].texts if profiles else ()), Look.UNITS)


def _of_own_column(found: OwnColumn) -> Units:
    return Units(
        found.sold.name,
        "returned_quantity",
        found.back.name,
        None,
        negative=found.back.lowest < 0,
        sells=found.sells,
        returns=found.returns,
        why=f"'{found.sold.name}' is 0 on {sum(found.returns):,} rows, where '{found.back.name}' is not",
    )


def _marked(profiles: Sequence[Profile], counts: Sequence[Profile]) -> tuple[Units | None, list[str]]:
    """The units of rows that a text tells apart; else why words may do so."""
    quantity = quantity_of(counts)
    doubts: list[str] = []
    if quantity is None:
        return None, doubts
    for found in chain(lettered(profiles, quantity), typed(profiles, quantity)):
        if isinstance(found, str):
            doubts.append(found)
            continue
        sells = [not back and units > 0 for back, units in zip(found.returns, quantity.numbers, strict=True)]
        if explained(sells, found.returns):
            return _of_marker(quantity, found, sells), []
    return None, doubts


def _of_marker(quantity: Profile, found: Marker, sells: Sequence[bool]) -> Units:
    return Units(
        quantity.name or None,
        "marker",
        found.column,
        found.prefix,
        negative=quantity.lowest < 0,
        sells=sells,
        returns=found.returns,
        why=found.why,
        doubt=found.doubt,
    )


def _negative(counts: Sequence[Profile]) -> Units | None:
    named = [p for p in counts if sold_rank(p.name)]
    quantity = quantity_of([p for p in named or counts if p.lowest < 0 < p.highest])
    if quantity is None:
        return None
    returns, sells = [n < 0 for n in quantity.numbers], [n > 0 for n in quantity.numbers]
    if not explained(sells, returns):
        return None
    why = f"'{quantity.name}' is below 0 on {sum(returns):,} rows"
    return Units(quantity.name, "negative_quantity", None, None, negative=True, sells=sells, returns=returns, why=why)


def _sales_only(
    profiles: Sequence[Profile], counts: Sequence[Profile], doubts: Sequence[str] = (), *, elsewhere: bool = False
) -> Units | None:
    """A column that a name calls units, else one of small whole numbers that do not number lines, with a doubt."""
    named = [p for p in counts if sold_rank(p.name)]
    plain = [p for p in counts if p.lowest >= 0 and p.look is Look.UNITS and not speaks_of_going_back(p.name)]
    quantity = quantity_of(named or [p for p in plain if not numbers_lines(p, profiles)])
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
        doubt=" ".join((*_doubts(quantity, elsewhere=elsewhere), *doubts)),
    )


def _doubts(quantity: Profile, *, elsewhere: bool) -> Iterator[str]:
    if not quantity_rank(quantity.name):
        yield f"No name speaks of units: '{quantity.name}' is taken for them, as it holds small whole numbers."
    below = sum(1 for n in quantity.numbers if n < 0)
    if below:
        why = "returns are in the other file" if elsewhere else "they are too few or too odd to be the returns"
        yield f"'{quantity.name}' is below 0 on {below:,} rows, which are set aside: {why}."
