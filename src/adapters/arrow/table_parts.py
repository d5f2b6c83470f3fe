"""The Parquet files of a table one by one, for workers that share them out among themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from adapters.arrow.locations import Locate, locate_local
from adapters.arrow.storage import arrow_schema
from adapters.arrow.table_files import RERUN, check_files, parquet_files, parquet_format
from domain.errors import SnapshotError
from domain.schema import Schema
from domain.snapshot import DatasetRef

_BATCH_ROWS = 8_192  # a wide row takes a kilobyte


@dataclass(frozen=True)
class TableParts:
    """Reads the files of a table's directory; it is sent to workers, with what they need to reach the storage.

    Args:
        locate: the file system and path of a table's URI.
    """

    locate: Locate = locate_local

    def names(self, uri: str) -> list[str]:
        """The files of the directory, sorted; none when there are none."""
        return parquet_files(uri, self.locate)[1]

    def check(self, table: DatasetRef) -> None:
        """Raise SnapshotError when the files hold other columns, types or numbers of rows than the table had."""
        check_files(table, self.locate)

    def rows(self, uri: str, name: str, schema: Schema, since: datetime | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one file in the schema's columns and storage types, in batches none of which is empty.

        Args:
            uri: the table's directory.
            name: one of its files, as `names` gives it.
            schema: the columns to read.
            since: leaves out the rows whose `ordered_at` is before it; None leaves out none.

        Raises SnapshotError when the file is missing or not readable, or the storage does not answer.
        """
        try:
            yield from self._rows(uri, name, schema, since)
        except (OSError, pa.ArrowInvalid) as error:
            raise SnapshotError(f"The file {name} is not readable as Parquet: {error}.", RERUN) from error

    def _rows(self, uri: str, name: str, schema: Schema, since: datetime | None) -> Iterator[pa.RecordBatch]:
        filesystem, _ = self.locate(uri)
        # By the file's own names and types: a moment that selects rows need not be among the columns that are read.
        file = ds.dataset([name], filesystem=filesystem, format=parquet_format(filesystem), partitioning=None)
        chosen = None if since is None else pc.field("ordered_at") >= pa.scalar(since, pa.timestamp("us", "UTC"))
        batches = file.to_batches(
            columns=list(schema.names),
            filter=chosen,
            batch_size=_BATCH_ROWS,
            batch_readahead=1,
            fragment_readahead=1,
            use_threads=False,  # as many workers read as there are cores
        )
        for batch in batches:
            if batch.num_rows:
                yield batch.cast(arrow_schema(schema))
