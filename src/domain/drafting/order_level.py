"""Columns that a file fills on the first row of an order alone: what they hold is the order's, and no line's.

Exports of shops that know orders above lines write totals, taxes, a discount on the whole basket and the currency so.
"""

from collections.abc import Sequence

from domain.drafting.names import name_rank
from domain.drafting.profiles import Profile

_ORDERS = 20  # of several rows, below which nothing is said
_NEARLY_ALL = 0.97  # of them; a discount of single lines stands on any


def of_whole_orders(columns: Sequence[Profile], order_id: Sequence[Profile]) -> list[Profile]:
    """Those of the columns that stand on the first row alone of orders of several rows.

    Args:
        columns: what may be so.
        order_id: the columns that name the order.
    """
    places: dict[tuple[str | None, ...], list[int]] = {}
    for place, order in enumerate(zip(*(part.texts for part in order_id), strict=True)):
        places.setdefault(order, []).append(place)
    several = [rows for rows in places.values() if len(rows) > 1]
    return [column for column in columns if _is_on_first_rows(column, several)]


def _is_on_first_rows(column: Profile, orders: Sequence[Sequence[int]]) -> bool:
    filled = [[place for place in rows if column.texts[place] is not None] for rows in orders]
    told = [(held, rows[0]) for held, rows in zip(filled, orders, strict=True) if held]
    firsts = sum(1 for held, first in told if held == [first])
    return len(told) >= _ORDERS and firsts >= _NEARLY_ALL * len(told)


def order_discount_doubt(columns: Sequence[Profile]) -> str:
    """A sentence on discounts of whole orders; empty where there is none."""
    amounts = [column for column in columns if any(abs(value) > 0 for value in column.numbers)]
    named = [f"'{column.name}'" for column in amounts if name_rank(column.name, "discount")]
    if not named:
        return ""
    return (
        f"{', '.join(named)}: a discount that stands on the first row of an order alone is the whole order's, and is "
        "not taken off its lines. Where prices are before it, share it out among the lines and name that column as "
        "discount."
    )
