"""Texts to values: the fields of a row read as the domain says, a bad text giving null and never an error.

For every field `f` the frame gets `f__text` (what the source wrote, null when absent), `f` (its value) and, for
moments with several formats, `f__readings`. Numbers are decimals of ten places, moments are UTC. A day written without
an hour is that day whatever the time zone: midnight there would often be the day before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from adapters.spark.ingest.read import SourceRows
from domain.source.date_format import EPOCH, EPOCH_PATTERNS, ISO, ISO_PATTERN, date_parts, date_pattern
from domain.source.fields import Reading, SourceField
from domain.source.mapping_parts import TextFormat
from domain.source.number_format import SPACES, alike, number_pattern, sign_pattern
from domain.source.quality import BLANK

NUMBER = "decimal(28,10)"
_AROUND = f"\t\r\n{SPACES}"
_NO_SECONDS = "^(.{16})( ?[ZUG+-].*)$"
_OWN_ZONE = "(Z|UTC|GMT|:[0-9.]+ ?[+-][0-9:]+)$"
_ISO_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


@dataclass(frozen=True)
class Words:
    """What the words of one field mean, letter case aside; `otherwise` stands for all others, null for none."""

    meanings: Mapping[str, str]
    otherwise: str | None = None


def text_name(field: str) -> str:
    """The frame's column for what the source wrote in a field."""
    return f"{field}__text"


def readings_name(field: str) -> str:
    """The frame's column for how many different moments a text can be read as."""
    return f"{field}__readings"


def read_fields(
    rows: SourceRows,
    fields: Sequence[SourceField],
    form: TextFormat,
    words: Mapping[str, Words],
    unmarked: Callable[[str, Column], Column] = lambda _, text: text,
) -> DataFrame:
    """The rows with text and value of every field, beside the columns of the rows themselves.

    Args:
        rows: the source's rows.
        fields: what to read.
        form: how text is written.
        words: the vocabulary of every field that is read as a word.
        unmarked: takes a marker off the text of a source column.
    """
    texts = rows.frame.select(
        "*", *(_text(rows, field, form, unmarked).alias(text_name(field.name)) for field in fields)
    )
    readings = texts.select("*", *(_readings(field, form, rows).alias(_all(field)) for field in _moments(fields)))
    values = readings.select(
        "*",
        *(_value(rows, field, form, words).alias(field.name) for field in fields),
        *(F.size(_all(field)).alias(readings_name(field.name)) for field in _moments(fields)),
    )
    return values.drop(*(_all(field) for field in _moments(fields)))


def number_of(text: Column, form: TextFormat, *, typed: bool = False) -> Column:
    """The number that a text writes, null when it is none or too large to hold."""
    decimal, thousands, sign = (".", "", "") if typed else (form.decimal, form.thousands, form.currency_sign)
    bare = F.regexp_replace(text, sign_pattern(sign), "$1") if sign else text
    plain = F.translate(bare, alike(thousands), "") if thousands else bare
    pointed = F.replace(plain, F.lit(decimal), F.lit(".")) if decimal != "." else plain
    return F.when(text.rlike(number_pattern(decimal, thousands, sign)), pointed.try_cast(NUMBER))


def moment_of(text: Column, written: str, timezone: str) -> Column:
    """The moment in UTC that a text writes in a format, null when it is none; a mere day is midnight in UTC."""
    if written in EPOCH_PATTERNS:
        return _since_epoch(text, written)
    if written != ISO:
        local = F.when(text.rlike(date_pattern(written)), F.try_to_timestamp(text, F.lit(written)))
        return F.to_utc_timestamp(local, timezone) if timezone != "UTC" and _is_local(written) else local
    whole = F.regexp_replace(text, _NO_SECONDS, "$1:00$2")  # Spark reads a zone only after seconds
    local = F.when(text.rlike(ISO_PATTERN), whole.try_cast("timestamp"))
    if timezone == "UTC":
        return local
    stands = text.rlike(_OWN_ZONE) | text.rlike(_ISO_DAY)
    return F.when(stands, local).otherwise(F.to_utc_timestamp(local, timezone))


def _since_epoch(text: Column, written: str) -> Column:
    count = F.when(text.rlike(EPOCH_PATTERNS[written]), F.substring_index(text, ".", 1)).try_cast("bigint")
    return F.timestamp_seconds(count) if written == EPOCH else F.timestamp_millis(count)


def _is_local(written: str) -> bool:
    """Whether a format gives an hour, and no offset of its own."""
    parts = date_parts(written)
    return bool(parts & {"hour", "half_hour"}) and "zone" not in parts


def trimmed(text: Column, form: TextFormat) -> Column:
    """A text without spaces around it, null when nothing is left or it stands for absent."""
    bare = F.btrim(text, F.lit(_AROUND))
    return F.when((bare != "") & ~bare.isin(*form.nulls), bare)


def _text(rows: SourceRows, field: SourceField, form: TextFormat, unmarked: Callable[[str, Column], Column]) -> Column:
    parts = [unmarked(column, rows.column(column)) for column in field.columns]
    if field.reading is not Reading.IDENTIFIER:
        return trimmed(parts[0], form)
    present = [F.when((part != "") & ~part.isin(*form.nulls), part) for part in parts]
    if len(present) == 1:
        return present[0]
    # The separator is escaped in the parts, so that different parts never join to one text.
    safe = [F.regexp_replace(part, r"([|\\])", r"\\$1") for part in present]
    blank = reduce(Column.__or__, [part.rlike(BLANK) for part in present])
    return F.when(blank, F.lit(" ")).otherwise(F.concat(*_interleaved(safe, F.lit("|"))))


def _interleaved(parts: list[Column], separator: Column) -> list[Column]:
    return [column for part in parts for column in (separator, part)][1:]


def _moments(fields: Sequence[SourceField]) -> list[SourceField]:
    return [field for field in fields if field.reading is Reading.MOMENT]


def _all(field: SourceField) -> str:
    return f"{field.name}__all"


def _readings(field: SourceField, form: TextFormat, rows: SourceRows) -> Column:
    text = F.col(text_name(field.name))
    dates = (ISO,) if rows.typed.get(field.columns[0]) == "moment" else form.dates
    return F.array_distinct(F.array_compact(F.array(*(moment_of(text, written, form.timezone) for written in dates))))


def _value(rows: SourceRows, field: SourceField, form: TextFormat, words: Mapping[str, Words]) -> Column:
    text = F.col(text_name(field.name))
    match field.reading:
        case Reading.MOMENT:
            return F.try_element_at(_all(field), F.lit(1))
        case Reading.NUMBER:
            number = number_of(text, field.written(form), typed=rows.typed.get(field.columns[0]) == "number")
            return (-number if field.negative else number).cast(NUMBER)
        case Reading.WORD:
            return _meaning(text, words[field.name])
        case Reading.IDENTIFIER:
            return F.when(~text.rlike(BLANK), text)
    return text


def _meaning(text: Column, words: Words) -> Column:
    pairs = [F.lit(part) for pair in sorted(words.meanings.items()) for part in pair]
    known = F.try_element_at(F.create_map(*pairs), F.lower(text)) if pairs else F.lit(None).cast("string")
    return known if words.otherwise is None else F.coalesce(known, F.when(text.isNotNull(), F.lit(words.otherwise)))
