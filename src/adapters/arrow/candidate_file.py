"""A file of candidates as rows of text: CSV with commas and a header in UTF-8, or Parquet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from domain.errors import ConfigurationError, SourceError
from domain.recommendation.candidates import OPTIONAL, REQUIRED, Asked

_IDENTIFIERS = frozenset(REQUIRED)
_COLUMNS = (*REQUIRED, *OPTIONAL)


@dataclass(frozen=True)
class CandidateFile:
    """The rows of a file, cells by column, and the columns that nothing is read from."""

    rows: Sequence[Asked]
    ignored: tuple[str, ...]


def read_candidate_file(path: Path) -> CandidateFile:
    """All rows of a file, in its order.

    Args:
        path: a .csv or .parquet file with the columns `customer_id` and `item_id`, maybe `price`, `quantity` and
            `discount`; others are ignored.

    Raises ConfigurationError for another format or a column that is absent or there twice, and SourceError for a file
    that is not there or cannot be read.
    """
    readers = {".csv": _read_csv, ".parquet": pq.read_table}
    read = readers.get(path.suffix.lower())
    if read is None:
        raise ConfigurationError(
            f"The format of '{path.name}' is not known.", f"End the file's name in {' or '.join(readers)}."
        )
    if not path.is_file():
        raise SourceError(f"There is no file '{path}'.", "Correct the path.")
    try:
        table = read(path)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise SourceError(f"The file '{path}' cannot be read: {error}.", "Write or copy it again.") from error
    _check_columns(path, table.column_names)
    names = [name for name in _COLUMNS if name in table.column_names]
    columns = [_texts(path, table, name) for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return CandidateFile(rows, tuple(name for name in table.column_names if name not in _COLUMNS))


def _read_csv(path: Path) -> pa.Table:
    texts = pacsv.ConvertOptions(
        column_types=dict.fromkeys(_COLUMNS, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    return pacsv.read_csv(path, convert_options=texts)


def _check_columns(path: Path, names: Sequence[str]) -> None:
    absent = [name for name in REQUIRED if name not in names]
    if absent:
        raise ConfigurationError(
            f"The file '{path}' lacks the column {', '.join(absent)}; it has {', '.join(names) or 'none'}.",
            f"Give it {' and '.join(REQUIRED)} (the customer may be empty); in a CSV file commas part the columns.",
        )
    twice = [name for name in _COLUMNS if list(names).count(name) > 1]
    if twice:
        raise ConfigurationError(f"The file '{path}' has the column {twice[0]} twice.", "Give every column one name.")


def _texts(path: Path, table: pa.Table, name: str) -> list[str | None]:
    column = table.column(name)
    if name in _IDENTIFIERS and pa.types.is_floating(column.type):  # numbers with gaps, as pandas writes them
        column = pc.if_else(pc.is_nan(column), None, column)
    try:
        return list(column.cast(pa.string()).to_pylist())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ConfigurationError(
            f"The column {name} of '{path}' holds {column.type}, which is no text or number.", "Write it as text."
        ) from error
