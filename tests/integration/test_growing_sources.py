"""A source that grows by a day, a file that is sent again, and lines that are written again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from adapters.local.order_files import LocalOrderSource
from domain.days import start_of
from domain.source.line_versions import SUPERSEDED, TOO_LATE
from tests.integration.ingest_bench import IngestBench, Ingested

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


# The same files under other names, and the first of them twice.
AT_ONCE = {"c.csv": "1.csv", "a.csv": "2.csv", "b.csv": "3.csv", "sent again.csv": "1.csv"}


@dataclass(frozen=True)
class Read:
    """One reading of the source as it was then."""

    made: Ingested
    fingerprint: str
    repeated: tuple[tuple[str, str], ...]


def read(bench: IngestBench) -> Read:
    made = bench.ingest(MAPPING)
    source = LocalOrderSource(bench.place / "shop.toml")
    repeated = [(Path(file.location).name, Path(file.same_as).name) for file in source.repeated_files()]
    return Read(made, source.fingerprint(), tuple(repeated))


def put_days(bench: IngestBench, files: Mapping[str, str]) -> None:
    for name, day in files.items():
        bench.put(f"days/{name}", [HEADER, *DAYS[day]])


@pytest.fixture(scope="module")
def readings(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    """The source after two days, grown by the third, and all of it in one place at once."""
    growing = IngestBench(spark, tmp_path_factory.mktemp("growing"))
    at_once = IngestBench(spark, tmp_path_factory.mktemp("at once"))
    put_days(growing, {"1.csv": "1.csv", "2.csv": "2.csv"})
    two_days = read(growing)
    put_days(growing, {"3.csv": "3.csv"})
    put_days(at_once, AT_ONCE)
    return {"two days": two_days, "grown": read(growing), "at once": read(at_once)}


def test_a_source_that_grew_is_the_one_that_was_there_at_once(readings: dict[str, Read]) -> None:
    grown, at_once = readings["grown"], readings["at once"]
    assert grown.made.contents == at_once.made.contents
    assert grown.made.fates == at_once.made.fates == (8, 5, 3, 0)
    assert readings["two days"].made.fates == (5, 3, 2, 0)


def test_a_file_that_is_sent_again_is_read_once_and_changes_no_key(readings: dict[str, Read]) -> None:
    assert readings["at once"].repeated == (("sent again.csv", "c.csv"),)
    # The fingerprint is the root of all keys: nothing is rerun.
    assert readings["at once"].fingerprint == readings["grown"].fingerprint != readings["two days"].fingerprint


def test_a_line_is_what_was_known_when_its_first_day_ended(readings: dict[str, Read]) -> None:
    made = readings["grown"].made
    lines = {row["line_id"]: (row["quantity"], str(row["unit_price"])) for row in made.lines}
    assert lines == {"L1": (2, "10.0000"), "L2": (1, "20.0000"), "L3": (1, "10.0000"), "L4": (1, "20.0000")}
    assert made.reasons == Counter({SUPERSEDED: 1, TOO_LATE: 1, "quantity_zero": 1})
    (late,) = [row for row in made.quarantine if row["reason"] == TOO_LATE]
    assert "'L1'" in str(late["detail"])
    assert '"price":"999"' in str(late["row"])


def test_cut_at_a_day_the_lines_are_those_of_the_whole_source(readings: dict[str, Read]) -> None:
    whole, blind = readings["grown"].made, readings["two days"].made  # what was written before that day
    end = start_of(date(2024, 1, 3))
    for mine, theirs, clock in (
        (whole.lines, blind.lines, "available_at"),
        (whole.events, blind.events, "available_at"),
        (whole.quarantine, blind.quarantine, "known_at"),
    ):
        known = [row for row in mine if str(row[clock]) < str(end)]
        assert sorted(map(repr, known)) == sorted(map(repr, theirs))
