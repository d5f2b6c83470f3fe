"""A table's files one by one hold the table's rows, each once, wherever the storage is."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.arrow.table_parts import TableParts
from domain.errors import SnapshotError
from domain.schema import Column, Schema
from domain.schema import ColumnType as T

SCHEMA = Schema((Column("line_id", T.TEXT), Column("x", T.NUMBER, nullable=True)))
DAYS = [datetime(2024, 1, day, tzinfo=UTC) for day in range(1, 9)]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two files of four rows, one of none, and what Spark leaves beside them."""
    for number, days in enumerate((DAYS[:4], DAYS[4:], [])):
        rows = {
            "line_id": pa.array([f"l{day.day}" for day in days], pa.string()),
            "ordered_at": pa.array(days, pa.timestamp("us", "UTC")),
            "x": pa.array([None if day.day == 2 else float(day.day) for day in days], pa.float64()),
        }
        pq.write_table(pa.table(rows), tmp_path / f"part-{number}.parquet")
    (tmp_path / "_SUCCESS").touch()
    return tmp_path


def rows(parts: TableParts, table: Path, since: datetime | None = None) -> list[tuple[str, float | None]]:
    names = parts.names(str(table))
    batches = [batch for name in names for batch in parts.rows(str(table), name, SCHEMA, since)]
    assert all(batch.schema.names == list(SCHEMA.names) for batch in batches)
    return [(row["line_id"], row["x"]) for batch in batches for row in batch.to_pylist()]


def test_the_files_together_are_the_table(table: Path) -> None:
    assert len(TableParts().names(str(table))) == 3
    assert rows(TableParts(), table) == [(f"l{day.day}", None if day.day == 2 else float(day.day)) for day in DAYS]


def test_rows_ordered_before_a_moment_are_left_out_and_those_at_it_are_not(table: Path) -> None:
    assert [line_id for line_id, _ in rows(TableParts(), table, since=DAYS[5])] == ["l6", "l7", "l8"]


def test_a_directory_without_files_has_none(tmp_path: Path) -> None:
    assert TableParts().names(str(tmp_path / "nothing")) == []


def test_a_truncated_file_is_refused(table: Path) -> None:
    name = TableParts().names(str(table))[0]
    Path(name).write_bytes(Path(name).read_bytes()[:-20])
    with pytest.raises(SnapshotError, match="part-0"):
        rows(TableParts(), table)
