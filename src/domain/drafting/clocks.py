"""Whether a column may be a clock of its line, such as its delivery: one often before the order tells nothing.

And which of its days stands for none: a day that most rows have and that lies far from all orders, as 1900-01-01 does.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta

from domain.drafting.dates import agreed
from domain.drafting.profiles import Profile
from domain.source.date_format import read_moment

_USUAL = 0.2  # of the rows, that have a day which stands for none
_FAR = timedelta(days=2 * 365)  # from all days of orders
_BEFORE = 0.05  # of the rows that sell, beyond which a clock is left out; of fewer, a run leaves out the days alone


def clock_doubt(role: str, clock: Profile, order: Profile, sells: Sequence[bool]) -> str:
    """Why a clock is left out: it lies before the order on too many rows that sell; empty where it may stay.

    Args:
        role: of the clock.
        clock: its column.
        order: that of the order's day.
        sells: whether a row does; return rows have a day of their own.
    """
    told, ordered = _days(clock, order), _days(order, clock)
    before = Counter(
        text
        for text, day, is_sold in zip(clock.texts, order.texts, sells, strict=True)
        if is_sold and text is not None and day is not None and _is_before(told[text], ordered[day])
    )
    if before.total() <= _BEFORE * sum(sells):
        return ""
    usual = before.most_common(1)[0][0]
    return (
        f"'{clock.name}' lies before '{order.name}' on {before.total():,} rows, as '{usual}' does, and is left out, "
        f"since it is hardly what it is called: if such days stand for nothing, list them as nulls under "
        f'[format] and write {role} = "{clock.name}".'
    )


def without_placeholder(clock: Profile, order: Profile) -> Profile:
    """A column of days without the one that stands for none, which is among its words for nothing then.

    Args:
        clock: a column of days.
        order: that of the order's day.
    """
    [(text, rows), *_] = [*clock.distinct.most_common(1), ("", 0)]
    days = [day for day in _days(order, clock).values() if day is not None]
    day = _days(clock, order).get(text)
    if rows < _USUAL * len(clock.texts) or day is None or not days:
        return clock
    if min(days) - _FAR <= day <= max(days) + _FAR:
        return clock
    texts = [None if held == text else held for held in clock.texts]
    return replace(clock, texts=texts, nulls=tuple(sorted({*clock.nulls, text.strip()})))


def _days(column: Profile, beside: Profile) -> Mapping[str, date | None]:
    """The days of a column's texts (UTC), in the order of day and month that either column proves."""
    forms = column.formats(agreed(column.dates, beside.dates)[0])
    return {text: _day(text.strip(), forms) for text in column.distinct}


def _day(text: str, forms: Sequence[str]) -> date | None:
    moment = next((found for form in forms if (found := read_moment(text, form)) is not None), None)
    return None if moment is None else (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()


def _is_before(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one < other
