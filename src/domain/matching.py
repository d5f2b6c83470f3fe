"""Causal matching of return events to sold lines, with conserved quantity.

Events take their turn in the order of (`available_at`, `returned_at`, `event_id`), undated ones last among
equals. Each tries, against the quantity open at that moment, (a) the line it names, (b) the lines of its order
and item, earliest ordered first, and (c) the lines of its customer and item, latest ordered first, the last
only when it names neither line nor order; lines ordered at one moment go by `line_id`. A line counts only once
it is known and when it was ordered no later than the day of the return; where nothing but customer and item speaks for
it (c), no later than its moment, since what was bought again after a return, as in an exchange, is not what came back.
A return at midnight exactly was written as a day: what was ordered, known or dispatched on that day, at any hour, was
so by then. An earlier match is never undone, null equals nothing, and a line sold and refunded in one row has given up
those units before any event.

An event whose named line counts is an event of that line's item, whatever item it says. So lines and events of one
item never meet those of another, and matching any union of whole items is the union of their matchings.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import chain

from domain.days import day_number
from domain.errors import SnapshotError

MATCHED = "matched"
CANCELLED = "cancelled"
NO_EVENT = ""  # the event of a cancellation in the selling row


@dataclass(frozen=True, slots=True)
class SoldLine:
    """What matching needs of an order line; `cancelled_quantity` units are refunded in its very row."""

    line_id: str
    order_id: str
    customer_id: str | None
    item_id: str
    ordered_at: datetime
    quantity: int
    available_at: datetime
    cancelled_quantity: int = 0
    dispatched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnEvent:
    """What matching needs of a return event; it names a line, an order, or neither."""

    event_id: str
    line_id: str | None
    order_id: str | None
    customer_id: str | None
    item_id: str | None
    returned_at: datetime | None
    quantity: int
    available_at: datetime


@dataclass(frozen=True, slots=True)
class Allocation:
    """Units of one event that closed units of one line, above 0; the fate is matched or cancelled."""

    line_id: str
    event_id: str
    units: int
    fate: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """Units of an event that no line took, above 0."""

    event_id: str
    units: int


@dataclass(frozen=True, slots=True)
class Matching:
    """Where every returned unit went, in the order in which it was decided."""

    allocations: tuple[Allocation, ...]
    orphans: tuple[Orphan, ...]


def match_returns(lines: Iterable[SoldLine], events: Iterable[ReturnEvent]) -> Matching:
    """Match the events of whole items to their lines, cancellations in the selling row included.

    Args:
        lines: every line of these items, in any order.
        events: every event of these items, in any order.

    Returns:
        One allocation a line and event that met, one orphan an event with units left over.
    """
    sold = tuple(lines)
    matching = match_events(sold, events)
    in_row = sorted(cancellations_in_row(sold), key=lambda taken: taken.line_id)
    return Matching((*in_row, *matching.allocations), matching.orphans)


def cancellations_in_row(lines: Iterable[SoldLine]) -> Iterator[Allocation]:
    """The units refunded in the rows that sell them, one allocation a line that has any."""
    for line in lines:
        if line.cancelled_quantity > 0:
            yield Allocation(line.line_id, NO_EVENT, line.cancelled_quantity, CANCELLED)


def match_events(lines: Iterable[SoldLine], events: Iterable[ReturnEvent]) -> Matching:
    """Match the events alone, against what cancellations in the selling rows have left open."""
    ledger = _Ledger(lines)
    allocations: list[Allocation] = []
    orphans: list[Orphan] = []
    for event in sorted(events, key=_turn):
        left = event.quantity
        for taken in ledger.take(event):
            allocations.append(taken)
            left -= taken.units
        if left:
            orphans.append(Orphan(event.event_id, left))
    return Matching(tuple(allocations), tuple(orphans))


def is_cancelled(quantity: int, cancelled_units: int) -> bool:
    """Whether a line is a cancellation: every one of its units was cancelled, none can come back."""
    return cancelled_units >= quantity


def was_by(moment: datetime, by: datetime) -> bool:
    """Whether a moment was no later than another one, which stands for its whole UTC day when it is midnight."""
    if moment <= by:
        return True
    return by.astimezone(UTC).time() == time.min and day_number(moment) == day_number(by)


def check_conservation(return_units: int, matched: int, orphan: int, cancelled: int) -> None:
    """Refuse a matching that lost or invented units: return units = matched + orphan + cancelled."""
    if return_units != matched + orphan + cancelled:
        raise SnapshotError(
            f"Matching broke the law of units: {return_units} returned, but {matched} matched + {orphan} orphan "
            f"+ {cancelled} cancelled.",
            "Check that line_id and event_id are unique in the canonical tables, then run the step again.",
        )


@dataclass(slots=True)
class _Entry:
    """A line with the day it was ordered and the units still open."""

    line: SoldLine
    ordered_day: int
    open_units: int

    def counts_for(self, event: ReturnEvent) -> bool:
        """Whether the line was known, and ordered no later than the day of the return.

        The hours of one day are left out: an event that names its sale may be stamped by another clock.
        """
        if not was_by(self.line.available_at, event.available_at):
            return False
        return event.returned_at is None or self.ordered_day <= day_number(event.returned_at)

    def was_ordered_by(self, event: ReturnEvent) -> bool:
        """Whether the line was ordered no later than the moment of the return."""
        return event.returned_at is None or was_by(self.line.ordered_at, event.returned_at)

    def give(self, wanted: int) -> int:
        """Close up to that many units and say how many."""
        given = min(wanted, self.open_units)
        self.open_units -= given
        return given

    def fate(self, event: ReturnEvent) -> str:
        """What comes back before it was dispatched was never sent: it is cancelled."""
        dispatched_at, returned_at = self.line.dispatched_at, event.returned_at
        if dispatched_at is None or returned_at is None or was_by(dispatched_at, returned_at):
            return MATCHED
        return CANCELLED


class _Ledger:
    """The open units of every line, found by what an event may name."""

    def __init__(self, lines: Iterable[SoldLine]) -> None:
        self._by_line: dict[str, _Entry] = {}
        self._by_order: defaultdict[tuple[str, str], list[_Entry]] = defaultdict(list)
        self._by_customer: defaultdict[tuple[str, str], list[_Entry]] = defaultdict(list)
        for line in sorted(lines, key=lambda sold: (sold.ordered_at, sold.line_id)):
            entry = _Entry(line, day_number(line.ordered_at), max(0, line.quantity - line.cancelled_quantity))
            self._by_line[line.line_id] = entry
            self._by_order[line.order_id, line.item_id].append(entry)
            if line.customer_id is not None:
                self._by_customer[line.customer_id, line.item_id].append(entry)

    def take(self, event: ReturnEvent) -> Iterator[Allocation]:
        """Close units for the event, line by line, until it has none left."""
        wanted = event.quantity
        for entry in self._candidates(event):
            given = entry.give(wanted)
            if given:
                wanted -= given
                yield Allocation(entry.line.line_id, event.event_id, given, entry.fate(event))
            if not wanted:
                return

    def _candidates(self, event: ReturnEvent) -> Iterator[_Entry]:
        named = self._named(event)
        item_id = named[0].line.item_id if named else event.item_id
        found = chain(named, self._of_order(event, item_id), self._of_customer(event, item_id))
        return (entry for entry in found if entry.counts_for(event))

    def _named(self, event: ReturnEvent) -> list[_Entry]:
        entry = self._by_line.get(event.line_id) if event.line_id is not None else None
        return [entry] if entry is not None and entry.counts_for(event) else []

    def _of_order(self, event: ReturnEvent, item_id: str | None) -> Iterator[_Entry]:
        if event.order_id is None or item_id is None:
            return
        for entry in self._by_order.get((event.order_id, item_id), ()):
            if None in (event.customer_id, entry.line.customer_id) or event.customer_id == entry.line.customer_id:
                yield entry

    def _of_customer(self, event: ReturnEvent, item_id: str | None) -> Iterator[_Entry]:
        names_a_sale = event.line_id is not None or event.order_id is not None
        if names_a_sale or event.customer_id is None or item_id is None:
            return
        bought = self._by_customer.get((event.customer_id, item_id), [])
        yield from (entry for entry in reversed(bought) if entry.was_ordered_by(event))


def _turn(event: ReturnEvent) -> tuple[datetime, bool, datetime, str]:
    undated = event.returned_at is None
    return event.available_at, undated, event.returned_at or event.available_at, event.event_id
