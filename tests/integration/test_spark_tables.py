"""Tables on Spark: what a session means, where tables may lie, and files that were lost."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from adapters.arrow.content import batch_digest
from adapters.spark.lines.scoring import with_chances
from adapters.spark.session.spark_session import SharedSession
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef
from tests.integration.tables_on_disk import spark_tables

SCHEMA = Schema((Column("line_id", ColumnType.TEXT), Column("units", ColumnType.INTEGER)))


def written(spark: SparkSession, place: Path) -> DatasetRef:
    """Six rows in two files."""
    rows = spark.range(0, 6, 1, 2).select(F.col("id").cast("string").alias("line_id"), F.col("id").alias("units"))
    return spark_tables(spark, batch_digest).write(rows, Attempt("step", "key", "1", str(place)), "table", SCHEMA)


def test_a_lake_may_lie_where_spark_sees_wildcards(spark: SparkSession, tmp_path: Path) -> None:
    table = written(spark, tmp_path / "shop[1]*{a,b}")
    found = spark_tables(spark, batch_digest).read(table).collect()
    assert sorted(row["units"] for row in found) == list(range(6))


@pytest.mark.parametrize(("lost", "said"), [("a file", "3 rows instead of 6"), ("all files", "no Parquet files")])
def test_rows_that_were_lost_are_told_and_not_left_out(
    spark: SparkSession, tmp_path: Path, lost: str, said: str
) -> None:
    table = written(spark, tmp_path)
    for file in sorted(Path(table.uri).glob("*.parquet"))[: 1 if lost == "a file" else None]:
        file.unlink()
    with pytest.raises(SnapshotError, match=said):
        spark_tables(spark, batch_digest).map_files(table, ["units"], iter, "units long")


def test_a_kernel_is_given_the_columns_that_were_asked_for(spark: SparkSession, tmp_path: Path) -> None:
    table = written(spark, tmp_path)
    found = spark_tables(spark, batch_digest).map_files(table, ["units"], iter, "units long")
    assert sorted(row["units"] for row in found.collect()) == list(range(6))


def test_chances_are_not_collected_to_be_joined(spark: SparkSession) -> None:
    def chances(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_pydict({"line_id": batch.column("id").cast(pa.string()), "p": [0.5] * len(batch)})

    lines = spark.range(10).select(F.col("id").cast("string").alias("line_id"))
    made = spark.range(0, 10, 1, 2).mapInArrow(chances, "line_id string, p double")
    joined = with_chances(lines, made)
    assert "Broadcast" not in joined._jdf.queryExecution().executedPlan().toString()
    assert joined.count() == 10


def test_what_days_and_moments_mean_is_not_for_a_cluster_to_say(spark: SparkSession) -> None:
    shuffles = "spark.sql.shuffle.partitions"
    theirs = {
        "spark.sql.session.timeZone": "Europe/Berlin",
        "spark.sql.ansi.enabled": "false",
        "spark.sql.parquet.outputTimestampType": "INT96",
        shuffles: str(spark.conf.get(shuffles)),
    }
    session = SharedSession(options=theirs)()
    assert [session.conf.get(name) for name in theirs] == ["UTC", "true", "TIMESTAMP_MICROS", theirs[shuffles]]
