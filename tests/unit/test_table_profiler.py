"""A look at files: delimiters, encodings, compression, kinds."""

import gzip
import re
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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("order,quantity,quantity\n1,2,3\n", "names ['quantity'] twice"),
        ("order,quantity\n", "has a header and no rows"),
        (
            "sep=;\norder;quantity\n1;2\n3;4\n",
            "is no header of the 2 fields that most lines have: it begins with 'sep='",
        ),
        ("Report of May\n\norder,quantity\n1,2\n", "it begins with 'Report of May'"),
    ],
)
def test_a_first_line_that_is_no_header_of_the_rows_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "orders.csv").write_text(content, "utf-8")
    with pytest.raises(SourceError, match=re.escape(said)):
        LocalTableProfiler().sample(str(tmp_path / "orders.csv"))


def test_a_quote_that_is_never_closed_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a,b\n1,"' + "x" * 200_000 + "\n")
    with pytest.raises(SourceError, match="quote") as refused:
        LocalTableProfiler().sample(str(tmp_path / "a.csv"))
    assert "a.csv" in refused.value.problem


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        LocalTableProfiler().sample(str(tmp_path / "none.csv"))


@pytest.mark.parametrize("cut", range(4))
def test_a_letter_that_the_first_look_cuts_in_two_does_not_hide_the_encoding(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("größe,name\n" + "x" * cut + "ß€" * 40_000 + ",y\n").encode())
    assert LocalTableProfiler().sample(str(path)).encoding == "utf-8"


def test_letters_far_down_a_file_tell_its_encoding_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n" + b"1,plain\n" * 20_000 + "2,Größe\n".encode("cp1252"))
    table = LocalTableProfiler().sample(str(path))
    assert (table.encoding, table.values["name"][-1]) == ("cp1252", "Größe")


def test_a_damaged_letter_among_sound_ones_leaves_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n" + b"1,plain\n" * 20_000 + "2,Größe\n3,Maß\n".encode() + b"4,Gr\xf6\xdfe\n")
    table = LocalTableProfiler().sample(str(path))
    assert (table.encoding, table.values["name"][-3:]) == ("utf-8", ["Größe", "Maß", "Gr\ufffd\ufffde"])


def test_a_mark_for_a_lost_letter_that_the_file_itself_holds_is_no_other_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id,name\n1,Gr\ufffde\n".encode())
    assert LocalTableProfiler().sample(str(path)).encoding == "utf-8"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"PK\x03\x04rest"), ("a.csv", b"PK\x03\x04rest"), ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")],
)
def test_a_spreadsheet_or_archive_is_refused_with_what_to_do(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match="is no CSV") as refused:
        LocalTableProfiler().sample(str(tmp_path / name))
    assert "sheet as CSV" in refused.value.remedy


@pytest.mark.parametrize("name", ["a.txt", "a.tsv", "A.CSV", "_a.csv"])
def test_what_a_run_would_refuse_is_not_drafted_from(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"no known kind|hidden") as refused:
        LocalTableProfiler().sample(str(tmp_path / name))
    assert "ename" in refused.value.remedy
