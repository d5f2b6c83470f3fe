"""What every store of small tables must do; an adapter's suite supplies its shelf and nothing else."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from domain.content import Cell, table_content
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef
from ports.table_store import TableStore
from tests.contract.cells import EVERY_TYPE, rows_of_every_type

T = ColumnType
SCHEMA = Schema((Column("item_id", T.TEXT), Column("units", T.INTEGER), Column("share", T.NUMBER, nullable=True)))
ROWS: list[dict[str, Cell]] = [
    {"item_id": "a", "units": 2, "share": 0.25},
    {"item_id": "b", "units": -1, "share": None},
    {"item_id": "b", "units": -1, "share": None},
]
NEW_YORK_IN_WINTER = timezone(timedelta(hours=-5))


class Shelf(ABC):
    """The adapter under test and its tables seen past it."""

    @abstractmethod
    def open(self) -> TableStore:
        """A new adapter on this shelf."""

    @abstractmethod
    def attempt(self) -> Attempt:
        """A new, empty attempt."""

    @abstractmethod
    def raw_rows(self, uri: str) -> list[dict[str, Any]]:
        """The rows of a table, read past the adapter."""

    @abstractmethod
    def put_raw(self, uri: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Write a table past the adapter."""


def by_text(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rows in an order of their own, with NaN equal to itself."""
    return sorted(repr(sorted(row.items())) for row in rows)


class TableStoreContract(ABC):
    @abstractmethod
    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Shelf:
        """An empty shelf."""

    @pytest.fixture
    def store(self, shelf: Shelf) -> TableStore:
        return shelf.open()

    # -- round trip -------------------------------------------------------------------------------------------

    def test_rows_come_back_as_written_from_another_store(self, shelf: Shelf) -> None:
        table = shelf.open().write(shelf.attempt(), "items", SCHEMA, ROWS)
        assert by_text(list(shelf.open().read(table))) == by_text(ROWS)

    def test_rows_are_stored_as_written(self, shelf: Shelf) -> None:
        table = shelf.open().write(shelf.attempt(), "items", SCHEMA, ROWS)
        assert by_text(shelf.raw_rows(table.uri)) == by_text(ROWS)

    def test_reference_says_what_was_written_and_where(self, shelf: Shelf) -> None:
        attempt = shelf.attempt()
        table = shelf.open().write(attempt, "items", SCHEMA, iter(ROWS))
        content = table_content(SCHEMA, [tuple(row.values()) for row in ROWS])
        assert table == DatasetRef("items", attempt.location("items"), SCHEMA, 3, content)

    @given(rows=rows_of_every_type())
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    def test_values_of_every_type_come_back_with_their_content(
        self, shelf: Shelf, rows: list[tuple[Cell, ...]]
    ) -> None:
        given_rows = [dict(zip(EVERY_TYPE.names, row, strict=True)) for row in rows]
        table = shelf.open().write(shelf.attempt(), "every", EVERY_TYPE, given_rows)
        read = list(shelf.open().read(table))
        assert table_content(EVERY_TYPE, [tuple(row.values()) for row in read]) == table.content
        assert table.content == table_content(EVERY_TYPE, rows)
        assert by_text(read) == by_text(given_rows)

    def test_table_without_rows_keeps_its_schema(self, shelf: Shelf) -> None:
        table = shelf.open().write(shelf.attempt(), "items", SCHEMA, [])
        assert (table.rows, table.content) == (0, table_content(SCHEMA, []))
        assert list(shelf.open().read(table)) == []

    def test_rows_beyond_one_batch_all_come_back(self, shelf: Shelf) -> None:
        rows = ({"item_id": str(n), "units": n} for n in range(40_000))
        table = shelf.open().write(shelf.attempt(), "items", SCHEMA, rows)
        assert table.rows == 40_000
        assert sorted(int(str(row["units"])) for row in shelf.open().read(table)) == list(range(40_000))

    def test_columns_are_given_in_the_order_asked(self, shelf: Shelf, store: TableStore) -> None:
        table = store.write(shelf.attempt(), "items", SCHEMA, ROWS[:1])
        assert [list(row.items()) for row in store.read(table, ["units", "item_id"])] == [
            [("units", 2), ("item_id", "a")]
        ]

    def test_lines_asked_for_come_alone_with_the_columns_asked(self, shelf: Shelf, store: TableStore) -> None:
        schema = Schema((Column("line_id", T.TEXT), Column("units", T.INTEGER)))
        rows = ({"line_id": str(n), "units": n} for n in range(200_000))  # more than are looked up together
        table = store.write(shelf.attempt(), "lines", schema, rows)
        asked = ["5", "199999", "100000", "no line"]
        assert sorted(row["units"] for row in store.read(table, ["units"], asked)) == [5, 100_000, 199_999]
        assert {row["line_id"]: row["units"] for row in store.read(table, None, {"5"})} == {"5": 5}
        assert not list(store.read(table, ["units"], []))

    def test_rows_are_tallied_by_the_days_of_moments_with_the_sum_of_a_column(
        self, shelf: Shelf, store: TableStore
    ) -> None:
        schema = Schema((Column("at", T.MOMENT, nullable=True), Column("fate", T.TEXT), Column("units", T.INTEGER)))
        evening = datetime(2024, 1, 1, 20, tzinfo=NEW_YORK_IN_WINTER)  # the second of January in UTC
        moments = (evening, datetime(2024, 1, 2, tzinfo=UTC), datetime(1969, 12, 31, 23, tzinfo=UTC), None, None)
        fates = ("a", "a", "a", "b", "b")
        rows = [{"at": at, "fate": fate, "units": n} for n, (at, fate) in enumerate(zip(moments, fates, strict=True))]
        table = store.write(shelf.attempt(), "table", schema, rows)
        assert by_text(list(store.tally(table, ["fate", "at"], "units"))) == by_text(
            [
                {"fate": "a", "at": date(2024, 1, 2), "rows": 2, "total": 1},
                {"fate": "a", "at": date(1969, 12, 31), "rows": 1, "total": 2},
                {"fate": "b", "at": None, "rows": 2, "total": 7},
            ]
        )
        assert by_text(list(store.tally(table, ["fate"]))) == by_text(
            [{"fate": "a", "rows": 3}, {"fate": "b", "rows": 2}]
        )
        empty = store.write(shelf.attempt(), "table", schema, [])
        assert list(store.tally(empty, ["fate"], "units")) == []

    def test_more_rows_than_are_read_together_are_tallied(self, shelf: Shelf, store: TableStore) -> None:
        table = store.write(
            shelf.attempt(), "items", SCHEMA, ({"item_id": str(n % 3), "units": n % 3} for n in range(40_000))
        )
        tallied = {row["item_id"]: (row["rows"], row["total"]) for row in store.tally(table, ["item_id"], "units")}
        assert tallied == {"0": (13_334, 0), "1": (13_333, 13_333), "2": (13_333, 26_666)}

    def test_order_of_a_rows_keys_does_not_matter(self, shelf: Shelf, store: TableStore) -> None:
        table = store.write(shelf.attempt(), "items", SCHEMA, [{"units": 2, "share": 0.25, "item_id": "a"}])
        assert [dict(row) for row in store.read(table)] == ROWS[:1]

    def test_missing_key_is_null(self, shelf: Shelf, store: TableStore) -> None:
        table = store.write(shelf.attempt(), "items", SCHEMA, [{"item_id": "a", "units": 1}])
        assert [row["share"] for row in store.read(table)] == [None]

    def test_moment_of_another_zone_comes_back_as_the_same_moment_in_utc(self, shelf: Shelf, store: TableStore) -> None:
        schema = Schema((Column("at", T.MOMENT),))
        moment = datetime(2024, 1, 1, 20, 0, 0, 123456, tzinfo=NEW_YORK_IN_WINTER)
        table = store.write(shelf.attempt(), "moments", schema, [{"at": moment}])
        (read,) = [row["at"] for row in store.read(table)]
        assert isinstance(read, datetime)
        assert (read, read.utcoffset()) == (moment, timedelta(0))
        assert read.date() == date(2024, 1, 2)

    def test_whole_number_is_a_number(self, shelf: Shelf, store: TableStore) -> None:
        table = store.write(shelf.attempt(), "items", SCHEMA, [{"item_id": "a", "units": 1, "share": 1}])
        assert table.content == table_content(SCHEMA, [("a", 1, 1.0)])

    def test_money_keeps_its_four_places(self, shelf: Shelf, store: TableStore) -> None:
        schema = Schema((Column("value", T.MONEY),))
        table = store.write(shelf.attempt(), "values", schema, [{"value": Decimal("1.5")}, {"value": Decimal(-3)}])
        assert sorted(str(row["value"]) for row in store.read(table)) == ["-3.0000", "1.5000"]

    # -- the schema as a contract -----------------------------------------------------------------------------

    def test_unknown_column_is_named(self, shelf: Shelf, store: TableStore) -> None:
        with pytest.raises(SnapshotError, match="colour"):
            store.write(shelf.attempt(), "items", SCHEMA, [{"item_id": "a", "units": 1, "colour": "red"}])

    @pytest.mark.parametrize("row", [{"units": 1}, {"item_id": None, "units": 1}])
    def test_null_where_none_is_allowed_is_named(self, shelf: Shelf, store: TableStore, row: dict[str, Cell]) -> None:
        with pytest.raises(SnapshotError, match="item_id"):
            store.write(shelf.attempt(), "items", SCHEMA, [row])

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            (T.TEXT, 1),
            (T.TEXT, b"bytes"),
            (T.INTEGER, 1.0),
            (T.INTEGER, True),
            (T.INTEGER, "1"),
            (T.INTEGER, 2**63),
            (T.NUMBER, "1.5"),
            (T.NUMBER, Decimal(1)),
            (T.NUMBER, False),
            (T.MONEY, 1.5),
            (T.MONEY, 1),
            (T.MONEY, Decimal("0.00001")),
            (T.MONEY, Decimal(10) ** 15),
            (T.SHARE, Decimal("NaN")),
            (T.MOMENT, datetime(2024, 1, 1)),  # noqa: DTZ001 (that is the fault)
            (T.MOMENT, date(2024, 1, 1)),
            (T.DAY, datetime(2024, 1, 1, tzinfo=UTC)),
            (T.DAY, "2024-01-01"),
            (T.FLAG, 1),
        ],
    )
    def test_value_of_another_type_is_named(
        self, shelf: Shelf, store: TableStore, kind: ColumnType, value: Any
    ) -> None:
        schema = Schema((Column("the_column", kind, nullable=True),))
        with pytest.raises(SnapshotError, match="the_column"):
            store.write(shelf.attempt(), "table", schema, [{"the_column": None}, {"the_column": value}])

    def test_failure_midway_leaves_no_table(self, shelf: Shelf, store: TableStore) -> None:
        attempt = shelf.attempt()
        rows = [{"item_id": str(n), "units": n} for n in range(40_000)]
        with pytest.raises(SnapshotError):
            store.write(attempt, "items", SCHEMA, [*rows, {"item_id": "last"}])
        with pytest.raises(SnapshotError):
            list(store.read(DatasetRef("items", attempt.location("items"), SCHEMA, 40_000, "content")))
        assert store.write(attempt, "items", SCHEMA, rows[:2]).rows == 2

    def test_table_written_twice_is_refused(self, shelf: Shelf, store: TableStore) -> None:
        attempt = shelf.attempt()
        table = store.write(attempt, "items", SCHEMA, ROWS)
        with pytest.raises(SnapshotError, match="items"):
            store.write(attempt, "items", SCHEMA, ROWS[:1])
        assert by_text(list(store.read(table))) == by_text(ROWS)

    def test_read_of_an_unknown_column_is_named(self, shelf: Shelf, store: TableStore) -> None:
        table = store.write(shelf.attempt(), "items", SCHEMA, ROWS)
        with pytest.raises(SnapshotError, match="colour"):
            list(store.read(table, ["colour"]))

    def test_table_that_is_not_there_is_an_error(self, shelf: Shelf, store: TableStore) -> None:
        table = DatasetRef("items", shelf.attempt().location("items"), SCHEMA, 3, "content")
        with pytest.raises(SnapshotError, match="items"):
            list(store.read(table))

    @pytest.mark.parametrize(
        ("columns", "named"),
        [
            ({"item_id": ["a"]}, "units"),
            ({"item_id": ["a"], "units": ["1"], "share": [None]}, "units"),
            ({"item_id": ["a", None], "units": [1, 2], "share": [0.5, 0.5]}, "item_id"),
            ({"item_id": ["a", "b", "c"], "units": [1, 2, 3], "share": [0.5, 0.5, 0.5]}, "3 rows"),
        ],
    )
    def test_files_that_are_not_what_the_reference_says_are_refused(
        self, shelf: Shelf, store: TableStore, columns: dict[str, list[Any]], named: str
    ) -> None:
        uri = shelf.attempt().location("items")
        shelf.put_raw(uri, columns)
        rows = len(columns["item_id"]) if named != "3 rows" else 2
        with pytest.raises(SnapshotError, match=named):
            list(store.read(DatasetRef("items", uri, SCHEMA, rows, "content")))
