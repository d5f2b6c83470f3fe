"""Canonical tables written and read past the adapters, so that no wrong read can hide a wrong write."""

from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from adapters.arrow.content import batch_digest
from adapters.arrow.table_parts import TableParts
from adapters.spark.tables import BatchDigest, SparkTables
from domain.content import MODULUS, Cell, row_digest
from domain.schema import ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef
from tests.contract.table_bench import Rows, TableBench

ARROW_TYPES = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.MONEY: pa.decimal128(18, 4),
    ColumnType.SHARE: pa.decimal128(12, 8),
    ColumnType.MOMENT: pa.timestamp("us", "UTC"),
    ColumnType.DAY: pa.date32(),
    ColumnType.FLAG: pa.bool_(),
}


def put_table(directory: Path, name: str, schema: Schema, rows: Iterable[Mapping[str, Cell]]) -> DatasetRef:
    """Write rows as one Parquet file; missing keys are nulls."""
    listed = list(rows)
    columns = {c.name: pa.array([row.get(c.name) for row in listed], ARROW_TYPES[c.type]) for c in schema.columns}
    (directory / name).mkdir(parents=True)
    pq.write_table(pa.table(columns), directory / name / "part.parquet")
    return DatasetRef(name, str(directory / name), schema, len(listed), "")


def rows_of(table: DatasetRef) -> list[dict[str, Cell]]:
    """The rows of a table as plain values."""
    return pq.read_table(table.uri).to_pylist()


class TablesOnDisk(TableBench):
    """Tables as files below a directory."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._numbers = count(1)

    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        return put_table(self._new_place(), name, schema, rows)

    def rows(self, table: DatasetRef) -> Rows:
        return rows_of(table)

    def attempt(self) -> Attempt:
        return Attempt("step", "key", "attempt", str(self._new_place()))

    def _new_place(self) -> Path:
        return self.place / str(next(self._numbers))


class TablesOnSpark(TablesOnDisk):
    """The same, with a session that reads and writes them."""

    def __init__(self, session: SparkSession, place: Path) -> None:
        super().__init__(place)
        self.spark = spark_tables(session, plain_digest)


def spark_tables(session: SparkSession, digest: BatchDigest = batch_digest) -> SparkTables:
    """Tables on a session, in files of this machine."""
    return SparkTables(lambda: session, digest, TableParts())


def plain_digest(batch: pa.RecordBatch, schema: Schema) -> tuple[int, int]:
    """Sum of the row digests and number of rows, by the domain's own definition."""
    rows = list(zip(*(batch.column(name).to_pylist() for name in schema.names), strict=True))
    return sum(row_digest(schema, row) for row in rows) % MODULUS, len(rows)
