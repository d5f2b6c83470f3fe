"""In which format a column writes its moments, by the reading that explains most texts."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from domain.drafting.names import speaks_of_moment
from domain.source.date_format import EPOCH_PATTERNS, ISO, date_parts, read_moment

_NEARLY_ALL = 0.98
_SHOWN = 3  # texts whose own way of writing is tried
_SHOWN_OF_REST = 10  # of those that the first formats leave
_MOST_WAYS = 4  # of writing moments in one column
_PLAUSIBLE = range(1990, 2100)  # years that digits without marks must be of, lest any number be a day
_PART = r"\d{1,4}|[A-Za-z]{3,9}"
_GAP = r"[^\w\s:]\s?|\s"
_CLOCK = r"(?P<gap>,?\s|T)\d{1,2}:\d{2}(?P<seconds>:\d{2})?(?:(?P<space>\s?)(?P<half>[AaPp][Mm]))?"
_ZONE = r"(?P<beside>\s?)(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)"
_REST = rf"(?P<clock>{_CLOCK}(?:{_ZONE})?)?"
_PARTED = re.compile(
    rf"(?P<first>{_PART})(?P<mark>{_GAP})(?P<second>{_PART})(?P<mark2>{_GAP})(?P<third>{_PART}){_REST}"
)
_UNPARTED = re.compile(rf"\d{{8}}{_REST}")
_DIGITS_ALONE = {8: "yyyyMMdd", 12: "yyyyMMddHHmm", 14: "yyyyMMddHHmmss"}
_OFFSETS = {3: "x", 5: "xx", 6: "xxx"}


def date_formats(distinct: Sequence[str], name: str = "") -> tuple[str, ...]:
    """The formats in which all but a few texts are moments, none when there is no such format.

    Two formats are both given when no day after the 12th tells day from month. A count of seconds is a moment only
    where the column's name says so: an identifier may have as many digits.
    """
    if _fitting(distinct, ISO) >= _NEARLY_ALL * len(distinct):
        return (ISO,)
    tried = [form for text in distinct[:_SHOWN] for form in _candidates(text)]
    counts = {form: _fitting(distinct, form) for form in (*tried, *(EPOCH_PATTERNS if speaks_of_moment(name) else ()))}
    most = max(counts.values(), default=0)
    # A format that explains fewer days than another is refuted by the rest of them.
    best = [form for form, count in counts.items() if count == most >= _NEARLY_ALL * len(distinct)]
    rivals = [form for form in best[1:] if _day_before_month(form) not in {None, _day_before_month(best[0])}]
    return (*best[:1], *rivals[:1])


def mixed_formats(distinct: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The formats that only together make moments of all but a few texts: that of most of them, and the further ones.

    All write day and month in one order; where nothing tells which, the first are two, and the further ones are those
    of either order. Both are empty where no formats do.
    """
    ways = [_together(distinct, order) for order in (True, False)]
    told = [(sum(way.values()), sorted(way, key=way.__getitem__, reverse=True)) for way in ways]
    most = max(count for count, _ in told)
    best = [forms for count, forms in told if count == most >= _NEARLY_ALL * len(distinct)]
    if not best or not best[0]:
        return (), ()
    first = dict.fromkeys(forms[0] for forms in best)
    return tuple(first), tuple(dict.fromkeys(form for forms in best for form in forms if form not in first))


def further_formats(distinct: Sequence[str], first: str) -> tuple[str, ...]:
    """The formats of the few texts that are no moments of the first, in its order of day and month."""
    order = _day_before_month(first)
    return tuple(_together(distinct, order, [first]))[1:]


def in_order_of(first: str, further: Sequence[str]) -> tuple[str, ...]:
    """Those formats that write day and month as the first does, where both tell them apart by their order."""
    return tuple(form for form in further if _may_stand_beside(form, _day_before_month(first)))


def _together(distinct: Sequence[str], order: bool | None, given: Sequence[str] = ()) -> dict[str, int]:
    """How many texts each of the formats reads that the ones before it leave; none reads a text of another's."""
    counts: dict[str, int] = {}
    rest = list(distinct)
    while rest and len(counts) < _MOST_WAYS:
        shown = rest[:: 1 + len(rest) // _SHOWN_OF_REST]
        tried = given[:1] if not counts and given else [ISO, *(form for text in shown for form in _candidates(text))]
        fits = {form: _fitting(rest, form) for form in dict.fromkeys(tried) if _may_stand_beside(form, order)}
        best = max(fits, key=lambda form: fits[form], default=ISO)
        # A text that two formats read would be set aside as ambiguous.
        if not fits.get(best) or (counts and _fitting(distinct, best) > fits[best]):
            break
        counts[best] = fits[best]
        rest = [text for text in rest if not _fitting([text], best)]
    return counts


def _may_stand_beside(form: str, order: bool | None) -> bool:
    return order is None or _day_before_month(form) in {None, order}


def read_day(text: str, forms: Sequence[str]) -> date | None:
    """The day of a moment in any of the formats, None where it is none."""
    read = (read_moment(text.strip(), form) for form in forms)
    return next((moment.date() for moment in read if moment is not None), None)


def agreed(own: tuple[str, ...], beside: tuple[str, ...]) -> tuple[str, ...]:
    """The formats of a file that write day and month in the order that another file of the shop proves.

    Args:
        own: formats in which the file's moments may be written, several when nothing tells day from month.
        beside: those of the other file.
    """
    proven = _day_before_month(beside[0]) if len(beside) == 1 else None
    return tuple(form for form in own if _day_before_month(form) == proven) or own if proven is not None else own


def _day_before_month(form: str) -> bool | None:
    """Whether a format writes the day's number before the month's; None where the year comes first or there is none."""
    return None if form.startswith("y") or "month" not in date_parts(form) else form.startswith("d")


def _candidates(text: str) -> Iterator[str]:
    """Formats of the text's own separators."""
    if text.isascii() and text.isdigit() and len(text) in _DIGITS_ALONE:
        yield _DIGITS_ALONE[len(text)]
    elif (found := _UNPARTED.fullmatch(text)) is not None:
        yield _DIGITS_ALONE[8] + _rest(found)
    elif (found := _PARTED.fullmatch(text)) is not None:
        for letters in _orders(found["first"], found["second"], found["third"]):
            day = f"{letters[0]}{found['mark']}{letters[1]}{found['mark2']}{letters[2]}"
            if "MMM" in day or (found["mark"] == found["mark2"] and not found["mark"].isspace()):
                yield day + _rest(found)


def _orders(first: str, second: str, third: str) -> Iterator[tuple[str, str, str]]:
    """The letters for the three parts of a day, in every order in which they may be one."""
    if first.isalpha():
        yield from ((month, "d", _year(third)) for month in _months(first))
    elif second.isalpha():
        yield from (("d", month, _year(third)) for month in _months(second))
        yield from ((_year(first), month, "d") for month in _months(second) if len(first) == 4)
    elif third.isdigit():
        yield ("d", "M", _year(third))
        yield ("M", "d", _year(third))
        yield (_year(first), "M", "d")


def _year(digits: str) -> str:
    return "yyyy" if len(digits) == 4 else "yy"


def _months(name: str) -> tuple[str, ...]:
    """Every way to write such a month; May is one of three letters and whole."""
    return ("MMM", "MMMM") if len(name) == 3 else ("MMMM",)


def _rest(found: re.Match[str]) -> str:
    """The letters for what stands behind the day."""
    if not found["clock"]:
        return ""
    hours = "h" if found["half"] else "H"
    seconds = ":ss" if found["seconds"] else ""
    half = f"{found['space']}a" if found["half"] else ""
    gap = "'T'" if found["gap"] == "T" else found["gap"]
    return f"{gap}{hours}:mm{seconds}{half}{_zone(found)}"


def _zone(found: re.Match[str]) -> str:
    if not found["zone"]:
        return ""
    # The name of UTC is the mapping's default zone; a text in the pattern holds it.
    form = f"'{found['zone']}'" if found["zone"].isalpha() else _OFFSETS[len(found["zone"])]
    return found["beside"] + form


def _fitting(distinct: Sequence[str], form: str) -> int:
    years = _PLAUSIBLE if form in {*EPOCH_PATTERNS, *_DIGITS_ALONE.values()} else None
    return sum(1 for text in distinct if _reads(read_moment(text, form), years))


def _reads(moment: datetime | None, years: range | None) -> bool:
    return moment is not None and (years is None or moment.year in years)
