"""Which columns may answer what became of a line, by few words, and how a sentence lists them."""

from collections import Counter
from collections.abc import Iterable

from domain.drafting.names import has_word
from domain.drafting.profiles import Look, Profile
from domain.drafting.words import can_be_done, of_returns, of_sales

# What a name speaks of beside returns, when the column is no answer to whether the line came back.
_REASONS = "reason grund motif motivo"
_OTHER_MATTERS = (
    "method carrier policy window address label country deadline cost fee shipping eligible allowed until "
    "possible date day days"
)
_MAX_WORDS = 24  # of a column that says what became of its lines
_MAX_TEXTS = 200  # of such a column, letter case and spaces included
_SHOWN = 6


def answers(column: Profile) -> tuple[str, ...]:
    """The words of a column that may say what became of a line, the most frequent first; none for other columns."""
    if len(column.distinct) > _MAX_TEXTS:
        return ()
    words = words_of(column)
    if has_word(column.name, _OTHER_MATTERS) or can_be_done(column.name):
        return ()
    if has_word(column.name, _REASONS) and not (any(map(of_returns, words)) and any(map(of_sales, words))):
        return ()  # a reason for a payment may be a sale or a return, one for a return is neither
    may = column.look in {Look.FLAG, Look.CODE} or (column.look is Look.UNITS and len(words) <= 2)
    return words if may and len(words) <= _MAX_WORDS else ()


def words_of(column: Profile) -> tuple[str, ...]:
    """The texts of a column, letter case and spaces around them aside, the most frequent first."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text, count in column.distinct.items():
        if text.strip():
            counts[text.strip().casefold()] += count
            written[text.strip().casefold()] = text.strip()
    return tuple(written[word] for word, _ in counts.most_common())


def rows_of(column: Profile, words: Iterable[str]) -> list[bool]:
    """A row each, whether it holds one of the words."""
    asked = {word.casefold() for word in words}
    held = {text for text in column.distinct if text.strip().casefold() in asked}
    return [text in held for text in column.texts]


def blanks_of(column: Profile) -> int:
    """The rows on which a column is empty."""
    return sum(1 for text in column.texts if text is None or not text.strip())


def speaks_of_other(name: str) -> bool:
    """Whether the name of a column speaks of something about returns rather than of whether there was one."""
    return has_word(name, f"{_OTHER_MATTERS} {_REASONS}") or can_be_done(name)


def in_words(words: Iterable[str]) -> str:
    """The words as a sentence lists them."""
    quoted = [f"'{word}'" for word in words]
    if len(quoted) > _SHOWN + 1:
        quoted = [*quoted[:_SHOWN], f"{len(quoted) - _SHOWN} more"]
    *most, last = quoted
    return f"{', '.join(most)} or {last}" if most else last
