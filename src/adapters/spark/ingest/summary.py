"""What became of a source's rows, counted in one pass over each frame of fates."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from adapters.spark.ingest.csv_header import damaged_gzip
from adapters.spark.ingest.fates import DUPLICATE, FATE, KEPT, REASON, SET_ASIDE
from adapters.spark.ingest.read import ROW
from adapters.spark.ingest.rules import CLEARED
from domain.errors import ReturncastError, ServiceError, SourceError
from domain.snapshot import Json
from domain.source.flag_words import WORDS_SHOWN, are_most_unknown, unknown_words_error
from domain.source.mapping_parts import ReturnFlag
from domain.source.quality import QualityRule
from domain.source.quality_rules import FLAG_UNKNOWN
from ports.order_source import SourceFiles

_CURRENCIES_SHOWN = 5
_DAMAGED_GZIP = (
    "not a gzip file",
    "Unexpected end of input stream",
    "EOFException",
    "incorrect data check",
    "ZipException",
)
_DAMAGED_PARQUET = (
    "is not a Parquet file",
    "CANNOT_READ_FILE_FOOTER",
    "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE",
    "CANNOT_MERGE_SCHEMAS",
)
_SILENT_HDFS = ("java.net.ConnectException", "BlockMissingException", "UnknownHostException")


@dataclass(frozen=True)
class Tally:
    """Counts of rows by fate and reason; days and units of the kept ones.

    Args:
        fates: rows by fate.
        reasons: rows set aside, by reason.
        first_day: day of the earliest kept row's availability.
        last_day: day of the latest.
        units: sum of the column of returned units over kept rows.
        currencies: of good rows; none where the source has no such column.
        cleared: kept rows without a moment that could not be true, by rule.
    """

    fates: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    units: int = 0
    currencies: tuple[str, ...] = ()
    cleared: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of every fate."""
        return sum(self.fates.values())


def tally(fated: DataFrame, units: str | None = None, clearing: Iterable[QualityRule] = ()) -> Tally:
    """The counts of a frame of fates; `units` is the column of returned units, `clearing` what may clear a value."""
    names = [rule.name for rule in clearing]
    currency = F.col("currency") if "currency" in fated.columns else F.lit(None).cast("string")
    # Rows set aside may have days that no calendar here holds, such as one after 9999-12-31.
    known = F.when(F.col(FATE) == KEPT, F.col("available_at"))
    groups = fated.groupBy(FATE, REASON).agg(
        F.count("*").alias("rows"),
        # Days in UTC, by Spark: a moment that is collected is given in the time zone of this machine.
        F.to_date(F.min(known)).alias("first"),
        F.to_date(F.max(known)).alias("last"),
        F.sum(F.lit(0) if units is None else units).alias("units"),
        F.collect_set(currency).alias("currencies"),
        *(F.count_if(F.array_contains(CLEARED, name)).alias(name) for name in names),
    )
    rows = groups.collect()
    kept = [row for row in rows if row[FATE] == KEPT]
    fates: dict[str, int] = {}
    for row in rows:
        fates[row[FATE]] = fates.get(row[FATE], 0) + row["rows"]
    return Tally(
        fates,
        {row[REASON]: row["rows"] for row in rows if row[FATE] == SET_ASIDE},
        min((row["first"] for row in kept), default=None),
        max((row["last"] for row in kept), default=None),
        sum(int(row["units"] or 0) for row in kept),
        tuple(sorted({name for row in kept for name in row["currencies"]})),
        {name: count for name in names if (count := sum(row[name] for row in kept))},
    )


def facts(lines: Tally, events: Tally, actions: Tally) -> dict[str, Json]:
    """The figures of the ingest over the source's rows.

    What was done about lines does not say how far the source reaches: orders and returns do.
    """
    tallies = (lines, events, actions)
    first = [each.first_day for each in (lines, events) if each.first_day is not None]
    last = [each.last_day for each in (lines, events) if each.last_day is not None]
    return {
        "rows_in": sum(each.rows for each in tallies),
        "rows_kept": sum(each.fates.get(KEPT, 0) for each in tallies),
        "rows_set_aside": sum(each.fates.get(SET_ASIDE, 0) for each in tallies),
        "rows_duplicate": sum(each.fates.get(DUPLICATE, 0) for each in tallies),
        "set_aside_by_reason": _summed(*(each.reasons for each in tallies)),
        "cleared_by_reason": _summed(*(each.cleared for each in tallies)),
        "lines": lines.fates.get(KEPT, 0),
        "events": events.fates.get(KEPT, 0),
        "taken_actions": actions.fates.get(KEPT, 0),
        "taken_action_rows": actions.rows,
        "return_units": sum(each.units for each in tallies),
        "first_day": min(first).isoformat() if first else None,
        "last_day": max(last).isoformat() if last else None,
    }


def _summed(*counts: Mapping[str, int]) -> dict[str, Json]:
    reasons = sorted({reason for each in counts for reason in each})
    return {reason: sum(each.get(reason, 0) for each in counts) for reason in reasons}


def one_currency(lines: Tally, declared: str | None) -> str | None:
    """The source's currency; raises SourceError when its rows name several."""
    if len(lines.currencies) > 1:
        shown = ", ".join(lines.currencies[:_CURRENCIES_SHOWN])
        raise SourceError(
            f"The source mixes currencies ({shown}), whose amounts cannot be added.",
            "Convert them, or split the files by currency and map each as a shop of its own.",
        )
    return declared if declared is not None else next(iter(lines.currencies), None)


def require_known_words(fated: DataFrame, lines: Tally, flag: ReturnFlag | None) -> None:
    """Raises MappingError, naming the most frequent words, where the flag explains fewer than half of the rows."""
    unknown = lines.reasons.get(FLAG_UNKNOWN, 0)
    if flag is None or flag.column is None or not are_most_unknown(unknown, lines.rows):
        return
    row = F.from_json(ROW, "map<string, string>")  # the values are gone from a row that is set aside
    words = fated.filter(F.col(REASON) == FLAG_UNKNOWN).groupBy(F.trim(row[flag.column]).alias("word")).count()
    frequent = words.orderBy(F.desc("count"), "word").limit(WORDS_SHOWN).collect()
    raise unknown_words_error(flag.column, unknown, lines.rows, [found["word"] for found in frequent])


@contextmanager
def explained(files: SourceFiles) -> Iterator[None]:
    """Turns what Spark says of an unreadable file into one error that names it."""
    try:
        yield
    except (Py4JJavaError, PySparkException) as error:
        known = _known(str(error), files.all())
        if known is None:
            raise
        raise known from error


def _known(text: str, paths: Sequence[str]) -> ReturncastError | None:
    named = re.search(r"file:?/*(/[^\s]+?)[.]?\s", text)
    path = next((path for path in paths if path in text), named.group(1) if named else paths[0])
    if any(sign in text for sign in _DAMAGED_GZIP):
        return damaged_gzip(path)
    if any(sign in text for sign in _DAMAGED_PARQUET):
        return SourceError(
            f"The Parquet files cannot be read together; '{path}' is damaged or its columns have other types.",
            "Write it again, or map files of equal columns together.",
        )
    if any(path.startswith("hdfs:") for path in paths) and any(sign in text for sign in _SILENT_HDFS):
        return ServiceError(
            f"HDFS stopped answering while '{path}' was read.", "See that its name node and data nodes run; run again."
        )
    if "S3AFileSystem not found" in text:
        return ServiceError(
            f"'{path}' cannot be read: this process started Spark for another source, without S3.",
            "Run it in a process of its own.",
        )
    if "PATH_NOT_FOUND" in text:
        return SourceError(f"The file '{path}' is gone.", "Bring it back, or correct the mapping's paths.")
    return None
