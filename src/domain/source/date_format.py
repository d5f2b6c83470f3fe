"""How a source writes its moments: `iso`, a count of seconds, or a pattern such as `d/M/yyyy H:mm`.

`iso` takes a zone of its own after the clock, with or without a space: `Z`, `UTC`, `+01`, `+0100` or `+01:00`. `epoch`
counts seconds since 1970 in UTC, `epoch_ms` thousandths of them.

A pattern uses the letters of Unicode TR 35 that shops need. `d`, `M`, `H` and `h` take one or two digits, `dd` and the
like two; `MMM` is an English month of three letters, `MMMM` one in full; `yy` is a year from 2000 to 2099, `h` an hour
from 1 to 12 with its half of the day, `a`; `x`, `xx` and `xxx` are an offset from UTC, `+01`, `+0100` and `+01:00`.
Letters in quotes stand for themselves.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from domain.errors import MappingError

ISO = "iso"
EPOCH = "epoch"
EPOCH_MS = "epoch_ms"
# From 1973 to 2286; a table that once had gaps writes whole numbers with a decimal.
EPOCH_PATTERNS = {EPOCH: "^[0-9]{9,10}([.]0+)?$", EPOCH_MS: "^[0-9]{12,13}([.]0+)?$"}
_OFFSET_HOURS = "[+-](?:0[0-9]|1[0-4])"  # no place on earth is further from UTC
_OFFSET_MINUTES = "[0-5][0-9]"
_ZONE = rf" ?(Z|UTC|GMT|{_OFFSET_HOURS}(:?{_OFFSET_MINUTES})?)"
_CLOCK = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
ISO_PATTERN = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_CLOCK}({_ZONE})?)?$"

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT = 3  # letters that tell every month
_CENTURY = 2000  # of a year of two digits
_TOKENS = {
    "yyyy": ("year", "[0-9]{4}"),
    "yy": ("year", "[0-9]{2}"),
    "MMMM": ("month_name", f"(?i:{'|'.join(MONTHS)})"),
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
    "xxx": ("zone", f"{_OFFSET_HOURS}:{_OFFSET_MINUTES}"),
    "xx": ("zone", f"{_OFFSET_HOURS}{_OFFSET_MINUTES}"),
    "x": ("zone", _OFFSET_HOURS),
}
_TOKEN = re.compile("|".join(_TOKENS) + r"|'[^']*'|.")


def check_date_format(text: str) -> None:
    """Refuse a format that cannot give a day; raises MappingError."""
    if text == ISO or text in EPOCH_PATTERNS:
        return
    tokens = _TOKEN.findall(text)
    stray = [token for token in tokens if token not in _TOKENS and token.isalpha()]
    named = [_TOKENS[token][0] for token in tokens if token in _TOKENS]
    if stray or len(named) != len(set(named)) or not _gives_day(date_parts(text)):
        raise MappingError(
            f"The date format '{text}' does not give a day.",
            f"Write 'iso', 'epoch', 'epoch_ms', or a pattern of {', '.join(_TOKENS)} and separators, such as "
            "'dd/MM/yyyy HH:mm'.",
        )


def _gives_day(parts: frozenset[str]) -> bool:
    # Half a day has two of each hour: neither letter says anything without the other, nor both beside H.
    clock = parts & {"half_hour", "half", "hour"}
    return (
        parts >= {"year", "day"}
        and bool(parts & {"month", "month_name"})
        and clock in ({"half_hour", "half"}, {"hour"}, set())
        and (bool(clock) or "zone" not in parts)
    )


@cache
def date_parts(form: str) -> frozenset[str]:
    """What a pattern gives, such as year, month_name, hour or zone; letters in quotes give nothing."""
    return frozenset(_TOKENS[token][0] for token in _TOKEN.findall(form) if token in _TOKENS)


def date_pattern(form: str) -> str:
    """A regular expression of whole texts that may be moments in a pattern's form; days that do not exist match too."""
    return f"^{_expression(form, named=False)}$"


def read_moment(text: str, form: str) -> datetime | None:
    """The moment that `text` writes in `form`, None when it is no such moment.

    It has a time zone only where the text names one; else it is one of the source's own clock.
    """
    if form == ISO:
        return _read_iso(text)
    if form in EPOCH_PATTERNS:
        return _read_epoch(text, form)
    found = re.fullmatch(_expression(form, named=True), text)
    if found is None:
        return None
    parts = found.groupdict()
    month = parts.get("month") or str(_month_number(parts.get("month_name") or ""))
    try:
        return datetime(
            int(parts["year"]) + (_CENTURY if len(parts["year"]) == 2 else 0),
            int(month),
            int(parts["day"]),
            _hour(parts),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=_zone(parts.get("zone")),
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


def _zone(offset: str | None) -> timezone | None:
    if offset is None:
        return None
    digits = offset[1:].replace(":", "").ljust(4, "0")
    from_utc = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-from_utc if offset.startswith("-") else from_utc)


def _read_iso(text: str) -> datetime | None:
    if re.fullmatch(ISO_PATTERN, text) is None:
        return None
    try:
        return datetime.fromisoformat(re.sub(" (?=[+-])", "", re.sub(" ?(Z|UTC|GMT)$", "Z", text)))
    except ValueError:
        return None


def _read_epoch(text: str, form: str) -> datetime | None:
    if re.fullmatch(EPOCH_PATTERNS[form], text) is None:
        return None
    count = int(text.partition(".")[0])
    since = timedelta(seconds=count) if form == EPOCH else timedelta(milliseconds=count)
    return datetime(1970, 1, 1, tzinfo=UTC) + since


def _month_number(name: str) -> int:
    shown = [month for month in MONTHS if name.lower() in {month, month[:_SHORT]}]
    return MONTHS.index(shown[0]) + 1 if shown else 0


@cache
def _expression(form: str, *, named: bool) -> str:
    parts = []
    for token in _TOKEN.findall(form):
        name, digits = _TOKENS.get(token, ("", re.escape(token.strip("'"))))
        parts.append(f"(?P<{name}>{digits})" if named and name else digits)
    return "".join(parts)
