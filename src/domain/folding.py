"""Texts without what languages and spreadsheets write differently, so that they can be compared."""

import unicodedata


def folded(text: str) -> str:
    """The text in small letters without accents and other marks; a sharp s is two of them."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if not unicodedata.combining(letter))
