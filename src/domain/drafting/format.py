"""How a draft says that its files are written: the tables `[format]` and `[returns_format]`."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.drafting.numbers import Marks, fits_marks, number_marks
from domain.drafting.profiles import Look, Profile
from domain.source.date_format import read_moment

_LOOKED_AT = 5000  # texts of a column, more or less

Style: TypeAlias = tuple[str, str]  # delimiter and encoding


@dataclass(frozen=True)
class Writing:
    """How a file is written.

    Args:
        style: delimiter and encoding.
        dates: formats of its moments.
        marks: of its numbers.
        nulls: words that stand for nothing.
    """

    style: Style
    dates: tuple[str, ...]
    marks: Marks
    nulls: tuple[str, ...] = ()


def writing_of(style: Style, dates: str, columns: Sequence[Profile]) -> Writing:
    """The writing of a file whose columns of these profiles are used."""
    nulls = tuple(sorted({word for column in columns for word in column.nulls}))
    return Writing(style, _formats(dates, columns), _marks([c for c in columns if _is_number(c)]), nulls)


def writing_beside(orders: Writing, style: Style, dates: str, columns: Sequence[Profile]) -> Writing:
    """The writing of a file beside that of the orders, whose marks it has unless its numbers refute them."""
    numbers = [column for column in columns if _is_number(column)]
    texts = [text.strip() for column in numbers for text in column.distinct]
    is_alike = fits_marks(texts, orders.marks)
    nulls = {word for column in columns for word in column.nulls}
    return Writing(
        style,
        _formats(dates, columns),
        orders.marks if is_alike else _marks(numbers),
        orders.nulls if nulls <= set(orders.nulls) else tuple(sorted(nulls)),
    )


def format_lines(writing: Writing, dates_comment: str = "") -> Iterator[str]:
    """The keys of a format's table."""
    delimiter, encoding = writing.style
    if delimiter != ",":
        yield f"delimiter = {json.dumps(delimiter)}"
    if encoding != "utf-8":
        yield f"encoding = {json.dumps(encoding)}"
    if writing.marks.decimal != ".":
        yield f"decimal = {json.dumps(writing.marks.decimal)}"
    if writing.marks.thousands:
        yield f"thousands = {json.dumps(writing.marks.thousands)}"
    if writing.marks.sign:
        yield f"currency_sign = {json.dumps(writing.marks.sign, ensure_ascii=False)}  # beside amounts"
    yield f"dates = [{', '.join(json.dumps(form, ensure_ascii=False) for form in writing.dates)}]{dates_comment}"
    if writing.nulls:
        listed = ", ".join(json.dumps(word, ensure_ascii=False) for word in writing.nulls)
        yield f"nulls = [{listed}]  # absent in every column: check"


def format_doubts(writing: Writing, columns: Sequence[Profile]) -> Iterator[str]:
    """What a reader must check of the marks and of the ways of writing moments."""
    marks = writing.marks
    for column in columns:
        usual = next((form for form in writing.dates if form in column.dates), None)
        if usual is not None and (doubt := mixed_doubt(column, usual)):
            yield doubt
    if marks.are_doubtful:
        yield (
            f"Every number with a '{marks.decimal}' has three digits after it, so that it may stand between thousands: "
            f"then write {_other(marks.decimal)} under [format]."
        )
    for column in columns:
        if _is_number(column) and marks.thousands and column.decimal == marks.thousands:
            example = next((text for text in column.distinct if marks.thousands in text), None)
            if example is not None:
                yield f"'{column.name}' holds '{example}', whose '{marks.thousands}' is read as a mark of thousands."


def mixed_doubt(column: Profile, first: str) -> str:
    """What a reader must check of a column whose moments are written in several ways; empty for one way."""
    formats = column.formats(first)
    if len(formats) == 1:
        return ""
    return (
        f"'{column.name}' is written in {len(formats)} ways ({', '.join(formats)}): check that day and month stand in "
        "one order in all of them."
    )


def _formats(first: str, columns: Sequence[Profile]) -> tuple[str, ...]:
    """The first format and those of columns that are written otherwise, where no text can be read in both."""
    formats = [first]
    moments = [column for column in columns if column.look is Look.MOMENT and column.dates]
    for column in moments:
        usual = next((form for form in column.dates if form in formats), column.dates[0])
        for form in column.formats(usual):
            if form not in formats and not any(_reads_both(form, other, moments) for other in formats):
                formats.append(form)
    return tuple(formats)


def _reads_both(form: str, other: str, columns: Sequence[Profile]) -> bool:
    """Whether a text is a moment in both formats."""
    return any(_is_moment(text, form) and _is_moment(text, other) for column in columns for text in _some(column))


def _some(column: Profile) -> Sequence[str]:
    texts = list(column.distinct)
    return texts[:: 1 + len(texts) // _LOOKED_AT]


def _is_moment(text: str, form: str) -> bool:
    return read_moment(text.strip(), form) is not None


def _other(decimal: str) -> str:
    return 'decimal = "," and thousands = "."' if decimal == "." else 'decimal = "." and thousands = ","'


def _marks(columns: Sequence[Profile]) -> Marks:
    """The marks of all numbers together: what one column leaves open another often tells."""
    texts = list({text.strip() for column in columns for text in column.distinct})
    together = number_marks(texts, of_one_column=False)
    told = next((column for column in columns if column.thousands), None)
    if together is not None and together.are_doubtful and told is not None:
        return Marks(told.decimal, told.thousands, sign=together.sign)
    if together is not None:
        return together
    decimal = next((column.decimal for column in columns if column.decimal != "."), ".")
    thousands = next((column.thousands for column in columns if column.thousands not in {"", decimal}), "")
    return Marks(decimal, thousands)


def _is_number(column: Profile) -> bool:
    return column.look in {Look.MONEY, Look.UNITS} or (column.look is Look.FLAG and column.is_numeric)
