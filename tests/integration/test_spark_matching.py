"""Matching on Spark gives what the domain's function gives, on everything at once."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from pyspark.sql import SparkSession

from adapters.spark.matching import SparkReturnMatcher
from domain.content import Cell
from domain.matching import MATCHED, ReturnEvent, SoldLine, match_returns
from domain.snapshot import Attempt, StepResult
from domain.tables import ORDER_LINES, RETURN_EVENTS
from tests.integration.tables_on_disk import plain_digest, put_table, rows_of

START = datetime(2024, 1, 30, tzinfo=UTC)
LINES, EVENTS = 400, 300
Shop: TypeAlias = tuple[list[dict[str, Cell]], list[dict[str, Cell]]]


def _lines(chance: random.Random) -> list[dict[str, Cell]]:
    lines: list[dict[str, Cell]] = []
    for number in range(LINES):
        ordered_at = START + timedelta(hours=chance.randrange(600))
        quantity = chance.randint(1, 3)
        lines.append(
            {
                "line_id": f"l{number}",
                "order_id": f"o{chance.randrange(40)}",
                "customer_id": chance.choice([None, *(f"c{n}" for n in range(12))]),
                "item_id": f"i{chance.randrange(9)}",
                "ordered_at": ordered_at,
                "quantity": quantity,
                "available_at": ordered_at + timedelta(hours=chance.choice([0, 0, 0, 50])),
                "dispatched_at": chance.choice([None, ordered_at + timedelta(hours=40)]),
                "cancelled_quantity": chance.choice([0] * 9 + [quantity]),
                "kind": "product",
                "unit_price": 1,
                "discount": 0,
                "net_value": quantity,
            }
        )
    return lines


def _events(chance: random.Random, lines: list[dict[str, Cell]]) -> list[dict[str, Cell]]:
    """Events that name a line (known, unknown or of another item), an order or a customer; some undated."""
    events: list[dict[str, Cell]] = []
    for number in range(EVENTS):
        about, other = chance.choice(lines), chance.choice(lines)
        returned_at = START + timedelta(hours=chance.randrange(900))
        names_line = chance.random() < 0.3
        events.append(
            {
                "event_id": f"e{number}",
                "line_id": chance.choice([about["line_id"], other["line_id"], "gone"]) if names_line else None,
                "order_id": chance.choice([None, about["order_id"], about["order_id"]]),
                "customer_id": chance.choice([None, about["customer_id"], other["customer_id"]]),
                "item_id": None if names_line and chance.random() < 0.3 else about["item_id"],
                "returned_at": chance.choice([None, *[returned_at] * 5]),
                "quantity": chance.randint(1, 4),
                "available_at": returned_at + timedelta(hours=chance.choice([0, 30])),
                "disposition": chance.choice([None, "restocked"]),
            }
        )
    return events


@pytest.fixture(scope="module")
def shop() -> Shop:
    """Lines and events as rows."""
    chance = random.Random(20240130)
    lines = _lines(chance)
    return lines, _events(chance, lines)


@pytest.fixture(scope="module")
def matched(spark: SparkSession, shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> StepResult:
    """One run of the matcher over the shop."""
    place: Path = tmp_path_factory.mktemp("match")
    lines = put_table(place, "order_lines", ORDER_LINES, shop[0])
    events = put_table(place, "return_events", RETURN_EVENTS, shop[1])
    matcher = SparkReturnMatcher(lambda: spark, plain_digest)
    return matcher.match(lines, events, Attempt("match", "k", "a", f"{place}/a"))


def _expected(shop: Shop) -> tuple[Counter[object], Counter[object]]:
    sold = [SoldLine(**{name: row[name] for name in SoldLine.__slots__}) for row in shop[0]]
    back = [ReturnEvent(**{name: row[name] for name in ReturnEvent.__slots__}) for row in shop[1]]
    matching = match_returns(sold, back)
    taken = Counter((a.line_id, a.event_id, a.fate, a.units) for a in matching.allocations)
    return taken, Counter((o.event_id, o.units) for o in matching.orphans)


def test_spark_and_the_domain_decide_every_unit_alike(matched: StepResult, shop: Shop) -> None:
    taken, left = _expected(shop)
    line_returns, orphans = map(rows_of, matched.tables)
    assert Counter((r["line_id"], r["event_id"], r["fate"], r["quantity"]) for r in line_returns) == taken
    assert Counter((r["event_id"], r["quantity"]) for r in orphans) == left
    assert len(taken) > 100
    assert len(left) > 50


def test_a_matched_unit_carries_the_lines_order_and_the_events_times(matched: StepResult, shop: Shop) -> None:
    sold = {row["line_id"]: row for row in shop[0]}
    back = {row["event_id"]: row for row in shop[1]}
    for row in rows_of(matched.tables[0]):
        assert row["ordered_at"] == sold[row["line_id"]]["ordered_at"]
        if row["event_id"]:
            event = back[row["event_id"]]
            assert [row[n] for n in ("returned_at", "available_at", "disposition")] == [
                event[n] for n in ("returned_at", "available_at", "disposition")
            ]
        else:
            line = sold[row["line_id"]]
            assert [row["returned_at"], row["available_at"]] == [line["ordered_at"], line["available_at"]]


def test_the_facts_count_every_unit_once(matched: StepResult, shop: Shop) -> None:
    facts, (taken, left) = matched.facts, _expected(shop)
    units = Counter[str]()
    for _, _, fate, quantity in taken:
        units[fate] += quantity
    in_row = sum(int(row["cancelled_quantity"]) for row in shop[0])
    assert facts["return_units"] == in_row + sum(int(row["quantity"]) for row in shop[1])
    assert facts["matched_units"] == units[MATCHED]
    assert facts["cancelled_units"] == units["cancelled"]
    assert facts["orphan_units"] == sum(quantity for _, quantity in left)
    assert sum(facts["orphan_units_by_month"].values()) == facts["orphan_units"]
    assert facts["events"] == EVENTS
    assert facts["matched_events"] == len({event for _, event, fate, _ in taken if fate == MATCHED})
    assert facts["cancelled_lines"] >= sum(1 for row in shop[0] if row["cancelled_quantity"])
