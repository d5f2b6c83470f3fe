"""Rows in memory as one file for programs to read: every value exactly as it is."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from adapters.arrow.replaced_file import replacing
from adapters.arrow.storage import arrow_schema
from domain.errors import ConfigurationError
from domain.schema import Schema
from ports.table_store import Row

_WRITERS = {".csv": pacsv.write_csv, ".parquet": pq.write_table}


def check_row_file(path: Path) -> None:
    """Refuse a file that `write_rows` could not write, before any work is done for it."""
    if path.suffix.lower() not in _WRITERS:
        raise ConfigurationError(
            f"The format of '{path.name}' is not known.", f"End the file's name in {' or '.join(_WRITERS)}."
        )
    if not path.absolute().parent.is_dir():
        raise ConfigurationError(f"There is no directory {path.absolute().parent}.", "Make it, or name another file.")


def write_rows(path: Path, schema: Schema, rows: Sequence[Row]) -> None:
    """Write rows in the format of the path's suffix; a file that is there is replaced at once, or stays as it was.

    Raises ConfigurationError when the file cannot be written.
    """
    check_row_file(path)
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(schema))
    with replacing(path) as temporary:
        _WRITERS[path.suffix.lower()](table, temporary)
