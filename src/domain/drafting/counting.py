"""Which whole numbers are no units: those that number the lines of an order."""

from collections import defaultdict
from collections.abc import Sequence

from domain.drafting.names import name_rank
from domain.drafting.profiles import Look, Profile

_ROWS = 40_000  # looked at
_GROUPS = 15  # of two rows or more, below which nothing is said
_COUNTED = 0.9


def numbers_lines(column: Profile, others: Sequence[Profile]) -> bool:
    """Whether a column counts 1, 2, 3, ... within the rows of some other column's values, or is called so."""
    if name_rank(column.name, "line_id"):
        return True
    return any(_counts_within(column, other) for other in others if other.look is Look.CODE)


def _counts_within(column: Profile, key: Profile) -> bool:
    groups: dict[str, list[float]] = defaultdict(list)
    for text, number in zip(key.texts[:_ROWS], column.numbers[:_ROWS], strict=True):
        if text is not None:
            groups[text].append(number)
    several = [sorted(held) for held in groups.values() if len(held) > 1]
    counted = sum(1 for held in several if held[0] in {0, 1} and held == [held[0] + n for n in range(len(held))])
    return len(several) >= _GROUPS and counted >= _COUNTED * len(several)
