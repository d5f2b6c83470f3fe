"""Small tables in and out of snapshots through Arrow: no session, no JVM."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import batched

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from adapters.arrow.content import batch_digest
from adapters.arrow.grouped_sums import GroupedSums
from adapters.arrow.locations import Locate, locate_local
from adapters.arrow.storage import STORAGE, arrow_schema
from adapters.arrow.table_files import stream_arrow, stream_lines
from domain.content import Cell, render_content
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef
from ports.table_store import Row, TableStore

_BATCH_ROWS = 16_384
_PYTHON: dict[ColumnType, tuple[type, ...]] = {
    ColumnType.TEXT: (str,),
    ColumnType.INTEGER: (int,),
    ColumnType.NUMBER: (float, int),
    ColumnType.MONEY: (Decimal,),
    ColumnType.SHARE: (Decimal,),
    ColumnType.MOMENT: (datetime,),
    ColumnType.DAY: (date,),
    ColumnType.FLAG: (bool,),
}


class ArrowTableStore(TableStore):
    """Tables as Parquet directories on any file system that `locate` knows.

    Args:
        locate: the file system and path of a table's URI.
    """

    def __init__(self, locate: Locate = locate_local) -> None:
        self._locate = locate

    def read(
        self, table: DatasetRef, columns: Sequence[str] | None = None, line_ids: Collection[str] | None = None
    ) -> Iterator[Row]:
        """The rows as mappings, streamed, as the port says."""
        if line_ids is None:
            batches = stream_arrow(table, columns, self._locate)
        else:
            batches = stream_lines(table, columns, line_ids, self._locate)
        for batch in batches:
            names = batch.schema.names
            for cells in zip(*(_cells(column) for column in batch.columns), strict=True):
                yield dict(zip(names, cells, strict=True))

    def tally(self, table: DatasetRef, by: Sequence[str], total: str | None = None) -> Iterator[Row]:
        """As the port says."""
        sums = {"rows": "sum"} | ({} if total is None else {"total": "sum"})
        counts = GroupedSums(by, sums)
        for batch in stream_arrow(table, list(dict.fromkeys((*by, *filter(None, (total,))))), self._locate):
            columns = {name: _days(batch.column(name)) for name in by} | {"rows": pa.repeat(1, batch.num_rows)}
            counts.add(pa.table(columns | ({} if total is None else {"total": batch.column(total)})))
        for row in counts.rows():
            yield dict(zip((*by, *sums), row, strict=True))

    def write(self, attempt: Attempt, name: str, schema: Schema, rows: Iterable[Row]) -> DatasetRef:
        """Write one Parquet file with the rows, as the port says; one that cannot be finished is removed."""
        uri = attempt.location(name)
        filesystem, directory = self._locate(uri)
        path = f"{directory}/part-00000.parquet"
        if filesystem.get_file_info(path).type != pafs.FileType.NotFound:
            raise SnapshotError(f"The attempt already has a table '{name}'.", "Give every table a name of its own.")
        if isinstance(filesystem, pafs.LocalFileSystem):  # object stores have no directories
            filesystem.create_dir(directory, recursive=True)
        total, count = 0, 0
        try:
            with pq.ParquetWriter(path, arrow_schema(schema), filesystem=filesystem) as writer:
                for some in batched(rows, _BATCH_ROWS):
                    batch = _batch(name, schema, some)
                    writer.write_batch(batch)
                    part, size = batch_digest(batch, schema)
                    total, count = total + part, count + size
        except BaseException:
            if filesystem.get_file_info(path).type == pafs.FileType.File:
                filesystem.delete_file(path)
            raise
        return DatasetRef(name, uri, schema, count, render_content(schema, total, count))


def _days(array: pa.Array) -> pa.Array:
    """Moments as their UTC days, other values as they are."""
    return array.cast(pa.date32()) if pa.types.is_timestamp(array.type) else array


def _cells(array: pa.Array) -> list[Cell]:
    """The values as plain Python; moments carry the standard library's UTC, whatever time zones are installed."""
    if not pa.types.is_timestamp(array.type):
        return list(array.to_pylist())
    naive = array.cast(pa.timestamp("us")).to_pylist()
    return [None if moment is None else moment.replace(tzinfo=UTC) for moment in naive]


def _batch(table: str, schema: Schema, rows: Sequence[Row]) -> pa.RecordBatch:
    known = frozenset(schema.names)
    unknown = sorted({key for row in rows for key in row.keys() - known})
    if unknown:
        raise SnapshotError(
            f"Rows of table '{table}' have the unknown columns {', '.join(unknown)}.",
            f"Its schema has {', '.join(schema.names)}.",
        )
    arrays = [_array(table, column, [row.get(column.name) for row in rows]) for column in schema.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(schema))


def _array(table: str, column: Column, cells: list[Cell]) -> pa.Array:
    if not column.nullable and None in cells:
        raise SnapshotError(
            f"The column '{column.name}' of table '{table}' has a null, which its schema forbids.",
            "Give every row a value, or declare the column nullable.",
        )
    for kind in {type(cell) for cell in cells if cell is not None}:
        if not _fits(column.type, kind):
            raise _other_type(table, column, kind.__name__)
    if column.type is ColumnType.MOMENT and any(isinstance(c, datetime) and c.tzinfo is None for c in cells):
        raise _other_type(table, column, "datetime without a time zone")
    try:
        return pa.array(cells, STORAGE[column.type])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise _other_type(table, column, f"value out of its range ({error})") from error


def _fits(kind: ColumnType, given: type) -> bool:
    exact = not (issubclass(given, bool) and kind is not ColumnType.FLAG)  # to Python a flag is an integer
    exact = exact and not (issubclass(given, datetime) and kind is ColumnType.DAY)  # and a moment a day
    return exact and issubclass(given, _PYTHON[kind])


def _other_type(table: str, column: Column, held: str) -> SnapshotError:
    return SnapshotError(
        f"The column '{column.name}' of table '{table}' should hold {column.type}; a row has a {held}.",
        "Convert the value before it is written (decimals: round them to the column's places).",
    )
