"""Columns that hold what is the order's, and no line's: on the first row of an order alone, or the same on all rows.

Exports of shops that know orders above lines write totals, taxes, a discount on the whole basket, the currency and the
state of the order so.
"""

from collections.abc import Sequence

from domain.drafting.discounts import names_percent
from domain.drafting.keys import DETERMINED, Keys, determines, determines_beyond_chance, joined
from domain.drafting.names import OTHER_COSTS, has_word, name_rank
from domain.drafting.profiles import Look, Profile

_ORDERS = 20  # of several rows, below which nothing is said
_NEARLY_ALL = 0.97  # of them; a discount of single lines stands on any
_NO_CHANCE = 0.9  # of what chance leaves


def on_first_rows(columns: Sequence[Profile], order_id: Sequence[Profile]) -> list[Profile]:
    """Those of the columns that stand on the first row alone of orders of several rows.

    Args:
        columns: what may be so.
        order_id: the columns that name the order.
    """
    several = _orders_of_several_rows(order_id)
    return [column for column in columns if _is_on_first_rows(column, several)]


def on_all_rows(columns: Sequence[Profile], order_id: Sequence[Profile]) -> list[Profile]:
    """Those of the columns of amounts that have one value on all rows of an order, and other values on others.

    A share may be one for all lines of an order and still be taken off each, and what sending cost is never a price.
    """
    orders = joined(*(part.texts for part in order_id))
    amounts = [p for p in columns if not _may_be_share(p) and not has_word(p.name, OTHER_COSTS)]
    return [column for column in amounts if _is_of_order(orders, column.texts)]


def order_discount_doubt(columns: Sequence[Profile]) -> str:
    """A sentence on discounts of whole orders; empty where there is none."""
    amounts = [column for column in columns if any(abs(value) > 0 for value in column.numbers)]
    named = [f"'{column.name}'" for column in amounts if name_rank(column.name, "discount")]
    if not named:
        return ""
    return (
        f"{', '.join(named)}: a discount that stands on the first row of an order alone, or is one on all its rows, is "
        "the whole order's, and is not taken off its lines. Where prices are before it, share it out among the lines "
        "and name that column as discount."
    )


def order_word_doubt(column: Profile, order_id: Sequence[Profile], came_back: Sequence[bool | None]) -> str:
    """A sentence on a word for the whole order, which does not say which of its lines came back; empty for others."""
    if on_first_rows([column], order_id):
        return (
            f"'{column.name}' stands on the first row of an order alone: fill it down to all rows of its order, which "
            "are set aside as they are."
        )
    if _came_back_whole(came_back, order_id):
        return (
            f"'{column.name}' is one word for all lines of an order, so that every line of an order that came back in "
            "part counts as returned: name what a line itself says, if a column does."
        )
    return ""


def _came_back_whole(came_back: Sequence[bool | None], order_id: Sequence[Profile]) -> bool:
    """Whether orders of several rows of which any came back came back whole, as a word for the order says.

    Args:
        came_back: a row each, None where that is not told.
        order_id: the columns that name the order.
    """
    told = [[came_back[place] for place in rows] for rows in _orders_of_several_rows(order_id)]
    some = [held for held in told if True in held]
    whole = sum(1 for held in some if set(held) == {True})
    return len(some) >= _ORDERS and whole >= _NEARLY_ALL * len(some)


def _orders_of_several_rows(order_id: Sequence[Profile]) -> list[list[int]]:
    places: dict[tuple[str | None, ...], list[int]] = {}
    for place, order in enumerate(zip(*(part.texts for part in order_id), strict=True)):
        places.setdefault(order, []).append(place)
    return [rows for rows in places.values() if len(rows) > 1]


def _is_on_first_rows(column: Profile, orders: Sequence[Sequence[int]]) -> bool:
    filled = [[place for place in rows if column.texts[place] is not None] for rows in orders]
    told = [(held, rows[0]) for held, rows in zip(filled, orders, strict=True) if held]
    firsts = sum(1 for held, first in told if held == [first])
    return len(told) >= _ORDERS and firsts >= _NEARLY_ALL * len(told)


def _may_be_share(column: Profile) -> bool:
    return column.look is Look.SHARE or names_percent(column.name) or max(-column.lowest, column.highest) <= 1


def _is_of_order(orders: Keys, texts: Keys) -> bool:
    """Whether an order has one value far more often than by chance, as it would of a discount that is mostly 0."""
    return (determines(orders, texts) or 0) >= DETERMINED and (
        determines_beyond_chance(orders, texts) or 0
    ) > _NO_CHANCE
