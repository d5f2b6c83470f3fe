"""Which column says that a line came back, and which of its words say so.

Two values alone make no such column: a gift or a newsletter has two as well. Its name or its words must speak of
returns, and a word that cannot be told from its opposite is left to the reader, loudly.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.draft_names import name_rank, split_camel
from domain.draft_profiles import Look, Profile

_YES = "1 1.0 true yes y x t ja j oui o si sì sí s sim"
_NO = "0 0.0 false no n f nein non nao não nee"
_NEGATIONS = (
    "no not non never without nicht kein keine nie pas sans sin não nao niet geen senza "
    "rejected denied declined refused expired"
)
_RETURN = re.compile(
    r"(?P<negated>un|non)?(?:return|refund|retour|r[uü]ck|zur[uü]ck|devuel|devol|rembours|reembols|rimbors|restitu"
    r"|terug|reso$|resi$|rma$)"
)
_KEPT = re.compile(r"kept$|keep|behalt|gardé|conserv|behoud|tenuto$|tenuti$")
_DONE = re.compile(r"complet|deliver|fulfil|sold$|sale$|paid$|closed$|geliefert|livr|entregad|consegnat|geleverd")
_ABLE = re.compile(r"able$|bar$|ible$")
# What a name speaks of beside returns, when the column is no answer to whether the line came back.
_OTHER_MATTERS = (
    "reason method carrier policy window address label country deadline cost fee shipping eligible allowed until "
    "possible date day days grund motif motivo"
)


@dataclass(frozen=True)
class Flag:
    """A column that says whether its line came back.

    Args:
        column: of the flag.
        returned: words that say so.
        kept: words that deny it; the empty one where only returns are marked.
        doubt: what a reader must check before the mapping is run; empty for nothing.
    """

    column: str
    returned: tuple[str, ...]
    kept: tuple[str, ...]
    doubt: str = ""


def find_flag(profiles: Sequence[Profile]) -> Flag | None:
    """The flag of a file, one without doubt before others, or None when no column speaks of returns."""
    found = [(flag, _rank(p.name)) for p in profiles if (flag := _flag(p)) is not None]
    return max(found, key=lambda pair: (not pair[0].doubt, pair[1]))[0] if found else None


def _flag(column: Profile) -> Flag | None:
    words = list({text.strip().casefold(): text.strip() for text in column.distinct if text.strip()}.values())
    blanks = sum(1 for text in column.texts if text is None or not text.strip())
    if column.look not in {Look.FLAG, Look.CODE, Look.UNITS} or not 1 <= len(words) <= 2:
        return None
    is_named = _rank(column.name) > 0
    if _speaks_of_other(column.name) or not (is_named or any(_of_returns(word) for word in words)):
        return None
    means = {word: _meaning(word, column.name) if is_named or _of_returns(word) else _spoken(word) for word in words}
    if len(words) == 1:
        return _marked(column.name, words[0], means[words[0]]) if blanks else None
    return _told_apart(column, means, blanks)


def _marked(column: str, word: str, meaning: int) -> Flag | None:
    """The flag that marks returns alone; a column that marks only what was kept says nothing of the rest."""
    if meaning < 0:
        return None
    doubt = "" if meaning else f"Nothing tells whether '{word}' in '{column}' means that the line came back."
    return Flag(column, (word,), ("",), doubt)


def _told_apart(column: Profile, means: dict[str, int], blanks: int) -> Flag | None:
    """The flag of two words."""
    first, second = sorted(means, key=lambda word: -means[word])
    match means[first], means[second]:
        case (1, -1):
            return Flag(column.name, (first,), (second,), _of_blanks(column.name, blanks))
        case (1, 1):
            return Flag(column.name, (first, second), ("",)) if blanks else None
        case (-1, -1):
            return None
        case (1, 0) if _any_token(_DONE, second):
            return Flag(column.name, (first,), (second,), _of_blanks(column.name, blanks))
        case (0, 0):
            first, second = sorted(means, key=lambda word: column.distinct[word])  # returns are the fewer, mostly
    doubt = f"Nothing tells for certain which word of '{column.name}' means returned: '{first}' is taken for it, "
    return Flag(column.name, (first,), (second,), f"{doubt}'{second}' for kept.")


def _of_blanks(column: str, blanks: int) -> str:
    if not blanks:
        return ""
    return f"'{column}' is empty on {blanks:,} rows, which are set aside; add \"\" to kept if that means kept."


def _meaning(word: str, name: str) -> int:
    """1 for returned, -1 for kept, 0 for a word that says neither, in a column of that name."""
    spoken = _spoken(word)
    if spoken:
        return spoken
    answer = int(word.casefold() in _YES.split()) - int(word.casefold() in _NO.split())
    return -answer if _spoken(" ".join(_tokens(name)).replace("no of ", "")) < 0 else answer


def _spoken(word: str) -> int:
    """What a text says by itself, negations heeded."""
    tokens = _tokens(word)
    is_negated = _is_negated(tokens)
    about = [found for token in tokens if not _ABLE.search(token) and (found := _RETURN.match(token))]
    if about:
        return -1 if is_negated or any(found["negated"] for found in about) else 1
    return -1 if _any_token(_KEPT, word) and not is_negated else 0


def _is_negated(tokens: Sequence[str]) -> bool:
    return not set(tokens).isdisjoint(_NEGATIONS.split())


def _of_returns(word: str) -> bool:
    return any(_RETURN.match(token) and not _ABLE.search(token) for token in _tokens(word))


def _any_token(pattern: re.Pattern[str], word: str) -> bool:
    tokens = _tokens(word)
    return not _is_negated(tokens) and any(pattern.match(token) for token in tokens)


def _rank(name: str) -> int:
    return max(2 * name_rank(name, "flag"), name_rank(name, "returns"))


def _speaks_of_other(name: str) -> bool:
    tokens = _tokens(name)
    return not set(tokens).isdisjoint(_OTHER_MATTERS.split()) or any(_ABLE.search(token) for token in tokens)


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", split_camel(text).casefold())
