"""The matching of whole items on Arrow batches, where the rows are.

Lines and events come as rows of one shape, sorted by their group (the item). The rows of a batch up to
its last group are whole groups, and matching any union of whole items is the union of their matchings,
so each such piece is one call of the domain. Memory is bounded by a batch and the largest item; only
lines that share a name with an event of the piece ever become Python objects.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from domain.matching import Matching, ReturnEvent, SoldLine, match_events

ORPHAN = "orphan"
_LINE_FIELDS = (
    "row_id",
    "order_id",
    "customer_id",
    "item_id",
    "ordered_at",
    "quantity",
    "available_at",
    "cancelled_quantity",
    "dispatched_at",
)
_EVENT_FIELDS = (
    "row_id",
    "named_line_id",
    "order_id",
    "customer_id",
    "item_id",
    "returned_at",
    "quantity",
    "available_at",
)
_OF_EVENT = (
    "returned_at",
    "available_at",
    "disposition",
    "outcome",
    "received_at",
    "order_id",
    "customer_id",
    "item_id",
)


def fates_of_units(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Where the units of every event went, from rows sorted by `group`.

    Returns one row an event and line that met, and one row an event with units left over: `line_id` and
    `ordered_at` (null for an orphan), `event_id`, `fate`, `quantity` and what the event says.
    """
    for piece in whole_groups(batches):
        is_event = piece["is_event"]
        events = piece.filter(is_event)
        if events.num_rows:
            lines = _within_reach(piece.filter(pc.invert(is_event)), events)
            yield from _described(_match(lines, events), lines, events).to_batches()


def whole_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in pieces that never cut a group; a piece is about a batch, or one larger group."""
    held: list[pa.RecordBatch] = []  # the rows so far of the one group that may go on
    for batch in batches:
        if batch.num_rows == 0:
            continue
        cut = _start_of_last_group(batch)
        if cut == 0 and held and held[-1]["group"][-1] == batch["group"][0]:
            held.append(batch)
            continue
        whole = [*held, batch.slice(0, cut)]
        if sum(part.num_rows for part in whole):
            yield pa.Table.from_batches(whole)
        held = [batch.slice(cut)]
    if held:
        yield pa.Table.from_batches(held)


def _start_of_last_group(batch: pa.RecordBatch) -> int:
    groups = batch["group"]
    return int(pc.index(pc.equal(groups, groups[-1]), True).as_py())


def _within_reach(lines: pa.Table, events: pa.Table) -> pa.Table:
    """The lines that share a line, an order or, for events that name neither, a customer with an event."""
    nameless = pc.and_(pc.is_null(events["named_line_id"]), pc.is_null(events["order_id"]))
    reached = _is_among(lines["row_id"], events["named_line_id"])
    reached = pc.or_(reached, _is_among(lines["order_id"], events["order_id"]))
    reached = pc.or_(reached, _is_among(lines["customer_id"], events.filter(nameless)["customer_id"]))
    return lines.filter(reached)


def _is_among(values: pa.ChunkedArray, names: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.is_in(values, value_set=pc.drop_null(names).combine_chunks(), skip_nulls=True)


def _match(lines: pa.Table, events: pa.Table) -> Matching:
    sold = (SoldLine(*row) for row in _tuples(lines, _LINE_FIELDS))
    returned = (ReturnEvent(*row) for row in _tuples(events, _EVENT_FIELDS))
    return match_events(sold, returned)


def _tuples(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _described(matching: Matching, lines: pa.Table, events: pa.Table) -> pa.Table:
    met, left = matching.allocations, matching.orphans
    row_of_line = {line_id: row for row, line_id in enumerate(lines["row_id"].to_pylist())}
    row_of_event = {event_id: row for row, event_id in enumerate(events["row_id"].to_pylist())}
    line_rows = pa.array([row_of_line[a.line_id] for a in met] + [None] * len(left), pa.int64())
    event_rows = pa.array(
        [row_of_event[a.event_id] for a in met] + [row_of_event[o.event_id] for o in left], pa.int64()
    )
    return pa.table(
        {
            "line_id": lines["row_id"].take(line_rows),
            "event_id": events["row_id"].take(event_rows),
            "fate": pa.array([a.fate for a in met] + [ORPHAN] * len(left), pa.string()),
            "quantity": pa.array([a.units for a in met] + [o.units for o in left], pa.int64()),
            "ordered_at": lines["ordered_at"].take(line_rows),
            **{name: events[name].take(event_rows) for name in _OF_EVENT},
        }
    )
