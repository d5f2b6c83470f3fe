"""A look at files: delimiters, encodings, compression, kinds."""

import gzip
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.local.table_profiler import LocalTableProfiler
from domain.errors import SourceError


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(delimiter.join(row) for row in (("a", "b", "c"), ("1", "x y", ""), ("2", "z", "w"))))
    table = LocalTableProfiler().sample(str(path))
    assert table.delimiter == delimiter
    assert table.values == {"a": ["1", "2"], "b": ["x y", "z"], "c": [None, "w"]}


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")]
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, named: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("größe,preis\nM,12 €\n".encode(encoding))
    table = LocalTableProfiler().sample(str(path))
    assert (table.encoding, list(table.values)) == (named, ["größe", "preis"])


def test_only_the_first_rows_of_a_big_file_are_held_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 50))
    assert LocalTableProfiler(50).sample(str(path)).is_whole
    beginning = LocalTableProfiler(10).sample(str(path))
    assert (beginning.rows, beginning.is_whole) == (10, False)


def test_parquet_gives_texts(tmp_path: Path) -> None:
    moments = pa.array([datetime(2024, 1, 2, 3), None], pa.timestamp("ns"))  # noqa: DTZ001 (as pandas writes it)
    pq.write_table(pa.table({"n": [1, 2], "when": moments, "t": ["x", None]}), tmp_path / "a.parquet")
    table = LocalTableProfiler().sample(str(tmp_path / "a.parquet"))
    assert table.values == {"n": ["1", "2"], "when": ["2024-01-02 03:00:00", None], "t": ["x", None]}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.csv", b"", "empty"), ("a.csv.gz", b"a,b\n1,2\n", "gzip"), ("a.parquet", b"a,b\n1,2\n", "Parquet")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said) as refused:
        LocalTableProfiler().sample(str(tmp_path / name))
    assert name in refused.value.problem


def test_a_quote_that_is_never_closed_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a,b\n1,"' + "x" * 200_000 + "\n")
    with pytest.raises(SourceError, match="quote") as refused:
        LocalTableProfiler().sample(str(tmp_path / "a.csv"))
    assert "a.csv" in refused.value.problem


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        LocalTableProfiler().sample(str(tmp_path / "none.csv"))
