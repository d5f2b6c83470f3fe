"""Exports hold every row in the format that was asked for, and no formula that a spreadsheet would run."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from adapters.arrow.export import ArrowTableExporter
from adapters.arrow.spreadsheet import SHEET_ROWS
from adapters.arrow.table_store import ArrowTableStore
from domain.content import Cell, table_content
from domain.errors import ConfigurationError, SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef

T = ColumnType
SCHEMA = Schema(
    (
        Column("item", T.TEXT),
        Column("units", T.INTEGER),
        Column("share", T.NUMBER, nullable=True),
        Column("value", T.MONEY, nullable=True),
        Column("at", T.MOMENT, nullable=True),
        Column("day", T.DAY, nullable=True),
        Column("open", T.FLAG, nullable=True),
        Column("note", T.TEXT, nullable=True),
    )
)
ROW: dict[str, Cell] = {
    "item": "5.36356E+13",
    "units": -2,
    "share": 0.25,
    "value": Decimal("-12.5000"),
    "at": datetime(2024, 1, 1, 23, 30, tzinfo=UTC),
    "day": date(2024, 2, 29),
    "open": True,
    "note": 'says "hi", \u00fc\nthen leaves',
}
FORMULAS = ["=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1"]


def table_of(directory: Path, *rows: dict[str, Cell], schema: Schema = SCHEMA) -> DatasetRef:
    return ArrowTableStore().write(Attempt("step", "key", "1", str(directory)), "table", schema, rows)


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_csv_holds_a_header_and_every_value_as_text(tmp_path: Path) -> None:
    ArrowTableExporter().export(table_of(tmp_path, ROW), tmp_path / "out.csv")
    header, row = read_csv(tmp_path / "out.csv")
    assert header == list(SCHEMA.names)
    expected = [
        "5.36356E+13",
        "-2",
        "0.25",
        "-12.5000",
        "2024-01-01 23:30:00.000000Z",
        "2024-02-29",
        "true",
        ROW["note"],
    ]
    assert row == expected


def test_csv_leaves_nulls_empty(tmp_path: Path) -> None:
    ArrowTableExporter().export(table_of(tmp_path, {"item": "a", "units": 1}), tmp_path / "out.csv")
    assert read_csv(tmp_path / "out.csv")[1] == ["a", "1", *[""] * 6]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_gives_text_that_would_run_as_a_formula_an_apostrophe(tmp_path: Path, text: str) -> None:
    ArrowTableExporter().export(table_of(tmp_path, {"item": text, "units": -1}), tmp_path / "out.csv")
    assert read_csv(tmp_path / "out.csv")[1][:2] == [f"'{text}", "-1"]


@pytest.mark.parametrize("text", ["a=1", "1-1", "'=1", ""])
def test_csv_leaves_other_text_as_it_is(tmp_path: Path, text: str) -> None:
    ArrowTableExporter().export(table_of(tmp_path, {"item": text, "units": 1}), tmp_path / "out.csv")
    assert read_csv(tmp_path / "out.csv")[1][0] == text


def test_workbook_holds_a_header_and_typed_values(tmp_path: Path) -> None:
    ArrowTableExporter().export(table_of(tmp_path, ROW), tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    header, row = sheet.iter_rows(values_only=True)
    assert header == SCHEMA.names
    moment, day = datetime(2024, 1, 1, 23, 30), datetime(2024, 2, 29)  # noqa: DTZ001 (a sheet knows no zones)
    assert row == ("5.36356E+13", -2, 0.25, -12.5, moment, day, True, ROW["note"])
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("text", FORMULAS[:4])
def test_workbook_holds_text_that_looks_like_a_formula_as_text(tmp_path: Path, text: str) -> None:
    ArrowTableExporter().export(table_of(tmp_path, {"item": text, "units": 1}), tmp_path / "out.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "out.xlsx").active["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_workbook_takes_what_a_sheet_has_no_place_for_as_text(tmp_path: Path) -> None:
    table = table_of(tmp_path, {"item": "a\x00b", "units": 2**60, "share": float("nan"), "note": "x" * 40_000})
    ArrowTableExporter().export(table, tmp_path / "out.xlsx")
    cells = [cell.value for cell in openpyxl.load_workbook(tmp_path / "out.xlsx").active[2]]
    assert cells[:3] == ["a\ufffdb", str(2**60), "nan"]
    assert len(cells[7]) == 32_767


def test_table_beyond_a_sheets_rows_is_refused_with_the_formats_that_hold_it(tmp_path: Path) -> None:
    table = DatasetRef("table", str(tmp_path), SCHEMA, SHEET_ROWS, "content")
    with pytest.raises(ConfigurationError, match=r"1048575.*\.parquet or \.csv"):
        ArrowTableExporter().export(table, tmp_path / "out.xlsx")


def test_parquet_holds_every_value_as_it_is(tmp_path: Path) -> None:
    rows = [ROW, {"item": "=1+1", "units": 1}]
    ArrowTableExporter().export(table_of(tmp_path, *rows), tmp_path / "out.PARQUET")
    read = pq.read_table(tmp_path / "out.PARQUET").to_pylist()
    assert read == [{name: row.get(name) for name in SCHEMA.names} for row in rows]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_table_without_rows_is_exported_with_its_header(tmp_path: Path, suffix: str) -> None:
    ArrowTableExporter().export(table_of(tmp_path), tmp_path / f"out.{suffix}")
    headers = {
        "csv": lambda path: read_csv(path)[0],
        "xlsx": lambda path: [cell.value for cell in openpyxl.load_workbook(path).active[1]],
        "parquet": lambda path: pq.read_schema(path).names,
    }
    assert headers[suffix](tmp_path / f"out.{suffix}") == list(SCHEMA.names)


def test_unknown_suffix_is_refused_with_those_known(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"out\.json.*\.csv, \.parquet, \.xlsx"):
        ArrowTableExporter().export(table_of(tmp_path, ROW), tmp_path / "out.json")


def test_failed_export_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    table = table_of(tmp_path, ROW)
    out = tmp_path / "out.csv"
    out.write_text("before", encoding="utf-8")
    (tmp_path / "table/part-00000.parquet").write_bytes(b"")
    with pytest.raises(SnapshotError):
        ArrowTableExporter().export(table, out)
    assert out.read_text("utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "table"]


def test_content_that_changed_is_not_exported_as_parquet(tmp_path: Path) -> None:
    table = table_of(tmp_path, ROW)
    other = DatasetRef(table.name, table.uri, SCHEMA, 1, table_content(SCHEMA, []))
    with pytest.raises(SnapshotError, match="files were changed"):
        ArrowTableExporter().export(other, tmp_path / "out.parquet")


def test_what_cannot_be_read_is_no_fault_of_the_file_that_is_written(tmp_path: Path) -> None:
    table = table_of(tmp_path, *[{**ROW, "units": n, "note": str(n)} for n in range(2_000)])
    file = tmp_path / "table/part-00000.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:4] + bytes(2_000) + whole[2_004:])
    with pytest.raises(SnapshotError, match="not readable"):
        ArrowTableExporter().export(table, tmp_path / "out.csv")
    with pytest.raises(SnapshotError, match="report"):
        ArrowTableExporter().copy(str(tmp_path / "report.html"), tmp_path / "out.html")
    assert not (tmp_path / "out.html").exists()
