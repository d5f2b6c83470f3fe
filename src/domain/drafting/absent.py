"""Words that stand for nothing, and are no value of their column."""

from collections.abc import Sequence

from domain.drafting.names import name_rank

# Exports of databases and spreadsheets write these in any column.
_ANYWHERE = frozenset(["null", "n/a", "#n/a", "nan", "\\n", "<null>", "(null)", "[null]"])
# These may be values elsewhere (NA is Namibia), but not among numbers, days or buyers.
_AMONG_NUMBERS = "na none nil - -- ? unknown missing guest anonymous gast invité invitado ospite convidado"


def absent_words(name: str, distinct: Sequence[str], *, among_numbers: bool) -> frozenset[str]:
    """Those of a column's distinct texts that say that there is none.

    Args:
        name: of the column.
        distinct: its texts.
        among_numbers: whether the other texts are numbers or moments.
    """
    also = _AMONG_NUMBERS.split() if among_numbers or name_rank(name, "customer_id") else []
    words = _ANYWHERE.union(also)
    found = frozenset(text for text in distinct if text.strip().casefold() in words)
    return found if len(found) < len(distinct) else frozenset()
