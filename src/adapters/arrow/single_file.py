"""A table of many files as one: what is published and handed out."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from adapters.arrow.content import batch_digest
from adapters.arrow.locations import Locate, locate_local
from adapters.arrow.storage import arrow_schema
from adapters.arrow.table_files import stream_arrow
from domain.content import render_content
from domain.errors import SnapshotError
from domain.snapshot import DatasetRef

_GROUP_ROWS = 131_072


def write_single_file(table: DatasetRef, path: Path, locate: Locate = locate_local) -> None:
    """Write all rows of a table as one local Parquet file, in bounded memory.

    Raises SnapshotError when the rows read are not those of the table's `content`.
    """
    schema = arrow_schema(table.schema)
    total, rows = 0, 0
    with pq.ParquetWriter(path, schema) as writer:
        for group in _groups(stream_arrow(table, locate=locate)):
            for batch in group:
                part, count = batch_digest(batch, table.schema)
                total, rows = total + part, rows + count
            writer.write_table(pa.Table.from_batches(group, schema=schema), row_group_size=_GROUP_ROWS)
    if render_content(table.schema, total, rows) != table.content:
        raise SnapshotError(
            f"The rows of table '{table.name}' at {table.uri} are not what its checkpoint says: files were changed.",
            "Delete the step's checkpoint and run again.",
        )


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    group: list[pa.RecordBatch] = []
    for batch in batches:
        group.append(batch)
        if sum(b.num_rows for b in group) >= _GROUP_ROWS:
            yield group
            group = []
    if group:
        yield group
