"""The matching kernel on Arrow batches: cut anywhere, it agrees with the domain."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from adapters.spark.lines.match_kernel import ORPHAN, fates_of_units, whole_groups
from domain.matching import ReturnEvent, SoldLine, match_events

START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENT = pa.timestamp("us", "UTC")
ROWS = pa.schema(
    [
        ("group", pa.string()),
        ("is_event", pa.bool_()),
        ("row_id", pa.string()),
        ("order_id", pa.string()),
        ("customer_id", pa.string()),
        ("item_id", pa.string()),
        ("ordered_at", MOMENT),
        ("dispatched_at", MOMENT),
        ("available_at", MOMENT),
        ("quantity", pa.int64()),
        ("cancelled_quantity", pa.int64()),
        ("named_line_id", pa.string()),
        ("returned_at", MOMENT),
        ("disposition", pa.string()),
        ("outcome", pa.string()),
        ("received_at", MOMENT),
    ]
)


def lines_and_events(seed: int) -> tuple[list[SoldLine], list[ReturnEvent]]:
    """Sixty lines and forty events of eight items."""
    chance = random.Random(seed)
    lines = []
    for number in range(60):
        at = START + timedelta(hours=chance.randrange(200))
        name = f"{number % 8}"
        customer = chance.choice([None, "c1", "c2"])
        lines.append(SoldLine(f"l{number}", chance.choice("ab"), customer, name, at, chance.randint(1, 3), at))
    events = []
    for number in range(40):
        at = START + timedelta(hours=chance.randrange(400))
        if number % 2:
            at = chance.choice(lines).ordered_at.replace(hour=0)  # written as a day, that of an order
        order, customer = chance.choice([None, "a", "b"]), chance.choice([None, "c1", "c2"])
        units = chance.randint(1, 4)
        events.append(ReturnEvent(f"e{number}", None, order, customer, f"{chance.randrange(9)}", at, units, at))
    return lines, events


def rows(lines: list[SoldLine], events: list[ReturnEvent]) -> pa.RecordBatch:
    """Both as rows of the kernel's shape, sorted by item."""
    sold = [{**_row(s), "group": s.item_id, "is_event": False, "row_id": s.line_id} for s in lines]
    back = [{**_row(e), "group": e.item_id, "is_event": True, "row_id": e.event_id} for e in events]
    return pa.RecordBatch.from_pylist(sorted([*sold, *back], key=lambda row: str(row["group"])), schema=ROWS)


def _row(value: SoldLine | ReturnEvent) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}


@pytest.mark.parametrize("batch_rows", [1, 7, 1000])
@pytest.mark.parametrize("seed", range(5))
def test_the_kernel_agrees_with_the_domain_however_the_rows_are_cut(seed: int, batch_rows: int) -> None:
    lines, events = lines_and_events(seed)
    whole = rows(lines, events)
    batches = [whole.slice(start, batch_rows) for start in range(0, whole.num_rows, batch_rows)]
    found = [row for batch in fates_of_units(batches) for row in batch.to_pylist()]
    expected = match_events(lines, events)
    assert Counter((r["line_id"], r["event_id"], r["fate"], r["quantity"]) for r in found) == Counter(
        [(a.line_id, a.event_id, a.fate, a.units) for a in expected.allocations]
        + [(None, o.event_id, ORPHAN, o.units) for o in expected.orphans]
    )
    ordered_at = {s.line_id: s.ordered_at for s in lines}
    assert all(row["ordered_at"] == ordered_at.get(row["line_id"]) for row in found)


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 100])
def test_no_piece_cuts_a_group_and_no_row_is_lost(batch_rows: int) -> None:
    groups = list("aabbbbbcdddddddee")
    whole = pa.RecordBatch.from_pydict({"group": groups})
    batches = [whole.slice(start, batch_rows) for start in range(0, whole.num_rows, batch_rows)]
    pieces = [piece["group"].to_pylist() for piece in whole_groups([*batches, whole.slice(0, 0)])]
    assert [group for piece in pieces for group in piece] == groups
    assert all(set(one).isdisjoint(other) for one in pieces for other in pieces if one is not other)


def test_nothing_comes_of_no_rows() -> None:
    assert list(fates_of_units([])) == []
