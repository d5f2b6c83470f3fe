"""Which amounts are known only once a line came back: by their names, or because their presence alone tells it."""

import math
from collections.abc import Sequence

from domain.drafting.names import name_rank, tokens
from domain.drafting.profiles import Profile
from domain.drafting.words import of_returns

_TELLS = 0.9  # area under the curve, above which being there or not is as good as the answer


def speaks_of_outcome(name: str) -> bool:
    """Whether the name of an amount speaks of returns or refunds, and not of a returning customer."""
    return "returning" not in tokens(name) and (of_returns(name) or name_rank(name, "refund") > 0)


def tells_outcome(amounts: Profile, came_back: Sequence[bool | None]) -> bool:
    """Whether an amount that is there, and not 0, tells by that alone which lines came back, or which did not.

    The area under the curve of a yes or no is the mean of the shares that it gets right on either side.

    Args:
        amounts: a row each.
        came_back: a row each, None where that is not told.
    """
    there = [not math.isnan(amount) and amount != 0 for amount in amounts.numbers]
    told = {
        asked: [is_there for is_there, back in zip(there, came_back, strict=True) if back is asked]
        for asked in (True, False)
    }
    if not all(told.values()):
        return False
    back, kept = (sum(told[asked]) / len(told[asked]) for asked in (True, False))
    area = (1 + abs(back - kept)) / 2
    return area > _TELLS


def outcome_doubt(name: str, role: str) -> str:
    """What to say of a column that is left out because it tells the outcome."""
    return (
        f"Whether '{name}' holds anything tells alone which lines came back, as if it were written afterwards: it is "
        f"left out. Write it as {role} only if the shop knows it when the order is placed."
    )
