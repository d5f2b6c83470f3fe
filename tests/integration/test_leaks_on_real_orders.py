"""The planted leaks on the bundled orders: what their figures look like where nobody made the data up."""

import csv
import gzip
from collections import defaultdict, deque
from datetime import date, datetime
from pathlib import Path

import pytest

from domain.days import day_number
from domain.model.leaks import changed_by_the_future, revealing_features, single_feature_auc
from tests.planted_leaks import HONEST, LEAKS, Line, cut, poisoned

ORDERS = Path(__file__).parents[2] / "data" / "product_sales_returns" / "order_dataset.csv.gz"
DAY = day_number(date(2019, 4, 15))
BOTH = {**HONEST, **LEAKS}


def read_lines() -> list[Line]:
    """Sale rows, each with the day of the first return row of the same order and item that is still free."""
    sales: list[tuple[str, str, str, int]] = []
    returns: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    with gzip.open(ORDERS, "rt", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = day_number(datetime.strptime(row["Date"], "%d/%m/%Y").date())  # noqa: DTZ007 - a day has no zone
            order = f"{row['Transaction ID']} {row['Buyer ID']}"
            if float(row["Purchased Item Count"]) > 0:
                sales.append((order, row["Buyer ID"], row["Item Code"], day))
            else:
                returns[order, row["Item Code"]].append(day)
    lines = []
    for number, (order, buyer, item, day) in enumerate(sales):
        free = returns.get((order, item))
        lines.append(Line(f"L{number}", order, buyer, item, day, free.popleft() if free else None))
    return lines


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return read_lines()


def test_every_planted_leak_is_caught_on_real_orders_and_the_honest_feature_is_not(lines: list[Line]) -> None:
    known = cut(lines, DAY)
    for other in (lines, poisoned(lines, DAY)):
        columns = {name: (feature(known), feature(other)) for name, feature in BOTH.items()}
        expected = {line.line_id: {name: made[0][line.line_id] for name, made in columns.items()} for line in known}
        found = {line.line_id: {name: made[1][line.line_id] for name, made in columns.items()} for line in known}
        assert sorted(changed_by_the_future(expected, found)) == sorted(LEAKS)


def test_an_auc_alone_would_miss_the_outcomes_of_the_rest_of_the_order(lines: list[Line]) -> None:
    outcomes = [int(line.returned_on is not None) for line in lines]
    columns = {name: [float(str(v)) for v in feature(lines).values()] for name, feature in BOTH.items()}
    revealing = revealing_features(columns, outcomes)
    assert sorted(revealing) == ["customer_total_over_the_whole_table", "target_rate_with_the_own_label"]
    missed = single_feature_auc(columns["other_outcomes_of_the_order"], outcomes)
    assert missed is not None
    assert 0.6 < missed < 0.8
