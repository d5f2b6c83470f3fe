"""Tables of a snapshot on Spark: the schema as a contract on the way out, a reference on the way in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as t

from adapters.spark.arrow_memory import releasing
from adapters.spark.ingest.literal_paths import literal
from domain.content import render_content
from domain.errors import SnapshotError
from domain.schema import ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef
from domain.source.money import MONEY_DIGITS, MONEY_PLACES, SHARE_DIGITS, SHARE_PLACES

BatchDigest: TypeAlias = Callable[[pa.RecordBatch, Schema], tuple[int, int]]
BatchKernel: TypeAlias = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class ReadParts(Protocol):
    """Reads a table's files one by one, in any process: workers are sent it."""

    def names(self, uri: str) -> list[str]:
        """The files of a table's directory."""

    def check(self, table: DatasetRef) -> None:
        """Raise SnapshotError when the files do not hold what the table had."""

    def rows(self, uri: str, name: str, schema: Schema, since: datetime | None = None) -> Iterator[pa.RecordBatch]:
        """Its rows in the schema's columns, no batch empty; with `since`, those ordered then or later."""


SPARK_TYPES: dict[ColumnType, t.DataType] = {
    ColumnType.TEXT: t.StringType(),
    ColumnType.INTEGER: t.LongType(),
    ColumnType.NUMBER: t.DoubleType(),
    ColumnType.MONEY: t.DecimalType(MONEY_DIGITS, MONEY_PLACES),
    ColumnType.SHARE: t.DecimalType(SHARE_DIGITS, SHARE_PLACES),
    ColumnType.MOMENT: t.TimestampType(),
    ColumnType.DAY: t.DateType(),
    ColumnType.FLAG: t.BooleanType(),
}


def spark_schema(schema: Schema) -> t.StructType:
    """The schema in Spark's types."""
    return t.StructType([t.StructField(c.name, SPARK_TYPES[c.type], c.nullable) for c in schema.columns])


@dataclass(frozen=True)
class SparkTables:
    """The tables of snapshots on a session.

    Args:
        open_session: gives the session, started on first need.
        digest: digests the rows of a batch.
        parts: reads a table's files in the workers.
    """

    open_session: Callable[[], SparkSession]
    digest: BatchDigest
    parts: ReadParts

    @property
    def session(self) -> SparkSession:
        """The session."""
        return self.open_session()

    def read(self, table: DatasetRef) -> DataFrame:
        """A committed table as a frame with exactly the columns of its schema."""
        stored = self.session.read.schema(spark_schema(table.schema)).parquet(literal(table.uri))
        return stored.select(*table.schema.names)

    def write(self, frame: DataFrame, attempt: Attempt, name: str, schema: Schema) -> DatasetRef:
        """Write a frame as the attempt's table `name` and describe what was really written.

        The final select is the schema's contract; a null where none is allowed fails the write.
        """
        uri = attempt.location(name)
        frame.select(*(_contracted(schema, column) for column in schema.names)).write.parquet(uri)
        total, rows = self._digested(uri, schema)
        return DatasetRef(name, uri, schema, rows, render_content(schema, total, rows))

    def map_files(
        self, table: DatasetRef, columns: Sequence[str], kernel: BatchKernel, given: str, since: datetime | None = None
    ) -> DataFrame:
        """What a kernel makes of the rows of a committed table, a task a file.

        The workers read the files themselves: rows that pass through the JVM on their way to a kernel are decoded,
        turned into rows and back into columns, which takes longer than most kernels do.

        Args:
            table: the table.
            columns: those that the kernel is given, in this order.
            kernel: from the batches of one file to batches of the schema `given`.
            given: what the kernel makes, as a schema in DDL.
            since: leaves out rows whose `ordered_at` is before it.

        Raises SnapshotError when its files do not hold as many rows as the table had.
        """
        self.parts.check(table)
        return self._map_files(table.uri, table.schema.select(columns), kernel, given, since)

    def _map_files(
        self, uri: str, schema: Schema, kernel: BatchKernel, given: str, since: datetime | None = None
    ) -> DataFrame:
        parts, names = self.parts, self.parts.names(uri)
        if not names:
            raise SnapshotError(f"There are no Parquet files at {uri}.", "Run the step that made them again.")

        def work(numbers: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in numbers:
                for number in batch.column("id").to_pylist():
                    yield from kernel(parts.rows(uri, names[number], schema, since))

        return self.session.range(0, len(names), 1, len(names)).mapInArrow(releasing(work), given)

    def _digested(self, uri: str, schema: Schema) -> tuple[int, int]:
        """Sum of the row digests and number of rows, computed where the rows are."""
        digest = self.digest

        def partial_sums(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            sums = [digest(batch, schema) for batch in batches]
            total, rows = sum(s for s, _ in sums), sum(n for _, n in sums)
            yield pa.RecordBatch.from_pydict({"total": [str(total)], "rows": pa.array([rows], pa.int64())})

        partials = self._map_files(uri, schema, partial_sums, "total string, rows long").collect()
        return sum(int(row["total"]) for row in partials), sum(int(row["rows"]) for row in partials)


def _contracted(schema: Schema, name: str) -> Column:
    column = schema[name]
    value = F.col(name).cast(SPARK_TYPES[column.type])
    if not column.nullable:
        complaint = F.lit(f"The column {name} holds a null, which its schema forbids.")
        value = F.when(value.isNull(), F.raise_error(complaint).cast(SPARK_TYPES[column.type])).otherwise(value)
    return value.alias(name)
