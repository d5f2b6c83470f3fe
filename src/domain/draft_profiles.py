"""What the values of a column look like, whatever the column is called."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from domain.date_format import ISO, read_moment
from domain.number_format import number_pattern

Texts = Sequence[str | None]

_NEARLY_ALL = 0.98
_MANY = 5000  # distinct values that are looked at
_MAX_UNITS = 1000


class Look(StrEnum):
    """What a column may serve as, by its values."""

    MOMENT = "moment"
    FLAG = "flag"
    UNITS = "units"
    MONEY = "money"
    CODE = "code"  # identifiers and labels
    EMPTY = "empty"


@dataclass(frozen=True)
class Profile:
    """A column: its texts, its look, and how they are written.

    Args:
        name: of the column.
        texts: a row each.
        look: what it may serve as.
        dates: date format, where it holds moments; two when the days do not tell them apart.
        decimal: mark before decimals, where it holds numbers with any.
        thousands: mark between thousands.
    """

    name: str
    texts: Texts
    look: Look
    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""

    @cached_property
    def numbers(self) -> list[float]:
        """The numbers a row, NaN where there is none."""
        read = {text: _number(text, self.decimal, self.thousands) for text in set(self.texts)}
        return [read[text] for text in self.texts]

    @cached_property
    def is_numeric(self) -> bool:
        """Whether its first texts are numbers, or absent."""
        seen = zip(self.numbers[:50], self.texts[:50], strict=True)
        return not any(math.isnan(number) for number, text in seen if text is not None)

    @cached_property
    def distinct(self) -> Counter[str]:
        """How often every text stands."""
        return Counter(text for text in self.texts if text is not None)


def profile(name: str, texts: Texts) -> Profile:
    """What a column holds, by most of its distinct values."""
    counted = [text for text, _ in Counter(texts).most_common() if text is not None and text.strip()]
    distinct = [text.strip() for text in counted[:_MANY]]
    if not distinct:
        return Profile(name, texts, Look.EMPTY)
    dates = date_formats(distinct)
    if dates:
        return Profile(name, texts, Look.MOMENT, dates)
    for decimal, thousands in ((".", ""), (",", ""), (".", ","), (",", ".")):
        pattern = re.compile(number_pattern(decimal, thousands))
        if sum(1 for text in distinct if pattern.match(text)) >= _NEARLY_ALL * len(distinct):
            look = _numeric_look(distinct, decimal, thousands)
            return Profile(name, texts, look, (), decimal, thousands)
    is_flag = len(distinct) == 2 and {text.casefold() for text in distinct} <= _FLAG_WORDS
    return Profile(name, texts, Look.FLAG if is_flag else Look.CODE)


_FLAG_WORDS = frozenset(
    [
        "yes",
        "no",
        "y",
        "n",
        "true",
        "false",
        "ja",
        "nein",
        "oui",
        "non",
        "si",
        "sì",
        "sí",
        "no",
        "returned",
        "kept",
        "t",
        "f",
    ]
)


def date_formats(distinct: Sequence[str]) -> tuple[str, ...]:
    """The formats in which all but a few texts are moments, none when there is no such format.

    Two formats are both given when no day after the 12th tells day from month.
    """
    if _fits(distinct, ISO):
        return (ISO,)
    fitting = [form for form in _candidates(distinct[0]) if _fits(distinct, form)]
    return tuple(fitting[:2])


def _candidates(text: str) -> list[str]:
    """Formats of the text's own separators."""
    found = re.match(r"^\d+([^\d\s])(?:\d+|[A-Za-z]{3})\1\d+(\s+\d{1,2}:\d{2}(:\d{2})?)?$", text)
    if found is None:
        return []
    mark, clock, seconds = found.group(1), found.group(2), found.group(3)
    days = [
        mark.join(order) for order in (("d", "M", "yyyy"), ("M", "d", "yyyy"), ("yyyy", "M", "d"), ("d", "MMM", "yyyy"))
    ]
    return [day + ((" H:mm:ss" if seconds else " H:mm") if clock else "") for day in days]


def _numeric_look(distinct: Sequence[str], decimal: str, thousands: str) -> Look:
    values = [_number(text, decimal, thousands) for text in distinct]
    whole = all(value == int(value) for value in values if abs(value) != float("inf"))
    if set(values) == {0.0, 1.0}:
        return Look.FLAG
    if not whole:
        return Look.MONEY
    if any(re.match(r"^0\d", text) or "e" in text.lower() for text in distinct):
        return Look.CODE
    few = len(values) <= 100 and max(abs(value) for value in values) <= _MAX_UNITS
    if few and statistics.median(abs(value) for value in values) <= 12:
        return Look.UNITS
    return Look.MONEY if min(values) < 0 or max(values) < 1000 else Look.CODE


def _number(text: str | None, decimal: str, thousands: str) -> float:
    if text is None:
        return float("nan")
    plain = text.strip().replace(thousands, "") if thousands else text.strip()
    try:
        return float(plain.replace(decimal, ".") if decimal != "." else plain)
    except ValueError:
        return float("nan")


def _fits(distinct: Sequence[str], form: str) -> bool:
    return sum(1 for text in distinct if read_moment(text, form) is not None) >= _NEARLY_ALL * len(distinct)
