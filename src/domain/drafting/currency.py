"""What a run refuses or sets aside by the currencies that a column names."""

from collections.abc import Sequence

from domain.drafting.profiles import Profile

_SHOWN = 5


def currency_doubt(column: Profile, sells: Sequence[bool]) -> str:
    """A sentence on several currencies, or on rows that name none; empty where every row that sells names the same."""
    sold = [(text or "").strip() for text, is_sold in zip(column.texts, sells, strict=True) if is_sold]
    codes = sorted({text for text in sold if text})
    if len(codes) > 1:
        return (
            f"'{column.name}' holds {len(codes)} currencies ({', '.join(codes[:_SHOWN])}), and a run refuses a source "
            "that mixes them: convert the amounts, or split the files by currency and map each as a shop of its own."
        )
    empty = sum(1 for text in sold if not text)
    if not empty or not codes:
        return ""
    return (
        f"'{column.name}' is empty on {empty:,} rows that sell, which are set aside: if these are in {codes[0]} too, "
        f'write currency = "{codes[0]}".'
    )
