"""The file of a command's rows is the old one or the new one, whole."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from adapters.arrow import row_file
from adapters.arrow.row_file import write_rows
from domain.errors import ConfigurationError
from domain.schema import Column, ColumnType, Schema

SCHEMA = Schema((Column("item", ColumnType.TEXT), Column("p", ColumnType.NUMBER)))
ROWS = [{"item": "a", "p": 0.5}, {"item": "b", "p": 0.25}]


def test_a_file_that_is_there_is_replaced(tmp_path: Path) -> None:
    for name in ("rows.csv", "rows.parquet"):
        (tmp_path / name).write_text("yesterday's")
        write_rows(tmp_path / name, SCHEMA, ROWS)
    assert (tmp_path / "rows.csv").read_text() == '"item","p"\n"a",0.5\n"b",0.25\n'
    assert pq.read_table(tmp_path / "rows.parquet").to_pylist() == ROWS
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_that_cannot_be_written_to_its_end_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def broken_off(_table: Any, path: Path) -> None:
        path.write_text("half of")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(row_file._WRITERS, suffix, broken_off)
    file = tmp_path / f"rows{suffix}"
    file.write_text("yesterday's")
    with pytest.raises(ConfigurationError, match=rf"rows\{suffix} cannot be written: .*No space left") as failed:
        write_rows(file, SCHEMA, ROWS)
    assert failed.value.remedy == "Name another file."
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(file.name, "yesterday's")]


def test_a_directory_of_that_name_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").mkdir()
    with pytest.raises(ConfigurationError, match=r"rows\.csv cannot be written"):
        write_rows(tmp_path / "rows.csv", SCHEMA, ROWS)
