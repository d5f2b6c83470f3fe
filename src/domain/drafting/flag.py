"""Which column says that a line came back, and which of its words say so.

Values alone make no such column: a gift or a newsletter has two as well. Its name or its words must speak of
returns, and a word that cannot be told from its opposite is left to the reader, loudly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.drafting.answers import answers, blanks_of, in_words, rows_of, speaks_of_other
from domain.drafting.names import name_rank
from domain.drafting.profiles import Profile
from domain.drafting.quantity import counting, is_whole, quantity_of, quantity_rank, sold_rank, speaks_of_amounts
from domain.drafting.return_day import find_return_day, has_day
from domain.drafting.words import (
    Sense,
    denies,
    in_part,
    is_unsettled,
    meaning,
    of_returns,
    of_sales,
    says_nothing,
    sense,
    speaks_of_returns,
    spoken,
)

_NEARLY_ALL = 0.98


@dataclass(frozen=True)
class Flag:
    """What on a line says that it came back.

    Args:
        column: of the word that says it; None where units or a day tell.
        returned: words that say so.
        kept: words that deny it; the empty one where only returns are marked.
        doubt: what a reader must check before the mapping is run; empty for nothing.
        quantity: column of the returned units.
        negative: whether they are written below 0.
        returned_at: column of the day of the return.
    """

    column: str | None = None
    returned: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    doubt: str = ""
    quantity: str | None = None
    negative: bool = False
    returned_at: str | None = None


def find_flag(profiles: Sequence[Profile], ordered_at: str = "", quantity: str | None = None) -> Flag | None:
    """The flag of a file, one without doubt before others, or None when no column speaks of returns.

    Args:
        profiles: of every column.
        ordered_at: the column of the day of the order.
        quantity: the column of units sold; None where only a name can tell it.
    """
    units = [p for p in counting(profiles) if sold_rank(p.name)]
    sold = next((p for p in profiles if p.name == quantity), None) or quantity_of(units)
    given = [(flag, p.name) for p in profiles if (flag := _counted(p, sold) or _flag(p)) is not None]
    best = max(given, key=lambda pair: (not pair[0].doubt, _rank(pair[1])))[0] if given else None
    by_name = {p.name: p for p in profiles}
    day = find_return_day(by_name, ordered_at, None if best is None else came_back(best, by_name))
    if day is None:
        return best
    if best is not None and best.column is not None:
        best = _flag(by_name[best.column], day)
    return replace(best or Flag(), returned_at=day)


def came_back(flag: Flag, profiles: Mapping[str, Profile]) -> list[bool | None]:
    """A row each, whether it came back; None where its word says neither."""
    if flag.column is not None:
        words = {word.casefold(): True for word in flag.returned} | {word.casefold(): False for word in flag.kept}
        return [words.get((text or "").strip().casefold()) for text in profiles[flag.column].texts]
    if flag.quantity is not None:
        return [abs(units) > 0 for units in profiles[flag.quantity].numbers]
    return [*has_day(profiles[flag.returned_at or ""])]


def _flag(column: Profile, day: str = "") -> Flag | None:
    """The flag of a column of words, where `day` is the column of the day of the return if there is one."""
    words = answers(column)
    is_named = speaks_of_returns(column.name)
    if not words or not (is_named or any(of_returns(word) for word in words)):
        return None
    if len(words) > 2:
        return _sorted_out(column, words, day)
    means = {word: meaning(word, column.name) if is_named or of_returns(word) else spoken(word) for word in words}
    if len(words) == 1:
        return _marked(column.name, words[0], means[words[0]]) if blanks_of(column) else None
    return _told_apart(column, means, blanks_of(column))


def _marked(column: str, word: str, meant: int) -> Flag | None:
    """The flag that marks returns alone; a column that marks only what was kept says nothing of the rest."""
    if meant < 0:
        return None
    doubt = "" if meant else f"Nothing tells whether '{word}' in '{column}' means that the line came back."
    return Flag(column, (word,), ("",), doubt)


def _told_apart(column: Profile, means: dict[str, int], blanks: int) -> Flag | None:
    """The flag of two words."""
    first, second = sorted(means, key=lambda word: -means[word])
    match means[first], means[second]:
        case (1, -1):
            return _with_blanks(Flag(column.name, (first,), (second,)), blanks)
        case (1, 1):
            return Flag(column.name, (first, second), ("",)) if blanks else None
        case (-1, -1):
            return None
        case (1, 0) if of_sales(second):
            return _with_blanks(Flag(column.name, (first,), (second,)), blanks)
        case (0, 0):
            first, second = sorted(means, key=lambda word: column.distinct[word])  # returns are the fewer, mostly
    doubt = f"Nothing tells for certain which word of '{column.name}' means returned: '{first}' is taken for it, "
    return _with_blanks(Flag(column.name, (first,), (second,), f"{doubt}'{second}' for kept."), blanks)


def _sorted_out(column: Profile, words: Sequence[str], day: str) -> Flag | None:
    """The flag of three words or more, of which some may say neither that a line came back nor that it stayed."""
    by_sense = {asked: tuple(word for word in words if sense(word, column.name) is asked) for asked in Sense}
    returned, kept, ended = by_sense[Sense.RETURNED], by_sense[Sense.KEPT], by_sense[Sense.ENDED]
    blanks, guessed = blanks_of(column), ""
    if not returned and any(denies(word) for word in kept):
        returned, guessed = ended, "returned"
    elif not kept and blanks:
        kept = ("",)
    elif not kept:
        kept, guessed = ended, "kept"
    if not returned or not kept:
        return None
    flag = _with_blanks(Flag(column.name, returned, kept), blanks)
    left = [word for word in words if word not in {*returned, *kept}]
    # With a day, what is not settled yet did not come back yet; without one its word may still turn into either.
    still = tuple(word for word in left if day and is_unsettled(word))
    doubts = (
        _of_guess(column.name, ended, guessed),
        _of_parts(returned),
        _of_unsettled(column.name, still, day),
        _of_rest(column, [word for word in left if word not in still]),
        flag.doubt,
    )
    return replace(flag, kept=(*flag.kept, *still), doubt=" ".join(doubt for doubt in doubts if doubt))


def _counted(column: Profile, sold: Profile | None) -> Flag | None:
    """The flag of a column that counts how many units of its line came back."""
    if sold is None or sold is column or not _counts_returned(column, sold):
        return None
    some = sum(1 for units in column.numbers if abs(units) > 0)
    return Flag(quantity=column.name, negative=column.lowest < 0) if 0 < some < len(column.texts) else None


def _counts_returned(column: Profile, sold: Profile) -> bool:
    """Whether a column of returns holds more than yes and no: whole numbers, hardly ever above the units sold."""
    name = column.name
    if not speaks_of_returns(name) or speaks_of_other(name) or speaks_of_amounts(name) or not is_whole(column):
        return False
    may_be_several = max(abs(column.lowest), column.highest) > 1 or (quantity_rank(name) and sold.highest > 1)
    return bool(may_be_several) and _within(column, sold)


def _within(column: Profile, sold: Profile) -> bool:
    """Whether some units came back, of one sign, and hardly ever more than were sold where any were."""
    pairs = [(back, of) for back, of in zip(column.numbers, sold.numbers, strict=True) if abs(back) > 0 < of]
    held = sum(1 for back, of in pairs if abs(back) <= of)
    return not column.lowest < 0 < column.highest and bool(pairs) and held >= _NEARLY_ALL * len(pairs)


def _with_blanks(flag: Flag, blanks: int) -> Flag:
    """The flag with what becomes of rows that say nothing: a word for nothing stands for them too."""
    if any(says_nothing(word) for word in flag.kept):
        return replace(flag, kept=(*flag.kept, ""))
    if not blanks or "" in flag.kept:
        return flag
    return replace(flag, doubt=f"{flag.doubt} {blanks_doubt(flag.column or '', blanks)}".strip())


def blanks_doubt(column: str, blanks: int) -> str:
    """What becomes of rows that say nothing."""
    return f"'{column}' is empty on {blanks:,} rows, which are set aside; add \"\" to kept if that means kept."


def _of_guess(column: str, ended: Sequence[str], guessed: str) -> str:
    if not guessed or not ended:
        return ""
    return f"Nothing tells for certain that {in_words(ended)} in '{column}' means {guessed}, for which it is taken."


def _of_parts(returned: Sequence[str]) -> str:
    parts = [word for word in returned if in_part(word)]
    return f"A line that is {in_words(parts)} counts as returned as a whole." if parts else ""


def _of_unsettled(column: str, still: Sequence[str], day: str) -> str:
    if not still:
        return ""
    return f"A line whose '{column}' is {in_words(still)} counts as kept until '{day}' says when it came back."


def _of_rest(column: Profile, left: Sequence[str]) -> str:
    """What becomes of words that say neither."""
    if not left:
        return ""
    rows = sum(rows_of(column, left))
    newest = ", and may be just the newest" if any(is_unsettled(word) for word in left) else ""
    return (
        f"{in_words(left)} in '{column.name}' says neither that a line came back nor that it was kept: these {rows:,} "
        f"rows are set aside and counted, but neither learned from nor scored{newest}: list such words under returned "
        f"or kept if their lines are to be."
    )


def _rank(name: str) -> int:
    return max(2 * name_rank(name, "flag"), name_rank(name, "returns"))
