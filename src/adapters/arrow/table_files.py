"""Tables of a snapshot as Parquet files: found, checked against their schema, and read as Arrow."""

from collections.abc import Collection, Iterator, Sequence
from itertools import batched

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs as pafs

from adapters.arrow.locations import Locate, locate_local
from adapters.arrow.storage import arrow_schema, can_hold
from domain.errors import SnapshotError
from domain.schema import Schema
from domain.snapshot import DatasetRef

_TOGETHER = 8  # batches: each look-up hashes all that is looked for anew
RERUN = "Remove the step's checkpoint and run the step again."
# Old writers store moments as INT96, which Arrow would read as nanoseconds and overflow after 2262.
_READ = ds.ParquetReadOptions(coerce_int96_timestamp_unit="us")
# Reading ahead holds whole row groups of wide tables, several of several files. On a store each request takes its time.
_HERE = ds.ParquetFileFormat(_READ, default_fragment_scan_options=ds.ParquetFragmentScanOptions(pre_buffer=False))
_AWAY = ds.ParquetFileFormat(_READ)


def read_arrow(table: DatasetRef, columns: Sequence[str] | None = None, locate: Locate = locate_local) -> pa.Table:
    """The asked columns of a table (all when None) in memory, in the schema's storage types, rows in no order.

    Raises SnapshotError when the files are missing, or hold other columns, types or numbers of rows.
    """
    schema = _asked(table, columns)
    return pa.Table.from_batches(stream_arrow(table, columns, locate), schema=arrow_schema(schema))


def stream_arrow(
    table: DatasetRef, columns: Sequence[str] | None = None, locate: Locate = locate_local
) -> Iterator[pa.RecordBatch]:
    """As `read_arrow`, batch by batch: memory is bounded whatever the table's size."""
    schema = _asked(table, columns)
    dataset = _open(table, schema, locate)
    names = list(schema.names)
    try:
        for batch in dataset.to_batches(columns=names, batch_size=16_384, batch_readahead=2, fragment_readahead=1):
            if batch.num_rows:
                yield _contracted(table, schema, batch)
    except (OSError, pa.ArrowInvalid) as error:
        raise _unreadable(table, error) from error


def stream_lines(
    table: DatasetRef, columns: Sequence[str] | None, line_ids: Collection[str], locate: Locate = locate_local
) -> Iterator[pa.RecordBatch]:
    """As `stream_arrow`, of the rows with these `line_id`s alone."""
    asked = list(_asked(table, columns).names)
    wanted, read = pa.array(sorted(line_ids), pa.string()), list(dict.fromkeys(("line_id", *asked)))
    for batches in batched(stream_arrow(table, read, locate), _TOGETHER):
        rows = pa.Table.from_batches(batches)
        yield from rows.filter(pc.is_in(rows["line_id"], value_set=wanted)).select(asked).to_batches()


def read_lines(
    table: DatasetRef, columns: Sequence[str], line_ids: Collection[str], locate: Locate = locate_local
) -> pa.Table:
    """As `read_arrow`, of the rows with these `line_id`s alone, in the order of `line_id`."""
    names = list(dict.fromkeys(("line_id", *columns)))
    found = stream_lines(table, names, line_ids, locate)
    return pa.Table.from_batches(found, schema=arrow_schema(_asked(table, names))).sort_by("line_id")


def check_files(table: DatasetRef, locate: Locate) -> None:
    """Raise SnapshotError when the files are missing, or hold other columns, types or numbers of rows."""
    _open(table, table.schema, locate)


def parquet_files(uri: str, locate: Locate) -> tuple[pafs.FileSystem, list[str]]:
    """The Parquet files below a directory, sorted, markers and hidden files left out; a file is itself."""
    filesystem, path = locate(uri)
    if filesystem.get_file_info(path).type == pafs.FileType.File:
        return filesystem, [path]
    found = filesystem.get_file_info(pafs.FileSelector(path, allow_not_found=True, recursive=True))
    names = [info.path for info in found if info.type == pafs.FileType.File and info.path.endswith(".parquet")]
    return filesystem, sorted(name for name in names if not _is_hidden(name[len(path) :]))


def parquet_format(filesystem: pafs.FileSystem) -> ds.ParquetFileFormat:
    """How Parquet files of a file system are read."""
    return _HERE if isinstance(filesystem, pafs.LocalFileSystem) else _AWAY


def _is_hidden(below: str) -> bool:
    return any(part[:1] in {".", "_"} for part in below.split("/"))


def _asked(table: DatasetRef, columns: Sequence[str] | None) -> Schema:
    unknown = [name for name in columns or () if name not in table.schema]
    if unknown:
        raise SnapshotError(
            f"The table '{table.name}' has no column {', '.join(unknown)}; it has {', '.join(table.schema.names)}.",
            "Ask for columns of its schema.",
        )
    return table.schema if columns is None else table.schema.select(columns)


def _open(table: DatasetRef, schema: Schema, locate: Locate) -> ds.Dataset:
    filesystem, files = parquet_files(table.uri, locate)
    if not files and table.rows:
        raise SnapshotError(f"The table '{table.name}' has no Parquet files at {table.uri}.", RERUN)
    if not files:
        return ds.dataset(arrow_schema(table.schema).empty_table())
    try:
        dataset = ds.dataset(files, filesystem=filesystem, format=parquet_format(filesystem), partitioning=None)
        rows = dataset.count_rows()
    except (OSError, pa.ArrowInvalid) as error:
        raise _unreadable(table, error) from error
    if rows != table.rows:
        raise SnapshotError(f"The table '{table.name}' at {table.uri} has {rows} rows instead of {table.rows}.", RERUN)
    for column in schema.columns:
        at = dataset.schema.get_field_index(column.name)
        if at < 0 or not can_hold(column, dataset.schema.field(at).type):
            held = "no such column" if at < 0 else f"{dataset.schema.field(at).type}"
            raise SnapshotError(
                f"The column '{column.name}' of table '{table.name}' should be {column.type}; its files hold {held}.",
                RERUN,
            )
    return dataset


def _unreadable(table: DatasetRef, error: Exception) -> SnapshotError:
    return SnapshotError(f"The table '{table.name}' at {table.uri} is not readable as Parquet: {error}.", RERUN)


def _contracted(table: DatasetRef, schema: Schema, batch: pa.RecordBatch) -> pa.RecordBatch:
    for column in schema.columns:
        if not column.nullable and batch.column(column.name).null_count:
            raise SnapshotError(
                f"The column '{column.name}' of table '{table.name}' holds nulls, which its schema forbids.", RERUN
            )
    return batch.cast(arrow_schema(schema))
