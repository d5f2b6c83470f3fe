"""How a source writes its numbers, as patterns that every engine reads alike."""

import re
from decimal import Decimal

from domain.errors import MappingError
from domain.source.money import rounded

# Digits after the mark that are kept; further ones are rounded half up.
NUMBER_PLACES = 10
MAX_NUMBER = Decimal(10) ** 18
NOT_FINITE = r"^[+-]?(?i:nan|inf|infinity)$"
SPACES = " \u00a0\u202f\u2009"  # plain, no-break, narrow and thin: what a screen shows as a gap
PERCENT = "%"  # stands beside shares where a currency stands beside amounts
_APOSTROPHES = "'\u2019"
_ALIKE = (SPACES, _APOSTROPHES)
_LONGEST_SIGN = 4


def check_sign(sign: str) -> None:
    """Refuse a currency's sign that cannot be told from the number beside it; raises MappingError."""
    if sign and (len(sign) > _LONGEST_SIGN or re.search(r"[\s\d+'\u2019,-]|^[.eE]+$", sign)):
        raise MappingError(
            f"The currency sign '{sign}' cannot be told from the number beside it.",
            "Write what stands at the amounts, such as '$', '€', 'CHF' or 'kr.', without spaces or digits.",
        )


def alike(thousands: str) -> str:
    """What a mark between thousands stands for: a space is any space, an apostrophe a straight or a curly one."""
    return next((marks for marks in _ALIKE if thousands and thousands in marks), thousands)


def number_pattern(decimal: str, thousands: str, sign: str = "") -> str:
    """A regular expression of whole texts that are numbers.

    Groups of thousands must have three digits; a currency's sign may stand before or after, with a space or without.
    """
    mark, group = re.escape(decimal), f"[{re.escape(alike(thousands))}]"
    whole = rf"([0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+)" if thousands else "[0-9]+"
    number = rf"({whole}({mark}[0-9]*)?|{mark}[0-9]+)([eE][+-]?[0-9]{{1,3}})?"
    if not sign:
        return rf"^[+-]?{number}$"
    beside, gap = re.escape(sign), f"[{SPACES}]?"
    return rf"^(({beside}{gap}[+-]?|[+-]{beside}{gap}){number}|[+-]?{number}({gap}{beside})?)$"


def sign_pattern(sign: str) -> str:
    """A regular expression of a currency's sign at either end of a number, whose first group is what stays."""
    beside = re.escape(sign)
    return rf"^([+-]?){beside}[{SPACES}]?|[{SPACES}]?{beside}$"


def without_sign(text: str, sign: str) -> str:
    """A number without the currency's sign before or after it."""
    return re.sub(sign_pattern(sign), r"\1", text) if sign else text


def plain_number(text: str, decimal: str, thousands: str, sign: str = "") -> str:
    """A number without its sign and marks of thousands, with a point before decimals."""
    bare = without_sign(text, sign).translate(dict.fromkeys(map(ord, alike(thousands))))
    return bare.replace(decimal, ".")


def read_number(text: str, decimal: str, thousands: str, sign: str = "") -> Decimal | None:
    """The number that `text` writes, rounded to 10 places; None when it is none or too large to hold."""
    if re.fullmatch(number_pattern(decimal, thousands, sign), text) is None:
        return None
    value = Decimal(plain_number(text, decimal, thousands, sign))
    if value.is_zero() or value.adjusted() < -NUMBER_PLACES - 1:
        return Decimal(0)
    if value.adjusted() >= MAX_NUMBER.adjusted():
        return None
    return rounded(value, NUMBER_PLACES)
