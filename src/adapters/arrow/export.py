"""Tables as CSV, Parquet and Excel files.

CSV and Excel files are for people: text that a spreadsheet would run as a formula is written as text. In CSV such a
cell (it begins with = + - @, a tab or a carriage return) gets a leading apostrophe, as OWASP advises; in Excel the
cell's type is text. Parquet holds every value as it is, and is what programs should read.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from adapters.arrow.locations import Locate, locate_local
from adapters.arrow.replaced_file import replacing
from adapters.arrow.single_file import write_single_file
from adapters.arrow.spreadsheet import write_spreadsheet
from adapters.arrow.storage import arrow_schema
from adapters.arrow.table_files import stream_arrow
from domain.errors import ConfigurationError, SnapshotError
from domain.snapshot import DatasetRef
from ports.table_exporter import TableExporter

_PART_BYTES = 1 << 20
_FORMULA = r"^[=+\-@\t\r]"


class ArrowTableExporter(TableExporter):
    """Exports tables from any file system that `locate` knows to local files.

    Args:
        locate: the file system and path of a table's URI.
    """

    def __init__(self, locate: Locate = locate_local) -> None:
        self._locate = locate

    def export(self, table: DatasetRef, path: Path) -> None:
        """Write a table in the format of the path's suffix."""
        suffix = path.suffix.lower()
        if suffix not in _FORMATS:
            raise ConfigurationError(
                f"The format of '{path.name}' is not known.", f"End the file's name in {', '.join(_FORMATS)}."
            )
        with replacing(path) as temporary:
            _FORMATS[suffix](table, temporary, self._locate)

    def copy(self, uri: str, path: Path) -> None:
        """Copy one file as it is."""
        with replacing(path) as temporary, temporary.open("wb") as file:
            for part in _parts(uri, self._locate):
                file.write(part)


def write_csv(table: DatasetRef, path: Path, locate: Locate = locate_local) -> None:
    """Write CSV as RFC 4180 has it: UTF-8, a header, text in quotes, nulls empty, moments in UTC."""
    schema = arrow_schema(table.schema)
    with pacsv.CSVWriter(path, schema) as writer:
        for batch in stream_arrow(table, locate=locate):
            writer.write_batch(pa.RecordBatch.from_arrays([_harmless(c) for c in batch.columns], schema=schema))


def _harmless(column: pa.Array) -> pa.Array:
    if not pa.types.is_string(column.type):
        return column
    runs = pc.match_substring_regex(column, _FORMULA)
    return pc.if_else(runs, pc.binary_join_element_wise("'", column, ""), column)


def _parts(uri: str, locate: Locate) -> Iterator[bytes]:
    """The bytes of a file; what goes wrong here is no fault of the file that they are written to."""
    filesystem, path = locate(uri)
    try:
        with filesystem.open_input_stream(path) as stream:
            while part := stream.read(_PART_BYTES):
                yield part
    except OSError as error:
        raise SnapshotError(
            f"The file {uri} cannot be read: {error}.", "Run the pipeline again, which publishes it anew."
        ) from error


_FORMATS: dict[str, Callable[[DatasetRef, Path, Locate], None]] = {
    ".csv": write_csv,
    ".parquet": write_single_file,
    ".xlsx": write_spreadsheet,
}
