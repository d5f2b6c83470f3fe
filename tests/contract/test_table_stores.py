"""The stores of small tables under their contract: Arrow's and the fake."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.arrow import grouped_sums
from adapters.arrow.locations import locate_local
from adapters.arrow.table_files import read_arrow
from adapters.arrow.table_store import ArrowTableStore
from domain.content import table_content
from domain.errors import ConfigurationError, SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef
from ports.table_store import TableStore
from tests.contract.table_store_contract import ROWS, SCHEMA, Shelf, TableStoreContract
from tests.fakes.table_store import InMemoryTableStore


class ParquetShelf(Shelf):
    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self) -> TableStore:
        return ArrowTableStore()

    def attempt(self) -> Attempt:
        name = uuid.uuid4().hex
        return Attempt("step", "key", name, f"file://{self.root.as_posix()}/attempt={name}")

    def raw_rows(self, uri: str) -> list[dict[str, Any]]:
        result = duckdb.connect().sql(f"select * from read_parquet('{uri[7:]}/*.parquet', hive_partitioning = false)")
        return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]

    def put_raw(self, uri: str, columns: Mapping[str, Sequence[Any]]) -> None:
        Path(uri[7:]).mkdir(parents=True)
        pq.write_table(pa.table(dict(columns)), f"{uri[7:]}/part-1.parquet")


class TestArrowTableStore(TableStoreContract):
    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Shelf:
        return ParquetShelf(tmp_path / "a shelf")


class MemoryShelf(Shelf):
    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def open(self) -> TableStore:
        return InMemoryTableStore(self.rows)

    def attempt(self) -> Attempt:
        name = uuid.uuid4().hex
        return Attempt("step", "key", name, f"memory:/{name}")

    def raw_rows(self, uri: str) -> list[dict[str, Any]]:
        return self.rows[uri]

    def put_raw(self, uri: str, columns: Mapping[str, Sequence[Any]]) -> None:
        self.rows[uri] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


class TestInMemoryTableStore(TableStoreContract):
    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Shelf:
        return MemoryShelf()


# -- Arrow's own ----------------------------------------------------------------------------------------------


def test_directory_of_many_files_is_one_table_and_markers_are_passed_over(tmp_path: Path) -> None:
    for number, row in enumerate(ROWS):
        pq.write_table(pa.Table.from_pylist([row], TYPES), tmp_path / f"part-{number}.parquet")
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / ".part-0.parquet.crc").write_bytes(b"crc")
    (tmp_path / "_temporary").mkdir()
    (tmp_path / "_temporary" / "part-9.parquet").write_bytes(b"half a file")
    table = DatasetRef("items", str(tmp_path), SCHEMA, 3, "content")
    assert len(list(ArrowTableStore().read(table))) == 3


TYPES = pa.schema([("item_id", pa.string()), ("units", pa.int64()), ("share", pa.float64())])


def test_other_storage_of_the_same_values_is_read_in_the_schemas_types(tmp_path: Path) -> None:
    schema = Schema((Column("t", ColumnType.TEXT), Column("m", ColumnType.MONEY), Column("at", ColumnType.MOMENT)))
    stored = pa.table(
        {
            "at": pa.array([1_700_000_000_000], pa.timestamp("ms")),
            "m": pa.array([Decimal("1.5")], pa.decimal128(9, 1)),
            "t": pa.array(["x"]).dictionary_encode(),
        }
    )
    pq.write_table(stored, tmp_path / "part.parquet", use_deprecated_int96_timestamps=True)
    read = read_arrow(DatasetRef("table", f"file:{tmp_path}", schema, 1, "content"))
    assert read.schema.types == [pa.string(), pa.decimal128(18, 4), pa.timestamp("us", "UTC")]
    assert read.to_pylist() == [
        {"t": "x", "m": Decimal("1.5000"), "at": pa.scalar(1_700_000_000_000, pa.timestamp("ms", "UTC")).as_py()}
    ]


def test_moment_far_in_the_future_survives_the_old_timestamp_type(tmp_path: Path) -> None:
    schema = Schema((Column("at", ColumnType.MOMENT),))
    far = pa.array([253_370_764_800], pa.timestamp("s")).cast(pa.timestamp("us"))  # 9999-01-01
    pq.write_table(pa.table({"at": far}), tmp_path / "part.parquet", use_deprecated_int96_timestamps=True)
    (row,) = ArrowTableStore().read(DatasetRef("table", str(tmp_path), schema, 1, "content"))
    assert str(row["at"]) == "9999-01-01 00:00:00+00:00"


def test_file_that_is_no_parquet_is_an_error_that_names_the_table(tmp_path: Path) -> None:
    (tmp_path / "part.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(SnapshotError, match=r"'items'.*not readable"):
        list(ArrowTableStore().read(DatasetRef("items", str(tmp_path), SCHEMA, 1, "content")))


def test_spark_leaves_no_file_for_a_table_without_rows_and_it_is_read_as_empty(tmp_path: Path) -> None:
    (tmp_path / "_SUCCESS").touch()
    table = read_arrow(DatasetRef("items", str(tmp_path), SCHEMA, 0, table_content(SCHEMA, [])))
    assert table.num_rows == 0
    assert table.column_names == list(SCHEMA.names)


def test_member_of_a_text_enumeration_is_stored_as_its_text(tmp_path: Path) -> None:
    class Action(StrEnum):
        ADVISE = "advise"

    schema = Schema((Column("action", ColumnType.TEXT),))
    shelf = ParquetShelf(tmp_path)
    table = shelf.open().write(shelf.attempt(), "scores", schema, [{"action": Action.ADVISE}])
    assert shelf.raw_rows(table.uri) == [{"action": "advise"}]
    assert table.content == table_content(schema, [("advise",)])


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a b/c", "/a b/c"),
        ("file:/a/b%20c", "/a/b%20c"),
        ("/a/key=1", "/a/key=1"),
        ("file:///C:/lake/x", "C:/lake/x"),
    ],
)
def test_location_is_the_path_of_a_file_uri_as_it_is_written(uri: str, path: str) -> None:
    assert locate_local(uri)[1] == path


def test_location_on_another_file_system_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="s3a://datasets/x"):
        locate_local("s3a://datasets/x")


def test_groups_of_more_pieces_than_wait_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouped_sums, "_LEAST_WAITING", 3)
    sums = grouped_sums.GroupedSums(["key"], {"units": "sum", "day": "max"})
    for number in range(50):
        sums.add(pa.table({"key": ["a", None, str(number)], "units": [1, 2, 3], "day": [number, 0, -number]}))
    rows = {key: (units, day) for key, units, day in sums.rows()}
    assert len(rows) == 52
    assert (rows["a"], rows[None], rows["7"]) == ((50, 49), (100, 0), (3, -7))
