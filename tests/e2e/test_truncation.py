"""A run as of a day sees nothing of what came later: not by its absence, and not by garbage in its place."""

import csv
import gzip
import io
import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.snapshot import Manifest
from tests.e2e.lakes import RunLake, known_content
from tests.processes import ROOT

AS_OF = date(2019, 4, 15)
FEWER_TREES = {"RETURNCAST_RECIPE__ITERATIONS": "30"}  # what a fit may see does not hang on their number
BUNDLED = ROOT / "data" / "product_sales_returns"

Row = dict[str, str]
Rewrite = Callable[[list[Row]], Iterator[Row]]


def as_they_are(rows: list[Row]) -> Iterator[Row]:
    """The whole file."""
    yield from rows


def cut_at_the_day(rows: list[Row]) -> Iterator[Row]:
    """Only the rows dated before the day."""
    yield from (row for row in rows if day_of(row) < AS_OF)


def garbage_from_the_day_on(rows: list[Row]) -> Iterator[Row]:
    """The rows before the day, then rows of later days that make no sense, many on known orders and items."""
    chance = random.Random(5)
    for row in rows:
        if day_of(row) < AS_OF:
            yield row
            continue
        other = chance.choice(rows)
        yield {
            **row,
            "Buyer ID": other["Buyer ID"],
            "Transaction ID": other["Transaction ID"],
            "Item Code": other["Item Code"],
            "Category": chance.choice(("Product P", "nonsense", "")),
            "Total Revenue": chance.choice((row["Total Revenue"], "1e9", "not a price", "-3")),
            "Final Quantity": chance.choice(("-1", "1", "99")),
            "Purchased Item Count": chance.choice(("0", "1", "40", "x")),
            "Refunded Item Count": chance.choice(("-1", "0", "-7")),
        }


def day_of(row: Row) -> date:
    day, month, year = row["Date"].split("/")
    return date(int(year), int(month), int(day))


def manifests_of(rewrite: Rewrite, directory: Path) -> dict[str, Manifest]:
    """Run as of the day, in a lake of its own, on the bundled file rewritten."""
    with gzip.open(BUNDLED / "order_dataset.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rewrite(rows))
    (directory / "order_dataset.csv.gz").write_bytes(gzip.compress(text.getvalue().encode()))
    mapping = directory / "mapping.toml"
    mapping.write_text((BUNDLED / "mapping.toml").read_text(encoding="utf-8"), encoding="utf-8")
    run = RunLake(directory / "lake", str(mapping), AS_OF.isoformat())
    run.run(**FEWER_TREES)
    return run.manifests(**FEWER_TREES)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Manifest]:
    """The run on the whole file."""
    return manifests_of(as_they_are, tmp_path_factory.mktemp("whole"))


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(cut_at_the_day, id="cut", marks=pytest.mark.thorough),
        pytest.param(garbage_from_the_day_on, id="garbage"),  # which is cut as well
    ],
)
def blind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Manifest]:
    """The run on a file without the future, or with another one."""
    return manifests_of(request.param, tmp_path_factory.mktemp(request.param.__name__))


@pytest.mark.parametrize(
    ("step", "table"), [("ingest", "order_lines"), ("match", "line_returns"), ("features", "features")]
)
def test_what_was_known_on_the_day_is_the_same(
    whole: dict[str, Manifest], blind: dict[str, Manifest], step: str, table: str
) -> None:
    assert whole[step].key != blind[step].key
    content, rows = known_content(whole[step], table, AS_OF)
    assert rows > 1000
    assert known_content(blind[step], table, AS_OF) == (content, rows)


@pytest.mark.parametrize(
    "step", ["examples", "train", "evaluate", "promote", "score", "actions", "orders", "stock", "items"]
)
def test_what_was_made_as_of_the_day_is_the_same(
    whole: dict[str, Manifest], blind: dict[str, Manifest], step: str
) -> None:
    assert whole[step].key != blind[step].key
    assert all(table.rows > 0 for table in whole[step].tables)
    assert whole[step].tables or whole[step].artifacts or whole[step].facts
    assert [(t.name, t.content) for t in blind[step].tables] == [(t.name, t.content) for t in whole[step].tables]
    assert blind[step].content == whole[step].content
