"""How a source writes its moments: `iso`, or a pattern such as `d/M/yyyy H:mm`.

A pattern uses the letters of Unicode TR 35 that shops need. `d` and `M` take one or two digits, `dd` and `MM` two.
"""

import re
from datetime import datetime

from domain.errors import MappingError

ISO = "iso"
_CLOCK = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
ISO_PATTERN = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?$"

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TOKENS = {
    "yyyy": ("year", "[0-9]{4}"),
    "MMM": ("month_name", "[A-Za-z]{3}"),
    "MM": ("month", "[0-9]{2}"),
    "M": ("month", "[0-9]{1,2}"),
    "dd": ("day", "[0-9]{2}"),
    "d": ("day", "[0-9]{1,2}"),
    "HH": ("hour", "[0-9]{2}"),
    "H": ("hour", "[0-9]{1,2}"),
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
    if stray or not whole or len(named) != len(set(named)):
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
            int(parts["year"]),
            int(month),
            int(parts["day"]),
            int(parts.get("hour") or 0),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
        )
    except ValueError:
        return None


def _read_iso(text: str) -> datetime | None:
    if re.fullmatch(ISO_PATTERN, text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _month_number(name: str) -> int:
    return MONTHS.index(name.lower()) + 1 if name.lower() in MONTHS else 0


def _expression(form: str, *, named: bool) -> str:
    parts = []
    for token in _TOKEN.findall(form):
        name, digits = _TOKENS.get(token, ("", re.escape(token.strip("'"))))
        parts.append(f"(?P<{name}>{digits})" if named and name else digits)
    return "".join(parts)
