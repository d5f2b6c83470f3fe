"""Tables of a snapshot on Spark: the schema as a contract on the way out, a reference on the way in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as t

from domain.content import render_content
from domain.schema import ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef

BatchDigest: TypeAlias = Callable[[pa.RecordBatch, Schema], tuple[int, int]]

SPARK_TYPES: dict[ColumnType, t.DataType] = {
    ColumnType.TEXT: t.StringType(),
    ColumnType.INTEGER: t.LongType(),
    ColumnType.NUMBER: t.DoubleType(),
    ColumnType.MONEY: t.DecimalType(18, 4),
    ColumnType.SHARE: t.DecimalType(12, 8),
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
    """

    open_session: Callable[[], SparkSession]
    digest: BatchDigest

    @property
    def session(self) -> SparkSession:
        """The session."""
        return self.open_session()

    def read(self, table: DatasetRef) -> DataFrame:
        """A committed table as a frame with exactly the columns of its schema."""
        return self._stored(table.uri, table.schema)

    def write(self, frame: DataFrame, attempt: Attempt, name: str, schema: Schema) -> DatasetRef:
        """Write a frame as the attempt's table `name` and describe what was really written.

        The final select is the schema's contract; a null where none is allowed fails the write.
        """
        uri = attempt.location(name)
        frame.select(*(_contracted(schema, column) for column in schema.names)).write.parquet(uri)
        total, rows = digest_frame(self._stored(uri, schema), schema, self.digest)
        return DatasetRef(name, uri, schema, rows, render_content(schema, total, rows))

    def _stored(self, uri: str, schema: Schema) -> DataFrame:
        return self.session.read.schema(spark_schema(schema)).parquet(uri).select(*schema.names)


def digest_frame(frame: DataFrame, schema: Schema, digest: BatchDigest) -> tuple[int, int]:
    """Sum of the row digests and number of rows, computed where the rows are."""

    def partial_sums(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        sums = [digest(batch, schema) for batch in batches]
        total, rows = sum(s for s, _ in sums), sum(n for _, n in sums)
        yield pa.RecordBatch.from_pydict({"total": [str(total)], "rows": pa.array([rows], pa.int64())})

    partials = frame.mapInArrow(partial_sums, "total string, rows long").collect()
    return sum(int(row["total"]) for row in partials), sum(int(row["rows"]) for row in partials)


def _contracted(schema: Schema, name: str) -> Column:
    column = schema[name]
    value = F.col(name).cast(SPARK_TYPES[column.type])
    if not column.nullable:
        complaint = F.lit(f"The column {name} holds a null, which its schema forbids.")
        value = F.when(value.isNull(), F.raise_error(complaint).cast(SPARK_TYPES[column.type])).otherwise(value)
    return value.alias(name)
