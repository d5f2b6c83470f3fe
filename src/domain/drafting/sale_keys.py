"""Which columns of a file of returns name the sale: by what they are called, then by the values that they share.

Numbers from 1 on share their values whatever they number, so that a return's own number looks like a buyer's.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from domain.drafting.identifiers import says_only
from domain.drafting.names import name_rank, tokens
from domain.drafting.profiles import Look, Profile
from domain.drafting.words import of_returns
from domain.folding import folded

_SHARED = 0.5  # of the returns' values that the orders' column holds too
_MANY = 20  # different values, below which sharing them says less
_WHOLE = re.compile(r"\d+(?:\.0+)?")
_SHOWN = 200  # texts, by which a column is told to be of whole numbers
_ROLES = ("line_id", "order_id", "customer_id", "item_id")
_TOLD_BY_NAME = frozenset(["line_id", "customer_id"])  # where they are numbers
_NO_KEYS = ("quantity", "reason")
_NUMBERS = frozenset([Look.UNITS, Look.MONEY, Look.SHARE, Look.FLAG])
_ITS_OWN = frozenset(["id", "key", "uid", "uuid", "guid", "no", "nr", "number", "nummer", "index"])


# How well a column of the returns fits one of the orders, the strongest evidence first: whether they are called the
# same, whether its name says the role and nothing else, how well the name fits, and the values that both hold.
_Fit: TypeAlias = tuple[bool, bool, int, float]


def sale_keys(
    orders: Mapping[str, Profile], roles: Mapping[str, str], returns: Mapping[str, Profile]
) -> dict[str, str]:
    """The columns of the returns for those of the orders that name a sale, by role; roles without one are left out.

    A column of the returns stands for one of the orders alone.

    Args:
        orders: profiles of the orders.
        roles: the orders' columns by role, an order's further ones as `order_id 1`, ...
        returns: profiles of the returns.
    """
    asked: dict[str, list[str]] = defaultdict(list)
    for role, name in roles.items():
        asked[name].append(role.split()[0])
    fits = [
        (fit, name, column.name)
        for name, served in asked.items()
        for column in returns.values()
        if (fit := _fit(orders[name], served, column)) is not None
    ]
    pairs: dict[str, str] = {}
    for _, name, column in sorted(fits, key=lambda found: found[0], reverse=True):
        if name not in pairs and column not in pairs.values():
            pairs[name] = column
    return {role: pairs[name] for role, name in roles.items() if name in pairs}


def _fit(order: Profile, roles: Iterable[str], column: Profile) -> _Fit | None:
    """The fit of a column of the returns with one of the orders that has these roles, None for none."""
    is_same = _names_same(order.name, column.name)
    if not column.distinct or not _may_be_key(column, is_same=is_same):
        return None
    if not is_same and _is_of_numbers(order) and not any(_may_be_named(column.name, role) for role in roles):
        return None
    known = set(order.distinct)
    share = sum(1 for text in column.distinct if text in known) / len(column.distinct)
    if share < _SHARED and not (is_same and share > 0):
        return None
    return (
        is_same,
        any(says_only(column.name, role) for role in roles),
        max(name_rank(column.name, role) for role in roles),
        share * min(1.0, len(column.distinct) / _MANY),
    )


def _may_be_key(column: Profile, *, is_same: bool) -> bool:
    """Whether neither looks nor name speak against it; few numbers of items may look like units under the same name."""
    if any(name_rank(column.name, role) for role in _NO_KEYS):
        return False
    return column.look is Look.CODE or (is_same and column.look in _NUMBERS)


def _may_be_named(name: str, role: str) -> bool:
    """Whether a name does for whole numbers of a role: one that fits, or, of order and item, one that tells nothing."""
    if name_rank(name, role):
        return True
    is_another = of_returns(name) or any(name_rank(name, other) for other in _ROLES)
    return role not in _TOLD_BY_NAME and not is_another


def _names_same(one: str, other: str) -> bool:
    """Whether two names say the same, and more than that something is numbered, as either file may number its rows."""
    words = [folded(word) for word in tokens(one)]
    return words == [folded(word) for word in tokens(other)] and not _ITS_OWN.issuperset(words)


def _is_of_numbers(column: Profile) -> bool:
    return all(_WHOLE.fullmatch(text.strip()) for text in list(column.distinct)[:_SHOWN])
