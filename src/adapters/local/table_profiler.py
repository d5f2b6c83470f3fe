"""A look at local CSV and Parquet files, without Spark."""

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from domain.errors import SourceError
from domain.source.file_places import require_readable
from domain.source.header import require_distinct
from ports.table_profiler import SampledTable, TableProfiler

MAX_ROWS = 200_000
_HEAD_BYTES = 1 << 16
_SHOWN = 40  # letters of a line that is quoted
_DELIMITERS = (",", ";", "\t", "|")
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # the first bytes of .xlsx, .zip and .ods, and of .xls
_LOST = "\ufffd"  # stands for what cannot be decoded
_FALLBACK = "cp1252"
_ENCODINGS = ("utf-8-sig", "utf-16", _FALLBACK, "latin-1")


class LocalTableProfiler(TableProfiler):
    """Samples files of this machine.

    Args:
        max_rows: rows held at most.
    """

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows

    def sample(self, path: str) -> SampledTable:
        """The first rows of a CSV file (gzip too) or a Parquet file: those alone that a run reads as well."""
        if not Path(path).is_file():
            raise SourceError(f"There is no file '{path}'.", "Correct the path.")
        _require_table(path)
        if path.endswith(".parquet"):
            return self._parquet(path)
        try:
            return self._csv(path)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise SourceError(f"The file '{path}' is not whole gzip data.", "Copy or download it again.") from error
        except csv.Error as error:
            raise SourceError(
                f"The file '{path}' is no CSV that can be looked at ({error}).",
                "Look for a quote that is opened and never closed, or write the mapping by hand: docs/mapping.md.",
            ) from error

    def _csv(self, path: str) -> SampledTable:
        with _opened(path) as file:
            head = file.read(_HEAD_BYTES)
        if not head.strip():
            raise SourceError(f"The file '{path}' is empty.", "Copy it again.")
        encoding = _encoding(head, is_whole=len(head) < _HEAD_BYTES)
        delimiter = _delimiter(head.decode(encoding, "replace"))
        try:
            return self._records(path, delimiter, encoding, "strict")
        except UnicodeDecodeError:  # further down than the head
            table = self._records(path, delimiter, encoding, "replace")
            is_other = encoding == _ENCODINGS[0] and _is_mostly_damaged(table)
            return self._records(path, delimiter, _FALLBACK, "replace") if is_other else table

    def _records(self, path: str, delimiter: str, encoding: str, errors: str) -> SampledTable:
        with _opened(path) as file, io.TextIOWrapper(file, encoding, errors=errors, newline="") as text:
            records = csv.reader(text, delimiter=delimiter)
            names = [name.strip() or f"(column {n})" for n, name in enumerate(next(records, []), start=1)]
            held = list(islice(records, self._max_rows))
            rows = [row for row in held if len(row) == len(names)]
            is_whole = next(records, None) is None
        _require_header(path, names, held)
        values = {name: [row[place] or None for row in rows] for place, name in enumerate(names)}
        return SampledTable(path, values, len(rows), is_whole, delimiter, encoding.removesuffix("-sig"))

    def _parquet(self, path: str) -> SampledTable:
        try:
            file = pq.ParquetFile(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise SourceError(f"The file '{path}' is no whole Parquet file.", "Write or copy it again.") from error
        values: dict[str, list[str | None]] = {name: [] for name in file.schema_arrow.names}
        rows = 0
        for batch in self._batches(file):
            rows += batch.num_rows
            for name, held in values.items():
                held.extend(_texts(batch.column(name)))
        return SampledTable(path, values, rows, rows == file.metadata.num_rows)

    def _batches(self, file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
        left = self._max_rows
        for batch in file.iter_batches():
            if left <= 0:
                return
            yield batch.slice(0, left)
            left -= batch.num_rows


def _opened(path: str) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.endswith(".gz") else Path(path).open("rb")


def _require_header(path: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Refuse a first line that can be no header of the rows below it; raises SourceError."""
    require_distinct(path, names)
    usual = Counter(len(row) for row in rows if row).most_common(1)
    if not usual:
        raise SourceError(f"The file '{path}' has a header and no rows.", "Export it again.")
    [(fields, _)] = usual
    if fields > len(names) or names[0].startswith("sep="):
        raise SourceError(
            f"The first line of '{path}' is no header of the {fields} fields that most lines have: it begins with "
            f"'{names[0][:_SHOWN]}'.",
            "Remove what stands above the names of the columns.",
        )


def _require_table(path: str) -> None:
    """Refuse what a run would refuse, and spreadsheets and archives whatever they are called; raises SourceError."""
    with Path(path).open("rb") as file:
        begin = file.read(4)
    if begin in _SPREADSHEETS:
        raise SourceError(f"The file '{path}' is no CSV but a spreadsheet or an archive.", "Save the sheet as CSV.")
    require_readable(path)


def _encoding(head: bytes, *, is_whole: bool) -> str:
    """The first encoding in which the head of a file can be read; it may end within a letter."""
    for name in _ENCODINGS:
        if name == "utf-16" and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            codecs.getincrementaldecoder(name)().decode(head, final=is_whole)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"


def _is_mostly_damaged(table: SampledTable) -> bool:
    """Whether more texts with letters beyond ASCII cannot be read than can be."""
    texts = [text for column in table.values.values() for text in column if text is not None and not text.isascii()]
    damaged = sum(1 for text in [*texts, *table.values] if _LOST in text)
    return 2 * damaged > len(texts)


def _delimiter(text: str) -> str:
    """The mark that splits the first lines into the same number of fields, the most of them."""

    def fields(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in islice(csv.reader(io.StringIO(text), delimiter=mark), 20)][:-1] or [1]
        return (widths.count(widths[0]) * (widths[0] > 1), widths[0])

    return max(_DELIMITERS, key=fields)


def _texts(array: pa.Array) -> Sequence[str | None]:
    if pa.types.is_timestamp(array.type):
        return [
            None if value is None else str(value) for value in array.cast(pa.timestamp("us"), safe=False).to_pylist()
        ]
    return [None if value is None else str(value) for value in array.to_pylist()]
