"""Which column of a file of returns counts units: one so called, or one that never exceeds what was sold."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.drafting.profiles import Profile
from domain.drafting.quantity import counting, quantity_rank

_TOLD = 10  # returns with a sale, below which nothing is said
_NEARLY_ALL = 0.98


@dataclass(frozen=True)
class ReturnedUnits:
    """The column of returned units, None where a row is one unit, and what a reader must check."""

    column: str | None
    doubt: str = ""


def find_returned_units(columns: Sequence[Profile], sold: Sequence[float | None]) -> ReturnedUnits:
    """The returned units.

    Args:
        columns: those that have no other role.
        sold: a row each, the units that its sale had; None where that is not known.
    """
    whole = counting(columns)
    named = [p for p in whole if quantity_rank(p.name)]
    if named:
        return ReturnedUnits(max(named, key=lambda p: quantity_rank(p.name)).name)
    # A code for a reason is a small whole number too, but exceeds the units of a sale sooner or later.
    fitting = [p for p in whole if _is_part_of(p, sold)]
    if fitting:
        name = fitting[0].name
        doubt = f"No name speaks of returned units: '{name}' is taken for them, as it never exceeds what was sold."
        return ReturnedUnits(name, doubt)
    if whole:
        listed = ", ".join(f"'{p.name}'" for p in whole)
        return ReturnedUnits(
            None, f"A row of the returns counts as one unit, for nothing says that {listed} counts any."
        )
    return ReturnedUnits(None)


def _is_part_of(column: Profile, sold: Sequence[float | None]) -> bool:
    told = [
        (abs(units), of) for units, of in zip(column.numbers, sold, strict=True) if of is not None and abs(units) >= 0
    ]
    fitting = sum(1 for units, of in told if 1 <= units <= of)
    return len(told) >= _TOLD and fitting >= _NEARLY_ALL * len(told)
