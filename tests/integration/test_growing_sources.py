"""A source that grows by a day, a file that is sent again, and lines that are written again."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from adapters.local.order_files import LocalOrderSource
from domain.days import start_of
from domain.line_versions import SUPERSEDED, TOO_LATE
from tests.integration.ingest_bench import TODAY, IngestBench

HEADER = ("line", "order", "sku", "day", "units", "price", "changed")
MAPPING = """
name = "growing-shop"
shape = "rows"
orders = "days"
repeated_rows = "separate"

[columns]
line_id = "line"
order_id = "order"
item_id = "sku"
ordered_at = "day"
quantity = "units"
unit_price = "price"
updated_at = "changed"

[return_rows]
told_by = "negative_quantity"
"""
# A line of the first day is corrected on that day and on the next; one of the second comes back on the third.
DAYS: dict[str, list[Sequence[object]]] = {
    "1.csv": [
        ("L1", "o1", "A", "2024-01-01", 1, 10, "2024-01-01 09:00"),
        ("L2", "o1", "B", "2024-01-01", 1, 20, "2024-01-01 09:00"),
        ("L1", "o1", "A", "2024-01-01", 2, 10, "2024-01-01 23:59"),
    ],
    "2.csv": [
        ("L1", "o1", "A", "2024-01-01", 2, 999, "2024-01-02 08:00"),
        ("L3", "o2", "A", "2024-01-02", 1, 10, "2024-01-02 10:00"),
    ],
    "3.csv": [
        ("L3", "o2", "A", "2024-01-03", -1, 10, "2024-01-03 10:00"),
        ("L4", "o3", "B", "2024-01-03", 1, 20, "2024-01-03 11:00"),
        ("L2", "o1", "B", "2024-01-01", 0, 20, "2024-01-03 12:00"),
    ],
}


@pytest.fixture
def bench(spark: SparkSession, tmp_path: Path) -> IngestBench:
    return IngestBench(spark, tmp_path)


def put_days(bench: IngestBench, *names: str) -> None:
    for name in names:
        bench.put(f"days/{name}", [HEADER, *DAYS[name]])


def fingerprint(bench: IngestBench) -> str:
    path = bench.place / "shop.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return LocalOrderSource(path).fingerprint()


def test_a_source_that_grew_is_the_one_that_was_there_at_once(
    bench: IngestBench, spark: SparkSession, tmp_path: Path
) -> None:
    put_days(bench, "1.csv", "2.csv")
    before, fingerprint_before = bench.ingest(MAPPING), fingerprint(bench)
    put_days(bench, "3.csv")
    grown, fingerprint_grown = bench.ingest(MAPPING), fingerprint(bench)
    at_once = IngestBench(spark, tmp_path / "at once")
    put_days(at_once, "3.csv", "1.csv", "2.csv")
    assert (grown.contents, fingerprint_grown) == (at_once.ingest(MAPPING).contents, fingerprint(at_once))
    assert fingerprint_grown != fingerprint_before
    assert grown.fates == (8, 5, 3, 0)
    assert before.fates == (5, 3, 2, 0)


def test_a_file_sent_again_under_another_name_changes_nothing(bench: IngestBench) -> None:
    put_days(bench, "1.csv")
    before, fingerprint_before = bench.ingest(MAPPING), fingerprint(bench)
    (bench.place / "days" / "0 again.csv").write_bytes((bench.place / "days" / "1.csv").read_bytes())
    assert fingerprint(bench) == fingerprint_before  # so every step has the key it had: nothing is rerun
    source = LocalOrderSource(bench.place / "shop.toml")
    assert [(Path(f.location).name, Path(f.same_as).name) for f in source.repeated_files()] == [
        ("1.csv", "0 again.csv")
    ]
    again = bench.ingest(MAPPING)
    assert (again.contents, again.fates) == (before.contents, before.fates)


def test_a_line_is_what_was_known_when_its_first_day_ended(bench: IngestBench) -> None:
    put_days(bench, *DAYS)
    made = bench.ingest(MAPPING)
    lines = {row["line_id"]: (row["quantity"], str(row["unit_price"])) for row in made.lines}
    assert lines == {"L1": (2, "10.0000"), "L2": (1, "20.0000"), "L3": (1, "10.0000"), "L4": (1, "20.0000")}
    assert made.reasons == Counter({SUPERSEDED: 1, TOO_LATE: 1, "quantity_zero": 1})
    (late,) = [row for row in made.quarantine if row["reason"] == TOO_LATE]
    assert "'L1'" in str(late["detail"])
    assert '"price":"999"' in str(late["row"])


def test_cut_at_any_day_the_lines_are_those_of_the_whole_source(bench: IngestBench, tmp_path: Path) -> None:
    put_days(bench, *DAYS)
    whole = bench.ingest(MAPPING)
    day = TODAY.replace(month=1, day=3)
    cut = IngestBench(bench.spark, tmp_path / "cut")
    put_days(cut, "1.csv", "2.csv")  # what was written before that day
    blind = cut.ingest(MAPPING)
    for mine, theirs, clock in (
        (whole.lines, blind.lines, "available_at"),
        (whole.events, blind.events, "available_at"),
        (whole.quarantine, blind.quarantine, "known_at"),
    ):
        known = [row for row in mine if row[clock] < start_of(day)]
        assert sorted(map(repr, known)) == sorted(map(repr, theirs))
