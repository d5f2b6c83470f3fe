"""What the values of a column look like, whatever the column is called."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from domain.drafting.absent import absent_words
from domain.drafting.dates import date_formats, further_formats, in_order_of, mixed_formats
from domain.drafting.identifiers import names_identifier, says_only
from domain.drafting.names import looks_like_sizes, name_rank, names_amount
from domain.drafting.numbers import Marks, number_marks
from domain.source.number_format import PERCENT

Texts = Sequence[str | None]


_MANY = 5000  # distinct values that are looked at
_FEW_UNITS = 12  # that half of the rows with any do not exceed
_MAX_UNITS = 1000  # that nearly none exceeds
_NEARLY_ALL = 0.99


class Look(StrEnum):
    """What a column may serve as, by its values."""

    MOMENT = "moment"
    FLAG = "flag"
    UNITS = "units"
    MONEY = "money"
    SHARE = "share"  # numbers beside a percent sign
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
        further: formats of moments that are written in another way than most.
        decimal: mark before decimals, where it holds numbers with any.
        thousands: mark between thousands.
        sign: of a currency or of percent, beside its numbers.
        nulls: its words for nothing, whose rows are None in `texts`.
    """

    name: str
    texts: Texts
    look: Look
    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    sign: str = ""
    nulls: tuple[str, ...] = ()
    further: tuple[str, ...] = ()

    def formats(self, first: str) -> tuple[str, ...]:
        """All formats of its moments, where most have the first."""
        return (first, *in_order_of(first, self.further))

    @cached_property
    def numbers(self) -> list[float]:
        """The numbers a row, NaN where there is none or none that is finite."""
        marks = Marks(self.decimal, self.thousands, sign=self.sign)
        read = {text: marks.number(text) for text in set(self.texts)}
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
    """What a column holds, by most of its distinct values; blanks and words for nothing are none of them."""
    texts = [text if text is not None and text.strip() else None for text in texts]
    rows = Counter(texts)
    counted = [text for text, _ in rows.most_common() if text is not None]
    nulls = absent_words(name, counted, among_numbers=True)
    stripped: Counter[str] = Counter()
    for text in counted:
        if text not in nulls:
            stripped[text.strip()] += rows[text]
    found = _numbers_or_moments(name, texts, stripped)
    if found is None:
        nulls = absent_words(name, counted, among_numbers=False)
        words = {text.strip().casefold() for text in counted if text not in nulls}
        found = Profile(name, texts, Look.FLAG if len(words) == 2 and words <= _FLAG_WORDS else Look.CODE)
    if not nulls:
        return found
    present = [None if text in nulls else text for text in texts]
    return replace(found, texts=present, nulls=tuple(sorted({text.strip() for text in nulls})))


def _numbers_or_moments(name: str, texts: Texts, rows: Mapping[str, int]) -> Profile | None:
    distinct = list(rows)
    # Spread over all of them: the first days of a file in order of time are of one month, and tell no day from it.
    head = distinct[:: 1 + len(distinct) // _MANY]
    if not head:
        return Profile(name, texts, Look.EMPTY)
    dates = date_formats(head, name)
    dates, further = (dates, further_formats(head, dates[0])) if dates else mixed_formats(head)
    if dates:
        return Profile(name, texts, Look.MOMENT, dates, further=further)
    # The dearest goods are the rarest texts: only all of them tell whether thousands have a mark.
    marks = number_marks(distinct) if number_marks(head) else None
    if marks is None:
        return None
    look = _numeric_look(name, {text: rows[text] for text in head}, marks)
    return Profile(name, texts, look, (), marks.decimal, marks.thousands, marks.sign)


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


def _numeric_look(name: str, rows: Mapping[str, int], marks: Marks) -> Look:
    """The look of numbers, of which `rows` says how often each stands."""
    counted: Counter[float] = Counter()
    for text, times in rows.items():
        if not math.isnan(value := marks.number(text)):
            counted[value] += times
    if not counted:
        return Look.CODE
    if marks.sign:
        return Look.SHARE if marks.sign == PERCENT else Look.MONEY
    if set(counted) == {0.0, 1.0}:
        return Look.FLAG
    if _are_sizes(name, list(rows)):
        return Look.CODE
    if not all(value == int(value) for value in counted):
        return Look.MONEY
    return _whole_look(name, list(rows), counted, marks)


def _whole_look(name: str, texts: list[str], counted: Mapping[float, int], marks: Marks) -> Look:
    """The look of whole numbers: units, amounts and identifiers may all be any, so that a name that speaks decides."""
    if any(re.match(r"^0\d", text) or "e" in text.lower() for text in texts):
        return Look.CODE
    # Nobody writes an identifier with marks between its thousands, or below 0.
    may_identify = not marks.thousands and min(counted) >= 0
    if may_identify and names_identifier(name):
        return Look.CODE
    if _counts_units(counted) or _names_units(name):
        return Look.UNITS
    is_amount = not may_identify or max(counted) < 1000 or names_amount(name)
    return Look.MONEY if is_amount else Look.CODE


def _counts_units(counted: Mapping[float, int]) -> bool:
    """Whether most rows that hold anything hold a small whole number, and nearly all one that is not large."""
    held = [(abs(value), times) for value, times in counted.items() if value]
    rows = sum(times for _, times in held)
    few = sum(times for value, times in held if value <= _FEW_UNITS)
    unlikely = sum(times for value, times in held if value > _MAX_UNITS)
    return 2 * few >= rows and unlikely <= (1 - _NEARLY_ALL) * rows


def _names_units(name: str) -> bool:
    return name_rank(name, "quantity") > 0 and not names_amount(name)


def _are_sizes(name: str, texts: list[str]) -> bool:
    """Whether numbers are sizes: a name says just that, or says it among other words and the numbers agree."""
    if not name_rank(name, "size") or name_rank(name, "quantity") or name_rank(name, "order_id"):
        return False
    return says_only(name, "size") or looks_like_sizes(texts)
