"""The name somebody probably meant, for errors that name it."""

import difflib
from collections.abc import Iterable

from domain.folding import folded


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, letter case, accents and punctuation aside, or None when nothing is near."""
    candidates = list(known)
    exact = [candidate for candidate in candidates if _plain(candidate) == _plain(name)]
    if exact:
        return exact[0]
    plain = {_plain(candidate): candidate for candidate in reversed(candidates)}
    found = difflib.get_close_matches(_plain(name), list(plain), n=1, cutoff=0.5)
    return plain[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """A remedy: the nearest known name where there is one, else all of them."""
    candidates = list(known)
    found = nearest(name, candidates)
    return f"Did you mean '{found}'?" if found else f"Known are: {', '.join(candidates) or 'none'}."


def _plain(name: str) -> str:
    return "".join(letter for letter in folded(name) if letter.isalnum())
