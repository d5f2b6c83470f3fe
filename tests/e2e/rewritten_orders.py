"""The bundled orders as they are up to a day, and garbage in place of what came later."""

import csv
import gzip
import io
import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from tests.processes import ROOT

BUNDLED = ROOT / "data" / "product_sales_returns"

Row = dict[str, str]
Rewrite = Callable[[list[Row], date], Iterator[Row]]


def cut_at_the_day(rows: list[Row], day: date) -> Iterator[Row]:
    """Only the rows dated before the day."""
    yield from (row for row in rows if day_of(row) < day)


def garbage_from_the_day_on(rows: list[Row], day: date) -> Iterator[Row]:
    """The rows before the day, then rows of later days that make no sense, many on known orders and items."""
    chance = random.Random(5)
    for row in rows:
        if day_of(row) < day:
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
    """The day of a row of the bundled file."""
    day, month, year = row["Date"].split("/")
    return date(int(year), int(month), int(day))


def rewritten(rewrite: Rewrite, day: date, directory: Path) -> Path:
    """Write the bundled file rewritten, beside its mapping; the path of the mapping."""
    with gzip.open(BUNDLED / "order_dataset.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rewrite(rows, day))
    (directory / "order_dataset.csv.gz").write_bytes(gzip.compress(text.getvalue().encode()))
    mapping = directory / "mapping.toml"
    mapping.write_text((BUNDLED / "mapping.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return mapping
