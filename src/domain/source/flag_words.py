"""Whether the words of a mapping's flag are those that the source writes."""

from collections.abc import Sequence

from domain.errors import MappingError

WORDS_SHOWN = 5
_MOST = 0.5


def are_most_unknown(unknown: int, rows: int) -> bool:
    """Whether more than half of the order rows hold words that the flag does not explain: a mapping that is wrong."""
    return unknown > _MOST * rows


def unknown_words_error(column: str, unknown: int, rows: int, words: Sequence[str]) -> MappingError:
    """The error of such a source: going on would learn from the few rows that are left.

    Args:
        column: of the flag.
        unknown: rows that hold a word which the mapping does not explain.
        rows: of orders in all.
        words: the most frequent of those words.
    """
    shown = ", ".join(f"'{word}'" for word in words[:WORDS_SHOWN])
    return MappingError(
        f"Of {rows:,} rows of orders {unknown:,} hold words in the column '{column}' that [flag] does not explain, "
        f"such as {shown}.",
        "List in [flag] those that mean returned under returned, and under kept those that mean kept, or that nothing "
        "came back yet.",
    )
