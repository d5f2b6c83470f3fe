"""Which columns are known only once a line came back: by their names, or because their presence alone tells it."""

import math
from collections.abc import Sequence

from domain.drafting.names import name_rank, tokens
from domain.drafting.price_names import is_of_catalogue
from domain.drafting.profiles import Look, Profile
from domain.drafting.words import of_returns

_SOME = 20  # returned lines that have it
_PART = 0.05  # of the returned lines
_HARDLY_ANY = 0.002  # of the others
_TELLS = 0.9  # area under the curve, above which being there or not is as good as the answer


def speaks_of_outcome(name: str) -> bool:
    """Whether the name of an amount speaks of returns or refunds, and not of a returning customer."""
    return "returning" not in tokens(name) and (of_returns(name) or name_rank(name, "refund") > 0)


def tells_outcome(column: Profile, came_back: Sequence[bool | None]) -> bool:
    """Whether a text or an amount that is there, and not 0, tells by that alone which lines came back, or did not.

    The area under the curve of a yes or no is the mean of the shares that it gets right on either side. What is there
    on some returned lines and on hardly any other, as how an item was exchanged, is written afterwards too.

    Args:
        column: a row each.
        came_back: a row each, None where that is not told.
    """
    if column.look in {Look.CODE, Look.EMPTY}:
        there = [text is not None for text in column.texts]
    else:
        there = [not math.isnan(amount) and amount != 0 for amount in column.numbers]
    told = {
        asked: [is_there for is_there, back in zip(there, came_back, strict=True) if back is asked]
        for asked in (True, False)
    }
    if not all(told.values()):
        return False
    back, kept = (sum(told[asked]) / len(told[asked]) for asked in (True, False))
    is_of_returns = sum(told[True]) >= _SOME and back >= _PART and kept <= _HARDLY_ANY
    area = (1 + abs(back - kept)) / 2
    return area > _TELLS or is_of_returns


def told_afterwards(columns: Sequence[Profile], came_back: Sequence[bool | None]) -> dict[str, str]:
    """Columns that tell by being there which lines came back, each with what its name would make of it.

    Args:
        columns: those that may be known at the order.
        came_back: a row each, None where that is not told.
    """
    roles = {column.name: _role_at_order(column) for column in columns}
    return {p.name: roles[p.name] for p in columns if roles[p.name] and tells_outcome(p, came_back)}


def _role_at_order(column: Profile) -> str:
    """What a column would be taken for if it were known at the order, as a sentence writes it; empty for nothing."""
    if column.look in {Look.CODE, Look.EMPTY}:
        is_named = name_rank(column.name, "attribute") or name_rank(column.name, "brand")
        return f"attribute '{column.name}'" if is_named else ""
    if speaks_of_outcome(column.name):
        return ""
    if is_of_catalogue(column.name):
        return f"attribute '{column.name}'"
    roles = {"discount": "discount", "unit_cost": "unit_cost", "price": "unit_price"}
    return next((given for role, given in roles.items() if name_rank(column.name, role)), "")


def outcome_doubt(name: str, role: str) -> str:
    """What to say of a column that is left out because it tells the outcome."""
    told = f"Whether '{name}' holds anything tells alone which lines came back, as if it were written afterwards"
    return f"{told}: it is left out. Write it as {role} only if the shop knows it when the order is placed."


def price_doubt(name: str) -> str:
    """What to say of such a column that is the only price."""
    return (
        f"Whether '{name}' holds anything tells alone which lines came back, and no other column is a price: it is "
        "written afterwards. Add a column of what was asked at the order, or what is learned is of no use."
    )
