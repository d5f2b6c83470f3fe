"""What the currencies that a column names mean for a run, which refuses a source that mixes them."""

import re
from collections.abc import Sequence

from domain.drafting.profiles import Profile

_SHOWN = 5


def currency_doubt(column: Profile, sells: Sequence[bool]) -> str:
    """A sentence on several currencies, or on rows that name none; empty where every row that sells names the same."""
    codes = _codes(column, sells)
    if len(codes) > 1:
        return (
            f"'{column.name}' holds {len(codes)} currencies ({', '.join(codes[:_SHOWN])}), and a run refuses a source "
            "that mixes them: convert the amounts, or split the files by currency and map each as a shop of its own."
        )
    empty = sum(1 for text in _sold(column, sells) if not text)
    if not empty or not codes:
        return ""
    code = sole_currency(column, sells)
    if code is None:
        return (
            f"'{column.name}' is empty on {empty:,} rows that sell, which are set aside: if these are in {codes[0]} "
            "too, write its ISO 4217 code as currency."
        )
    return (
        f"'{column.name}' is empty on {empty:,} rows that sell, which are taken to be in {code} as all others are: "
        "where they are not, map these as a shop of their own."
    )


def sole_currency(column: Profile, sells: Sequence[bool]) -> str | None:
    """The one code that a column holds where it is empty on other rows that sell; None where nothing is to fill in."""
    codes = _codes(column, sells)
    is_code = len(codes) == 1 and re.fullmatch("[A-Z]{3}", codes[0])
    return codes[0] if is_code and not all(_sold(column, sells)) else None


def _codes(column: Profile, sells: Sequence[bool]) -> list[str]:
    return sorted({text for text in _sold(column, sells) if text})


def _sold(column: Profile, sells: Sequence[bool]) -> list[str]:
    return [(text or "").strip() for text, is_sold in zip(column.texts, sells, strict=True) if is_sold]
