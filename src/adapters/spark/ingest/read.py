"""A source's files as rows of text by column name, every row counted, whatever is wrong with it.

A malformed row is kept as one text in `raw`. Files of one header are read together; a column that some files lack
is null in their rows.
"""

import codecs
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as t

from adapters.spark.ingest.csv_header import head_of, read_header
from adapters.spark.ingest.literal_paths import literal
from adapters.spark.ingest.parquet_moments import nanosecond_columns
from adapters.spark.ingest.partitions import partition_column, partitioned_by
from adapters.spark.ingest.quotes import LINE_END, swallowing_record
from domain.errors import MappingError, SourceError
from domain.nearest import suggestion
from domain.source.mapping_parts import TextFormat
from domain.source.quality_rules import MALFORMED, UNCLOSED_QUOTE, UNDECODABLE
from ports.source_store import SourceStore

RAW = "raw"  # the text of a malformed row
ROW = "row"
_REPLACEMENT = "\ufffd"
_SPARK_CHARSETS = {
    "ascii": "us-ascii",
    "iso8859-1": "iso-8859-1",
    "utf-8-sig": "utf-8",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
}
_EXPONENT_FROM, _WHOLE_BELOW = 1e7, 1e17  # floating numbers that Spark writes with an exponent, and has exactly
_NANOSECONDS = "spark.sql.legacy.parquet.nanosAsLong"  # pandas writes moments so, and Spark reads them only as numbers
_ZONELESS = "spark.sql.parquet.inferTimestampNTZ.enabled"  # moments in UTC and local ones are different types
_READERS = 8
_ANY_CHARSET = "spark.sql.legacy.javaCharsets"


@dataclass(frozen=True)
class SourceRows:
    """Rows of text with the findings `malformed`, `unclosed_quote` and `undecodable`.

    Args:
        frame: one row a source row; source columns bear the names that `frame_columns` gives.
        frame_columns: frame column by source column.
        typed: source columns that are no text in their files: "number" or "moment".
    """

    frame: DataFrame
    frame_columns: dict[str, str]
    typed: dict[str, str]

    def column(self, name: str) -> Column:
        """The text of a source column."""
        return F.col(self.frame_columns[name])

    @property
    def whole(self) -> Column:
        """All of a row as one text, equal for identical rows alone."""
        columns = [*self.frame_columns.values(), RAW]
        return F.concat_ws("\x1f", *(F.coalesce(F.col(column), F.lit("\x00")) for column in columns))

    @property
    def json(self) -> Column:
        """The row as JSON, its columns sorted by name; a malformed one as it stood in the file."""
        row = F.struct(*(F.col(column).alias(name) for name, column in self.frame_columns.items()))
        malformed = F.to_json(F.struct(F.col(RAW).alias("text")))
        return F.when(F.col(RAW).isNull(), F.to_json(row)).otherwise(malformed)

    def on(self, frame: DataFrame) -> "SourceRows":
        """These rows in another frame that has their columns."""
        return SourceRows(frame, self.frame_columns, self.typed)


@dataclass(frozen=True)
class _Part:
    """Files of one header, or Parquet files: a frame whose columns c0, c1, ... are the names in order."""

    frame: DataFrame
    names: tuple[str, ...]
    typed: dict[str, str]

    def text(self, name: str) -> Column:
        """The text of a source column, null where these files lack it."""
        return F.col(f"c{self.names.index(name)}") if name in self.names else F.lit(None).cast("string")


def read_rows(
    session: SparkSession, paths: Sequence[str], form: TextFormat, wanted: Iterable[str], stores: SourceStore
) -> SourceRows:
    """The rows of all files, which must each have the wanted columns, in them or in the names of their directories.

    Raises SourceError for a file that cannot be read, MappingError for a column that one lacks.
    """
    columns = tuple(dict.fromkeys(wanted))
    parts = []
    for (names, partitions), files in _by_header(paths, form, columns, stores).items():
        _require(columns, (*names, *partitions), files[0], form)
        parts.append(_csv_part(session, files, names, partitions, form))
    for partitions, files in _by_partitions(paths, columns).items():
        parts.append(_parquet_part(session, files, partitions, stores))
        _require(columns, parts[-1].names, files[0], None)
    return _joined(parts)


def _by_header(
    paths: Sequence[str], form: TextFormat, columns: Sequence[str], stores: SourceStore
) -> "dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]]":
    """The CSV files by their header and by the further columns that their directories name."""
    texts = [path for path in paths if not path.endswith(".parquet")]
    with ThreadPoolExecutor(_READERS) as pool:  # a store far away answers late, but many at once
        headers = list(pool.map(lambda path: read_header(path, head_of(path, stores), form), texts))
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for path, names in zip(texts, headers, strict=True):
        partitions = partitioned_by(path, [column for column in columns if column not in names])
        groups.setdefault((names, partitions), []).append(path)
    return groups


def _by_partitions(paths: Sequence[str], columns: Sequence[str]) -> dict[tuple[str, ...], list[str]]:
    """The Parquet files by the columns that their directories name."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        if path.endswith(".parquet"):
            groups.setdefault(partitioned_by(path, columns), []).append(path)
    return groups


def _require(wanted: Iterable[str], names: tuple[str, ...], path: str, form: TextFormat | None) -> None:
    for column in wanted:
        if column in names:
            continue
        if form is not None and len(names) == 1:
            marks = [mark for mark in (";", "\t", "|", ",") if mark in names[0]]
            remedy = f"Set delimiter = {marks[0]!r} under [format]." if marks else "Check the delimiter under [format]."
        else:
            remedy = suggestion(column, names)
        raise MappingError(f"The mapping names the column '{column}', which '{path}' does not have.", remedy)


def _csv_part(
    session: SparkSession, paths: list[str], names: tuple[str, ...], partitions: tuple[str, ...], form: TextFormat
) -> _Part:
    places = [f"c{place}" for place in range(len(names))]
    schema = t.StructType([t.StructField(place, t.StringType()) for place in (*places, RAW)])
    read = session.read.format("csv").schema(schema).options(**_csv_options(session, form))
    loaded = read.load([literal(path) for path in paths])
    told = {f"c{place}": partition_column(name) for place, name in enumerate(partitions, start=len(names))}
    rows = loaded.withColumns(told).filter(F.col(RAW).isNull() | (F.trim(RAW) != ""))
    # A malformed record over several lines swallowed the rows that follow it, mostly for want of a closing quote.
    # Without `multiline` every record is a line.
    record = F.coalesce(RAW, swallowing_record(places, form)) if form.multiline else F.col(RAW)
    rows, record = rows.withColumn("record", record), F.col("record")
    lines = F.when(record.contains("\n") | record.contains("\r"), F.split(record, LINE_END))
    is_odd = F.regexp_count(RAW, F.lit(re.escape(form.quote))) % 2 == 1
    torn = lines.isNotNull() & (F.col(RAW).isNull() | is_odd)
    rows = rows.withColumns({"torn": torn, "line": F.explode(F.coalesce(lines, F.array(record)))})
    rows = rows.filter(F.col("line").isNull() | (F.trim("line") != ""))
    texts = [F.when(F.col("line").isNull(), F.col(place)).alias(place) for place in (*places, *told)]
    kept = rows.select(*texts, F.col("line").alias(RAW), F.coalesce("torn", F.lit(False)).alias(UNCLOSED_QUOTE))
    return _Part(kept, (*names, *partitions), {})


def _csv_options(session: SparkSession, form: TextFormat) -> dict[str, str]:
    try:
        known = codecs.lookup(form.encoding).name
    except LookupError as error:
        raise MappingError(
            f"There is no encoding '{form.encoding}'.",
            "Name one such as 'utf-8', 'latin-1' or 'cp1252' under [format].",
        ) from error
    charset = _SPARK_CHARSETS.get(known, known)
    if charset not in {*_SPARK_CHARSETS.values(), "utf-8", "utf-16", "utf-32"}:
        session.conf.set(_ANY_CHARSET, "true")
    return {
        "header": "true",
        "enforceSchema": "true",
        "mode": "PERMISSIVE",
        "columnNameOfCorruptRecord": RAW,
        "columnPruning": "false",  # a pruned parser does not count fields
        "multiLine": str(form.multiline).lower(),
        "encoding": charset,
        "sep": form.delimiter,
        "quote": form.quote,
        "escape": form.quote,
        "maxCharsPerColumn": "-1",
        "emptyValue": "",
    }


def _parquet_part(session: SparkSession, paths: list[str], partitions: tuple[str, ...], stores: SourceStore) -> _Part:
    session.conf.set(_NANOSECONDS, "true")
    session.conf.set(_ZONELESS, "true")
    frame = session.read.option("mergeSchema", "true").parquet(*(literal(path) for path in paths))
    typed = {field.name: kind for field in frame.schema.fields if (kind := _kind(field.dataType)) is not None}
    nanoseconds = nanosecond_columns(paths[0], stores)
    texts = []
    for place, field in enumerate(frame.schema.fields):
        name, value = field.name, F.col("`{}`".format(field.name.replace("`", "``")))
        in_utc = nanoseconds.get(name, isinstance(field.dataType, t.TimestampType))
        if name in nanoseconds:
            typed[name], value = "moment", F.timestamp_micros(F.call_function("div", value, F.lit(1000)))
        text = _as_text(value, field.dataType)
        # A moment in UTC says so: the mapping's time zone is for those that name none.
        texts.append((F.concat(text, F.lit("Z")) if in_utc else text).alias(f"c{place}"))
    names = (*frame.columns, *(name for name in partitions if name not in frame.columns))
    told = [partition_column(name).alias(f"c{place}") for place, name in enumerate(names) if place >= len(texts)]
    absent = F.lit(None).cast("string").alias(RAW)
    return _Part(frame.select(*texts, *told, absent, F.lit(False).alias(UNCLOSED_QUOTE)), names, typed)


def _as_text(value: Column, kind: t.DataType) -> Column:
    """A value as text files write it: Spark gives large floating numbers an exponent, identifiers and epochs too."""
    if not isinstance(kind, t.FloatType | t.DoubleType):
        return value.cast("string")
    is_long = (F.abs(value) >= _EXPONENT_FROM) & (F.abs(value) < _WHOLE_BELOW) & (value == F.floor(value))
    return F.when(is_long, value.cast("decimal(20,1)").cast("string")).otherwise(value.cast("string"))


def _kind(kind: t.DataType) -> str | None:
    if isinstance(kind, t.NumericType):
        return "number"
    return "moment" if isinstance(kind, t.DateType | t.TimestampType | t.TimestampNTZType) else None


def _joined(parts: list[_Part]) -> SourceRows:
    names = sorted({name for part in parts for name in part.names})
    frame_columns = {name: f"s{place}" for place, name in enumerate(names)}
    frames = [
        part.frame.select(*(part.text(name).alias(frame_columns[name]) for name in names), RAW, UNCLOSED_QUOTE)
        for part in parts
    ]
    frame = reduce(DataFrame.unionByName, frames)
    typed = {name: kind for part in parts for name, kind in part.typed.items()}
    for name in typed:
        if any(name in part.names and name not in part.typed for part in parts):
            raise SourceError(
                f"The column '{name}' is text in some files and no text in others.", "Map files of one kind together."
            )
    rows = SourceRows(frame, frame_columns, typed)
    findings = {MALFORMED: F.col(RAW).isNotNull(), UNDECODABLE: rows.whole.contains(_REPLACEMENT)}
    return rows.on(frame.withColumns(findings))
