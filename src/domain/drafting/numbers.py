"""Which marks stand before decimals and between thousands, by the reading that explains most texts."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.drafting.signs import currency_sign
from domain.source.number_format import SPACES, alike, number_pattern, plain_number, without_sign

Pair: TypeAlias = tuple[str, str]  # decimal and thousands mark

_PAIRS: tuple[Pair, ...] = (
    *((".", ""), (",", ""), (".", ","), (",", ".")),  # the plainest first
    *((".", " "), (",", " "), (".", "'"), (",", "'")),
)
_MARKS = re.compile(rf"[.,'\u2019{SPACES}]")
_PLAIN = re.compile(number_pattern(".", ""))
_PATTERNS = {pair: re.compile(number_pattern(*pair)) for pair in _PAIRS}
_BELOW_ONE = {pair: re.compile(rf"[+-]?0[{alike(pair[1])}][0-9]{{3}}") for pair in _PAIRS if pair[1]}
_NEARLY_ALL = 0.98


@dataclass(frozen=True)
class Marks:
    """The marks of numbers.

    Args:
        decimal: before decimals.
        thousands: between thousands; empty for none. A space is any space, an apostrophe a curly one too.
        sign: a currency's or of percent, before or after them; empty for none.
        are_doubtful: whether every mark has three digits after it, so that it may stand between thousands instead.
    """

    decimal: str = "."
    thousands: str = ""
    are_doubtful: bool = False
    sign: str = ""

    def number(self, text: str | None) -> float:
        """The number that a text writes, NaN for none or none that is finite."""
        try:
            value = float(plain_number((text or "").strip(), self.decimal, self.thousands, self.sign))
        except ValueError:
            return math.nan
        return value if math.isfinite(value) else math.nan


def number_marks(texts: Sequence[str], *, of_one_column: bool = True) -> Marks | None:
    """The marks under which most of the texts are numbers, None when fewer than nearly all are.

    One text with two marks (`1.249.900`) or with both (`1,234.50`) decides for all: a reading without thousands would
    set aside just the expensive lines.
    """
    sign = currency_sign(texts)
    bare = [without_sign(text, sign) for text in texts]
    marked = [text for text in bare if _MARKS.search(text)]
    plain = sum(1 for text in bare if not _MARKS.search(text) and _PLAIN.match(text))
    explained = {pair: plain + sum(_writes(pair, text) for text in marked) for pair in _PAIRS}
    best = max(_PAIRS, key=lambda pair: explained[pair])
    if not texts or explained[best] < _NEARLY_ALL * len(texts) or _may_be_names(best, bare):
        return None
    decimal, thousands = best
    rival = (",", ".") if decimal == "." else (".", ",")
    ties = not thousands and explained[rival] == explained[best] and any(_writes(rival, text) for text in marked)
    # Of three decimals none would be 0 at the end and left out elsewhere: then they are thousands.
    if of_one_column and ties and len(marked) < len(bare) and any(text.endswith("0") for text in marked):
        return Marks(*rival, sign=sign)
    return Marks(decimal, thousands, ties, sign)


def fits_marks(texts: Sequence[str], marks: Marks) -> bool:
    """Whether all texts that are numbers in any reading are numbers in this one."""
    sign = currency_sign(texts)
    bare = [without_sign(text, sign) for text in texts]
    pattern = _PATTERNS[marks.decimal, marks.thousands]
    numbers = [text for text in bare if any(other.match(text) for other in _PATTERNS.values())]
    return sign in {"", marks.sign} and all(pattern.match(text) for text in numbers)


def _writes(pair: Pair, text: str) -> bool:
    """Whether a text is a number under these marks; no thousands stand behind a 0."""
    return _PATTERNS[pair].match(text) is not None and not (pair in _BELOW_ONE and _BELOW_ONE[pair].match(text))


def _may_be_names(pair: Pair, texts: Sequence[str]) -> bool:
    """Whether spaces or apostrophes part digits that are as many in every text, as in the number of an article."""
    decimal, thousands = pair
    lengths = {len(text) for text in texts}
    return thousands not in {"", ".", ","} and len(lengths) == 1 and not any(decimal in text for text in texts)
