"""Files of candidates: the same rows from CSV and Parquet, and errors that name the file and the remedy."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.arrow.candidate_file import read_candidate_file
from domain.errors import ConfigurationError, SourceError

HEADER = "customer_id,item_id,price,quantity"


def a_csv(directory: Path, *lines: str, name: str = "candidates.csv") -> Path:
    path = directory / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def a_parquet(directory: Path, **columns: pa.Array) -> Path:
    path = directory / "candidates.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_cells_of_a_csv_file_are_texts_as_they_stand_and_empty_ones_are_absent(tmp_path: Path) -> None:
    path = a_csv(tmp_path, HEADER, '007,"shirt, m",19.90,', ',"",abc,2')
    assert read_candidate_file(path).rows == [
        {"customer_id": "007", "item_id": "shirt, m", "price": "19.90", "quantity": None},
        {"customer_id": None, "item_id": None, "price": "abc", "quantity": "2"},
    ]


def test_a_byte_order_mark_and_another_order_of_columns_change_nothing(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "\ufeffitem_id,customer_id", "shirt,ann")
    assert read_candidate_file(path).rows == [{"customer_id": "ann", "item_id": "shirt"}]


def test_other_columns_are_ignored_and_named(tmp_path: Path) -> None:
    found = read_candidate_file(a_csv(tmp_path, "rank,customer_id,item_id,prize", "1,ann,shirt,5"))
    assert found.rows == [{"customer_id": "ann", "item_id": "shirt"}]
    assert found.ignored == ("rank", "prize")


def test_numbers_of_a_parquet_file_are_read_as_people_write_them(tmp_path: Path) -> None:
    path = a_parquet(
        tmp_path,
        customer_id=pa.array([12345.0, float("nan"), None]),
        item_id=pa.array([7, 8, 9], pa.int64()),
        price=pa.array([Decimal("19.9000"), None, Decimal("5.0000")], pa.decimal128(18, 4)),
    )
    assert read_candidate_file(path).rows == [
        {"customer_id": "12345", "item_id": "7", "price": "19.9000"},
        {"customer_id": None, "item_id": "8", "price": None},
        {"customer_id": None, "item_id": "9", "price": "5.0000"},
    ]


def test_a_price_that_is_no_number_stays_to_be_set_aside(tmp_path: Path) -> None:
    path = a_parquet(
        tmp_path, customer_id=pa.array(["ann"]), item_id=pa.array(["shirt"]), price=pa.array([float("nan")])
    )
    assert read_candidate_file(path).rows[0]["price"] == "nan"


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert read_candidate_file(a_csv(tmp_path, HEADER)).rows == []


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("customer_id;item_id", "ann;shirt"), "lacks the column customer_id, item_id; it has customer_id;item_id"),
        (("customer_id,sku", "ann,shirt"), "lacks the column item_id"),
        (("customer_id,item_id,item_id", "ann,shirt,shirt"), "has the column item_id twice"),
    ],
)
def test_a_file_without_the_columns_is_refused(tmp_path: Path, lines: tuple[str, ...], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read_candidate_file(a_csv(tmp_path, *lines))


def test_another_format_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"'candidates\.xlsx'.*\.csv or \.parquet"):
        read_candidate_file(tmp_path / "candidates.xlsx")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"There is no file '.*candidates\.csv'"):
        read_candidate_file(tmp_path / "candidates.csv")


@pytest.mark.parametrize("name", ["candidates.csv", "candidates.parquet"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    path = a_csv(tmp_path, "customer_id,item_id", "ann", "bob,shirt,5", name=name)
    with pytest.raises(SourceError, match="cannot be read"):
        read_candidate_file(path)


def test_a_column_that_is_no_text_or_number_is_named(tmp_path: Path) -> None:
    path = a_parquet(tmp_path, customer_id=pa.array(["ann"]), item_id=pa.array([["shirt"]]))
    with pytest.raises(ConfigurationError, match="column item_id"):
        read_candidate_file(path)
