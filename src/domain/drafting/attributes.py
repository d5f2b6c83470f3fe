"""Which further columns are known when an order is placed, so that a model may learn from them."""

from collections.abc import Sequence

from domain.drafting.money import MoneyColumns
from domain.drafting.names import name_rank
from domain.drafting.outcome import speaks_of_outcome
from domain.drafting.price_names import is_of_catalogue
from domain.drafting.profiles import Look, Profile
from domain.drafting.words import of_returns, speaks_of_returns

_MOST_LEVELS = 300


def find_attributes(
    profiles: Sequence[Profile], taken: set[str | None], money: MoneyColumns, of_orders: Sequence[Profile]
) -> tuple[str, ...]:
    """Columns that a name calls so, list prices beside the price, and discounts that are not taken off the line.

    Args:
        profiles: of every column.
        taken: columns that have a role.
        money: price and discount.
        of_orders: amounts of whole orders.
    """
    discounts = {p.name for p in of_orders if name_rank(p.name, "discount")}
    return tuple(
        p.name
        for p in profiles
        if p.name not in taken and (_is_named(p) or _is_price(p) or _is_left_out(p, money) or p.name in discounts)
    )


def _is_named(column: Profile) -> bool:
    is_named = name_rank(column.name, "attribute") or name_rank(column.name, "brand")
    has_levels = column.look is Look.CODE and 1 < len(column.distinct) <= _MOST_LEVELS
    return bool(is_named) and has_levels and not _tells(column)


def _is_price(column: Profile) -> bool:
    """Whether it holds what a catalogue asks."""
    names = is_of_catalogue(column.name) and not speaks_of_outcome(column.name)
    return names and column.look is Look.MONEY and column.lowest >= 0


def _is_left_out(column: Profile, money: MoneyColumns) -> bool:
    # Shares with a percent sign are read as discounts alone.
    return column.name == money.left_out and column.look is not Look.SHARE


def _tells(column: Profile) -> bool:
    """Whether a column's name or any of its words speaks of returns: then it may know the outcome."""
    return speaks_of_returns(column.name) or any(of_returns(word) for word in column.distinct)
