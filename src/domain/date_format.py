"""How a source writes its moments: `iso`, or a pattern such as `d/M/yyyy H:mm`.

A pattern uses the letters of Unicode TR 35 that shops need. `d`, `M`, `H` and `h` take one or two digits, `dd` and the
like two; `yy` is a year from 2000 to 2099, `h` an hour from 1 to 12 with its half of the day, `a`. Letters in quotes
stand for themselves.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from domain.errors import MappingError

ISO = "iso"
_CLOCK = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
ISO_PATTERN = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?$"

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CENTURY = 2000  # of a year of two digits
_TOKENS = {
    "yyyy": ("year", "[0-9]{4}"),
    "yy": ("year", "[0-9]{2}"),
    "MMM": ("month_name", "[A-Za-z]{3}"),
    "MM": ("month", "[0-9]{2}"),
    "M": ("month", "[0-9]{1,2}"),
    "dd": ("day", "[0-9]{2}"),
    "d": ("day", "[0-9]{1,2}"),
    "HH": ("hour", "[0-9]{2}"),
    "H": ("hour", "[0-9]{1,2}"),
    "hh": ("half_hour", "[0-9]{2}"),
    "h": ("half_hour", "[0-9]{1,2}"),
    "a": ("half", "[AaPp][Mm]"),
    "mm": ("minute", "[0-9]{2}"),
    "ss": ("second", "[0-9]{2}"),
}
_TOKEN = re.compile("|".join(_TOKENS) + r"|'[^']*'|.")


def check_date_format(text: str) -> None:
    """Refuse a format that cannot give a day; raises MappingError."""
    if text == ISO:
        return
    named = [_TOKENS[token][0] for token in _TOKEN.findall(text) if token in _TOKENS]
    stray = [token for token in _TOKEN.findall(text) if token not in _TOKENS and token.isalpha()]
    whole = {"year", "day"} <= set(named) and bool({"month", "month_name"} & set(named))
    # Half a day has two of each hour: neither letter says anything without the other, nor both beside H.
    halves = {"half_hour", "half", "hour"} & set(named)
    if stray or not whole or len(named) != len(set(named)) or halves not in ({"half_hour", "half"}, {"hour"}, set()):
        raise MappingError(
            f"The date format '{text}' does not give a day.",
            f"Write 'iso', or a pattern of {', '.join(_TOKENS)} and separators, such as 'dd/MM/yyyy HH:mm'.",
        )


def date_pattern(form: str) -> str:
    """A regular expression of whole texts that may be moments in a pattern's form; days that do not exist match too."""
    return f"^{_expression(form, named=False)}$"


def read_moment(text: str, form: str) -> datetime | None:
    """The moment that `text` writes in `form`, without a time zone of its own, or None when it is no such moment."""
    if form == ISO:
        return _read_iso(text)
    found = re.fullmatch(_expression(form, named=True), text)
    if found is None:
        return None
    parts = found.groupdict()
    month = parts.get("month") or str(_month_number(parts.get("month_name") or ""))
    try:
        return datetime(  # noqa: DTZ001 (the source's own clock; the mapping names its zone)
            int(parts["year"]) + (_CENTURY if len(parts["year"]) == 2 else 0),
            int(month),
            int(parts["day"]),
            _hour(parts),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
        )
    except ValueError:
        return None


def _hour(parts: Mapping[str, str | None]) -> int:
    """The hour of the day; raises ValueError for one that half a day does not have."""
    if parts.get("half_hour") is None:
        return int(parts.get("hour") or 0)
    hour = int(parts["half_hour"] or 0)
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if (parts["half"] or "").lower() == "pm" else 0)


def _read_iso(text: str) -> datetime | None:
    if re.fullmatch(ISO_PATTERN, text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _month_number(name: str) -> int:
    return MONTHS.index(name.lower()) + 1 if name.lower() in MONTHS else 0


@cache
def _expression(form: str, *, named: bool) -> str:
    parts = []
    for token in _TOKEN.findall(form):
        name, digits = _TOKENS.get(token, ("", re.escape(token.strip("'"))))
        parts.append(f"(?P<{name}>{digits})" if named and name else digits)
    return "".join(parts)
