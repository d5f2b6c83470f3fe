"""Which marks stand before decimals and between thousands, by the reading that explains most texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.number_format import number_pattern

Pair: TypeAlias = tuple[str, str]  # decimal and thousands mark

_PAIRS: tuple[Pair, ...] = ((".", ""), (",", ""), (".", ","), (",", "."))  # the plainest first
_PLAIN = re.compile(number_pattern(".", ""))
_PATTERNS = {pair: re.compile(number_pattern(*pair)) for pair in _PAIRS}
_BELOW_ONE = {pair: re.compile(rf"[+-]?0{re.escape(pair[1])}[0-9]{{3}}") for pair in _PAIRS if pair[1]}
_NEARLY_ALL = 0.98


@dataclass(frozen=True)
class Marks:
    """The marks of numbers.

    Args:
        decimal: before decimals.
        thousands: between thousands; empty for none.
        are_doubtful: whether every mark has three digits after it, so that it may stand between thousands instead.
    """

    decimal: str = "."
    thousands: str = ""
    are_doubtful: bool = False


def number_marks(texts: Sequence[str]) -> Marks | None:
    """The marks under which most of the texts are numbers, None when fewer than nearly all are.

    One text with two marks (`1.249.900`) or with both (`1,234.50`) decides for all: a reading without thousands would
    set aside just the expensive lines.
    """
    marked = [text for text in texts if "." in text or "," in text]
    plain = sum(1 for text in texts if "." not in text and "," not in text and _PLAIN.match(text))
    explained = {pair: plain + sum(_writes(pair, text) for text in marked) for pair in _PAIRS}
    best = max(_PAIRS, key=lambda pair: explained[pair])
    if not texts or explained[best] < _NEARLY_ALL * len(texts):
        return None
    decimal, thousands = best
    rival = (",", ".") if decimal == "." else (".", ",")
    ties = not thousands and explained[rival] == explained[best] and any(_writes(rival, text) for text in marked)
    return Marks(decimal, thousands, ties)


def fits_marks(texts: Sequence[str], decimal: str, thousands: str) -> bool:
    """Whether all texts that are numbers in any reading are numbers in this one."""
    pair = (decimal, thousands)
    return all(
        _PATTERNS[pair].match(text) for text in texts if any(pattern.match(text) for pattern in _PATTERNS.values())
    )


def _writes(pair: Pair, text: str) -> bool:
    """Whether a text is a number under these marks; no thousands stand behind a 0."""
    return _PATTERNS[pair].match(text) is not None and not (pair in _BELOW_ONE and _BELOW_ONE[pair].match(text))
