"""How a source writes its numbers, as patterns that every engine reads alike."""

import re
from decimal import Decimal

from domain.money import rounded

# Digits after the mark that are kept; further ones are rounded half up.
NUMBER_PLACES = 10
MAX_NUMBER = Decimal(10) ** 18
NOT_FINITE = r"^[+-]?(?i:nan|inf|infinity)$"


def number_pattern(decimal: str, thousands: str) -> str:
    """A regular expression of whole texts that are numbers; groups of thousands must have three digits."""
    mark, group = re.escape(decimal), re.escape(thousands)
    whole = rf"([0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+)" if thousands else "[0-9]+"
    return rf"^[+-]?({whole}({mark}[0-9]*)?|{mark}[0-9]+)([eE][+-]?[0-9]{{1,3}})?$"


def read_number(text: str, decimal: str, thousands: str) -> Decimal | None:
    """The number that `text` writes, rounded to 10 places; None when it is none or too large to hold."""
    if re.fullmatch(number_pattern(decimal, thousands), text) is None:
        return None
    plain = text.replace(thousands, "") if thousands else text
    value = Decimal(plain.replace(decimal, "."))
    if value.is_zero() or value.adjusted() < -NUMBER_PLACES - 1:
        return Decimal(0)
    if value.adjusted() >= MAX_NUMBER.adjusted():
        return None
    return rounded(value, NUMBER_PLACES)
