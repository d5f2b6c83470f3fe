"""What to say of a role that no column of a file can have: which column was probably meant, and what it holds."""

from collections.abc import Mapping, Sequence

from domain.drafting.names import name_rank, speaks_of_moment
from domain.errors import SourceError

BY_HAND = "Write the mapping by hand: docs/mapping.md."
_SHOWN_LETTERS = 40
_REMEDIES = {
    "price": "If that is the price, write it as 1234.50 in the file, all of it in one currency.",
    "day": "If that is the day, write it as 2023-01-31 in the file, or write the mapping by hand with its format among "
    "the dates of [format]: docs/mapping.md.",
}


def no_column(path: str, claim: str, role: str, columns: Mapping[str, Sequence[str | None]]) -> SourceError:
    """The error that no column has a role, naming the one whose name speaks most of it and a text of it.

    Args:
        path: the file.
        claim: what no column can be, such as "the day of the order".
        role: of `draft_names`.
        columns: the file's texts.
    """
    sentence = f"In '{path}' no column can be {claim}"
    kind = "day" if role.endswith("_at") else role
    named = _likeliest(role, columns)
    if named is None:
        elsewhere = (
            f"No name of a column speaks of a {kind} either: if another file holds it, join it to this one first."
        )
        return SourceError(f"{sentence}.", f"{elsewhere} {BY_HAND}")
    name, text = named
    held = text if len(text) <= _SHOWN_LETTERS else f"{text[:_SHOWN_LETTERS]}..."
    return SourceError(
        f"{sentence}: '{name}' is called so, but holds texts such as '{held}', which cannot be read as one.",
        _REMEDIES.get(kind, BY_HAND),
    )


def _likeliest(role: str, columns: Mapping[str, Sequence[str | None]]) -> tuple[str, str] | None:
    """The column whose name speaks most of a role, with its first text."""
    ranks = {name: _rank(name, role) for name in columns}
    for name in sorted(ranks, key=lambda name: -ranks[name]):
        text = next((text.strip() for text in columns[name] if text and text.strip()), None)
        if ranks[name] and text is not None:
            return name, text
    return None


def _rank(name: str, role: str) -> int:
    """How much a name speaks of a role: any day, where none is called that of the role."""
    return 2 * name_rank(name, role) or int(role.endswith("_at") and speaks_of_moment(name))
