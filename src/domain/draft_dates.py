"""In which format a column writes its moments, by the reading that explains most texts."""

import re
from collections.abc import Sequence

from domain.date_format import ISO, read_moment

_NEARLY_ALL = 0.98
_DAY_ORDERS = (("d", "M", "y"), ("M", "d", "y"), ("y", "M", "d"), ("d", "MMM", "y"))
_WRITTEN = re.compile(
    r"(?P<first>\d+)(?P<mark>[^\d\s])(?:\d+|[A-Za-z]{3})(?P=mark)(?P<last>\d+)"
    r"(?P<clock>(?P<gap>\s+)\d{1,2}:\d{2}(?P<seconds>:\d{2})?(?:(?P<space>\s?)(?P<half>[AaPp][Mm]))?)?"
    r"(?P<zone>(?:\+|-)00(?::?00)?)?"
)


def date_formats(distinct: Sequence[str]) -> tuple[str, ...]:
    """The formats in which all but a few texts are moments, none when there is no such format.

    Two formats are both given when no day after the 12th tells day from month.
    """
    if _fitting(distinct, ISO) >= _NEARLY_ALL * len(distinct):
        return (ISO,)
    counts = {form: _fitting(distinct, form) for form in _candidates(distinct[0])}
    most = max(counts.values(), default=0)
    # A format that explains fewer days than another is refuted by the rest of them.
    return tuple(form for form, count in counts.items() if count == most >= _NEARLY_ALL * len(distinct))[:2]


def agreed(own: tuple[str, ...], beside: tuple[str, ...]) -> tuple[str, ...]:
    """The formats of a file that write day and month in the order that another file of the shop proves.

    Args:
        own: formats in which the file's moments may be written, several when nothing tells day from month.
        beside: those of the other file.
    """
    proven = _day_before_month(beside[0]) if len(beside) == 1 else None
    return tuple(form for form in own if _day_before_month(form) == proven) or own if proven is not None else own


def _day_before_month(form: str) -> bool | None:
    """Whether a format writes the day before the month; None where the year comes first, which tells nothing."""
    return None if form == ISO or form.startswith("y") else form.startswith("d")


def _candidates(text: str) -> list[str]:
    """Formats of the text's own separators."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return []
    year = "yyyy" if 4 in {len(found["first"]), len(found["last"])} else "yy"
    days = [found["mark"].join(order).replace("y", year) for order in _DAY_ORDERS]
    # An offset of nothing is the mapping's default zone; a text in the pattern holds it.
    return [day + _clock(found) + (f"'{found['zone']}'" if found["zone"] else "") for day in days]


def _clock(found: re.Match[str]) -> str:
    if not found["clock"]:
        return ""
    hours = "h" if found["half"] else "H"
    seconds = ":ss" if found["seconds"] else ""
    return f" {hours}:mm{seconds}" + (f"{found['space']}a" if found["half"] else "")


def _fitting(distinct: Sequence[str], form: str) -> int:
    return sum(1 for text in distinct if read_moment(text, form) is not None)
