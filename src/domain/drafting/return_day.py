"""Which column of a sale's own row holds the day on which its line came back."""

from collections.abc import Mapping, Sequence

from domain.drafting.names import has_word, name_rank
from domain.drafting.profiles import Look, Profile
from domain.drafting.words import can_be_done

_ANY_DAY = ("date", "datum", "day", "fecha", "data", "timestamp")
_TO_COME = "deadline until expected due last window requested request label eligible allowed possible"
_NEARLY_ALL = 0.95
_MOST = 0.5
_OTHER_DAYS = ("ordered_at", "delivered_at", "dispatched_at")


def find_return_day(
    profiles: Mapping[str, Profile], ordered_at: str, came_back: Sequence[bool | None] | None
) -> str | None:
    """The column, or None.

    Args:
        profiles: of every column.
        ordered_at: the column of the day of the order.
        came_back: a row each, whether it came back where that is told; None where nothing else tells it.
    """
    others = [p for p in profiles.values() if p.look is Look.MOMENT and p.name != ordered_at]
    fitting = [p for p in others if _tells_alone(p) or (came_back is not None and _falls_together(p, came_back))]
    return max(fitting, key=lambda p: name_rank(p.name, "returned_at")).name if fitting else None


def has_day(column: Profile) -> list[bool]:
    """A row each, whether it holds anything."""
    return [bool(text and text.strip()) for text in column.texts]


def _tells_alone(column: Profile) -> bool:
    """Whether its name speaks of a return's day, and rows without one are no exception."""
    held = has_day(column)
    return _speaks_of(column.name, "returned_at") and not _is_of_another_day(column.name) and _has_gaps(held)


def _has_gaps(held: Sequence[bool]) -> bool:
    return sum(held) < _NEARLY_ALL * len(held)


def _speaks_of(name: str, role: str) -> bool:
    """Whether a name says more of a day than that it is one."""
    return name_rank(name, role) > max(name_rank(word, role) for word in _ANY_DAY)


def _is_of_another_day(name: str) -> bool:
    """Whether a name speaks of the day of something else, or of a return that may come."""
    is_to_come = can_be_done(name) or has_word(name, _TO_COME)
    return is_to_come or any(_speaks_of(name, role) for role in _OTHER_DAYS)


def _falls_together(column: Profile, came_back: Sequence[bool | None]) -> bool:
    """Whether it is empty where nothing came back and mostly filled where something did, whatever its name."""
    if _is_of_another_day(column.name):
        return False
    told = [(held, back) for held, back in zip(has_day(column), came_back, strict=True) if back is not None]
    both = sum(1 for held, back in told if held and back)
    return both >= _NEARLY_ALL * sum(held for held, _ in told) > 0 and both >= _MOST * sum(bool(b) for _, b in told)
