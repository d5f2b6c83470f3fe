"""What the values of a column look like, whatever the column is called."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from domain.draft_absent import absent_words
from domain.draft_dates import date_formats
from domain.draft_numbers import Marks, number_marks

Texts = Sequence[str | None]

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
        texts: a row each, None where absent.
        look: what it may serve as.
        dates: date format, where it holds moments; two when the days do not tell them apart.
        decimal: mark before decimals, where it holds numbers with any.
        thousands: mark between thousands.
        nulls: its words for nothing, whose rows are None in `texts`.
    """

    name: str
    texts: Texts
    look: Look
    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    nulls: tuple[str, ...] = ()

    @cached_property
    def numbers(self) -> list[float]:
        """The numbers a row, NaN where there is none or none that is finite."""
        read = {text: _number(text, self.decimal, self.thousands) for text in set(self.texts)}
        return [read[text] for text in self.texts]

    @cached_property
    def is_numeric(self) -> bool:
        """Whether its first texts are numbers, or absent."""
        seen = zip(self.numbers[:50], self.texts[:50], strict=True)
        return not any(math.isnan(number) for number, text in seen if text is not None)

    @cached_property
    def lowest(self) -> float:
        """The lowest of its numbers, 0 where there is none."""
        return min((number for number in self.numbers if not math.isnan(number)), default=0)

    @cached_property
    def highest(self) -> float:
        """The highest of its numbers, 0 where there is none."""
        return max((number for number in self.numbers if not math.isnan(number)), default=0)

    @cached_property
    def is_negative(self) -> bool:
        """Whether more of its numbers are below 0 than above."""
        return sum(1 for n in self.numbers if n < 0) > sum(1 for n in self.numbers if n > 0)

    @cached_property
    def distinct(self) -> Counter[str]:
        """How often every text stands."""
        return Counter(text for text in self.texts if text is not None)


def profile(name: str, texts: Texts) -> Profile:
    """What a column holds, by most of its distinct values; words for nothing are none of them."""
    counted = [text for text, _ in Counter(texts).most_common() if text is not None and text.strip()]
    nulls = absent_words(name, counted, among_numbers=True)
    found = _numbers_or_moments(name, texts, [text.strip() for text in counted if text not in nulls])
    if found is None:
        nulls = absent_words(name, counted, among_numbers=False)
        words = {text.strip().casefold() for text in counted if text not in nulls}
        found = Profile(name, texts, Look.FLAG if len(words) == 2 and words <= _FLAG_WORDS else Look.CODE)
    if not nulls:
        return found
    present = [None if text in nulls else text for text in texts]
    return replace(found, texts=present, nulls=tuple(sorted({text.strip() for text in nulls})))


def _numbers_or_moments(name: str, texts: Texts, distinct: Sequence[str]) -> Profile | None:
    # Spread over all of them: the first days of a file in order of time are of one month, and tell no day from it.
    head = distinct[:: 1 + len(distinct) // _MANY]
    if not head:
        return Profile(name, texts, Look.EMPTY)
    dates = date_formats(head)
    if dates:
        return Profile(name, texts, Look.MOMENT, dates)
    # The dearest goods are the rarest texts: only all of them tell whether thousands have a mark.
    marks = number_marks(distinct) if number_marks(head) else None
    if marks is None:
        return None
    return Profile(name, texts, _numeric_look(head, marks), (), marks.decimal, marks.thousands)


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


def _numeric_look(distinct: Sequence[str], marks: Marks) -> Look:
    read = [_number(text, marks.decimal, marks.thousands) for text in distinct]
    values = [value for value in read if not math.isnan(value)]
    if not values:
        return Look.CODE
    if set(values) == {0.0, 1.0}:
        return Look.FLAG
    if not all(value == int(value) for value in values):
        return Look.MONEY
    if any(re.match(r"^0\d", text) or "e" in text.lower() for text in distinct):
        return Look.CODE
    few = len(values) <= 100 and max(abs(value) for value in values) <= _MAX_UNITS
    if few and statistics.median(abs(value) for value in values) <= 12:
        return Look.UNITS
    # Nobody writes an identifier with marks between its thousands.
    return Look.MONEY if min(values) < 0 or max(values) < 1000 or marks.thousands else Look.CODE


def _number(text: str | None, decimal: str, thousands: str) -> float:
    if text is None:
        return float("nan")
    plain = text.strip().replace(thousands, "") if thousands else text.strip()
    try:
        value = float(plain.replace(decimal, ".") if decimal != "." else plain)
    except ValueError:
        return float("nan")
    return value if math.isfinite(value) else float("nan")
