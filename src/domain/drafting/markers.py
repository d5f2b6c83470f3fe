"""Which text tells the rows of returns from those of sales: a letter before a number, or a word of a type."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.drafting.answers import answers, blanks_of, in_words, rows_of
from domain.drafting.own_rows import Evidence, own_rows, turns_price
from domain.drafting.profiles import Look, Profile
from domain.drafting.words import Sense, of_sales, sense

_TYPES = 12  # words of a column of types of rows
_RARE = 0.5  # of the rows, beyond which a word is no return


@dataclass(frozen=True)
class Marker:
    """A text that tells return rows.

    Args:
        column: of the text.
        prefix: that the text of a return row begins with.
        returns: a row each, whether it does.
        why: the evidence, for a reader.
        doubt: what a reader must check before the mapping is run; empty for nothing.
    """

    column: str
    prefix: str
    returns: Sequence[bool]
    why: str
    doubt: str = ""


def lettered(profiles: Sequence[Profile], quantity: Profile) -> Iterator[Marker]:
    """Texts that begin with one letter on some rows and with a digit on most others, and units of the other sign."""
    for column in profiles:
        if column.look is not Look.CODE or len(column.distinct) < 20:
            continue
        letters = {text[0] for text in column.distinct if text[0].isalpha() and text[1:2].isdigit()}
        digits = sum(n for text, n in column.distinct.items() if text[0].isdigit())
        if len(letters) != 1 or digits < 0.5 * len(column.texts):
            continue
        prefix = letters.pop()
        returns = [text is not None and text.startswith(prefix) for text in column.texts]
        turned = sum(units < 0 for back, units in zip(returns, quantity.numbers, strict=True) if back)
        if turned > 0.9 * sum(returns):
            why = f"'{column.name}' begins with {prefix} on {sum(returns):,} rows, whose units are below 0"
            yield Marker(column.name, prefix, returns, why)


def typed(profiles: Sequence[Profile], quantity: Profile) -> Iterator[Marker | str]:
    """Words for a type of row that return what other rows sold; or why they may, where nothing tells so for certain."""
    for column in profiles:
        words = answers(column)
        returned = [word for word in words if sense(word, column.name) is Sense.RETURNED]
        if returned and (len(returned) < len(words) or blanks_of(column)):
            yield from _spoken(column, returned, own_rows(profiles, quantity, rows_of(column, returned)))
        elif not returned and 2 <= len(words) <= _TYPES:
            yield from _unspoken(column, words, profiles, quantity)


def _spoken(column: Profile, returned: Sequence[str], evidence: Evidence) -> Iterator[Marker | str]:
    if evidence.why:
        yield _of_words(column, returned, evidence.why)
    elif evidence.doubt:
        yield (
            f"Most rows whose '{column.name}' is {in_words(returned)} {evidence.doubt}: if they return what that one "
            f'sold, rather than being sales that came back, write shape = "rows" and, instead of [flag], the table '
            f'[return_rows] with told_by = "marker".'
        )


def _unspoken(
    column: Profile, words: Sequence[str], profiles: Sequence[Profile], quantity: Profile
) -> Iterator[Marker]:
    """A word that speaks of no return, on whose rows alone what was sold stands below 0."""
    for word in words:
        returns = rows_of(column, [word])
        if sum(returns) > _RARE * len(returns):
            continue
        turned = next((p for p in profiles if p is not quantity and turns_price(p, profiles, quantity, returns)), None)
        if turned is not None:
            doubt = (
                f"Rows whose '{column.name}' is '{word}' are taken for returns, as '{turned.name}' is below 0 on them "
                f"alone: check that they are none that were called off before they were sent."
            )
            yield _of_words(column, [word], f"whose '{turned.name}' is below 0", doubt)


def _of_words(column: Profile, returned: Sequence[str], evidence: str, check: str = "") -> Marker:
    asked = {word.casefold() for word in returned}
    back = {text: n for text, n in column.distinct.items() if text.strip().casefold() in asked}
    others = [text for text in column.distinct if text not in back]
    prefix = _prefix(back, others)
    returns = [text is not None and text.startswith(prefix) for text in column.texts]
    why = f"'{column.name}' begins with {prefix} on {sum(returns):,} rows, {evidence}"
    doubts = (check, _of_missed(column.name, prefix, back, others), _of_others(column, others))
    return Marker(column.name, prefix, returns, why, " ".join(doubt for doubt in doubts if doubt))


def _prefix(back: dict[str, int], others: Sequence[str]) -> str:
    """What all texts of returns begin with and no other does, else the most frequent of them."""
    shortest = min(back, key=len)
    lengths = range(len(shortest), 0, -1)
    common = next((shortest[:n] for n in lengths if all(text.startswith(shortest[:n]) for text in back)), "").rstrip()
    if common and not any(text.startswith(common) for text in others):
        return common
    return max(back, key=lambda text: back[text])


def _of_missed(column: str, prefix: str, back: dict[str, int], others: Sequence[str]) -> str:
    """What one prefix cannot tell."""
    missed = [text for text in back if not text.startswith(prefix)]
    hit = [text for text in others if text.startswith(prefix)]
    said = [
        f"{in_words(texts)} in '{column}' {how}"
        for texts, how in (
            (missed, f"does not begin with '{prefix}', and is read as a sale"),
            (hit, f"begins with '{prefix}', and is read as a return"),
        )
        if texts
    ]
    return f"{'; '.join(said)}: write one word for all returns in the file." if said else ""


def _of_others(column: Profile, others: Sequence[str]) -> str:
    """Words that are neither the most frequent one, which sells, nor speak of a sale."""
    _usual, *rest = sorted(others, key=lambda text: -column.distinct[text]) or [""]
    left = [text for text in rest if text.strip() and not of_sales(text)]
    if not left:
        return ""
    rows = sum(column.distinct[text] for text in left)
    return (
        f"The {rows:,} rows whose '{column.name}' is {in_words(left)} are read as sales: take them out of the file "
        f"if they are none."
    )
