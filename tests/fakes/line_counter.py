"""Counts lines and units one after the other, in memory."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from domain import cells
from domain.days import date_of, day_number
from domain.labels import LabelPolicy
from domain.line_counts import PARTS, ClosedUnits, ItemCount, LastSale, SoldUnits, UnitCounts
from domain.matching import CANCELLED, is_cancelled
from domain.snapshot import DatasetRef
from domain.stock.forecast import OpenBook
from domain.stock.receipts import WAIT_DAYS, dates_receipts
from domain.stock.units import Series
from ports.line_counter import KnownLines, LineCounter
from ports.table_store import Row, TableStore


class InMemoryLineCounter(LineCounter):
    """The rules of the port row by row, on any table store."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    def count_lines(self, known: KnownLines) -> int:
        """As the port says."""
        return len(self._lines(known))

    def count_items(self, known: KnownLines, labels: LabelPolicy) -> Iterable[ItemCount]:
        """As the port says."""
        returns = self._returns(known)
        lines: Counter[tuple[Any, ...]] = Counter()
        returned: Counter[tuple[Any, ...]] = Counter()
        parts: Counter[tuple[Any, ...]] = Counter()
        units: Counter[tuple[Any, ...]] = Counter()
        value: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
        last: dict[tuple[Any, ...], int] = {}
        for line in self._lines(known):
            mine, quantity = returns[cells.text(line, "line_id")], cells.integer(line, "quantity")
            gone = sum(cells.integer(row, "quantity") for row in mine if row["fate"] == CANCELLED)
            if is_cancelled(quantity, gone):
                continue
            day = cells.day(line, "ordered_at")
            mature = labels.is_mature(date_of(day), known.as_of)
            key = (line["item_id"], line["item_group"], line["category"], mature)
            lines[key] += 1
            came = sum(cells.integer(r, "quantity") for r in mine if r["fate"] != CANCELLED and _counts(r, labels))
            returned[key] += came > 0
            parts[key] += round(came * PARTS / quantity)
            units[key] += quantity
            value[key] += cells.money(line, "net_value")
            last[key] = max(day, last.get(key, day))
        return [
            ItemCount._make((*key, lines[key], returned[key], parts[key], units[key], value[key], last[key]))
            for key in lines
        ]

    def count_units(
        self, known: KnownLines, *, by_item: bool, oldest_open_day: int, scores: DatasetRef | None = None
    ) -> UnitCounts:
        """As the port says."""
        returns, chances = self._booked(known), self._chances(scores)
        sold: Counter[tuple[Any, ...]] = Counter()
        closed: Counter[tuple[Any, ...]] = Counter()
        squares: Counter[tuple[Any, ...]] = Counter()
        last: dict[tuple[Any, ...], int] = {}
        book, too_old = OpenBook(), 0
        for line in self._lines(known):
            item = Series(line["category"], line["item_group"] if by_item else None, line["item_id"])  # type: ignore[arg-type]
            series, day = item if by_item else Series(item.category), cells.day(line, "ordered_at")
            left = cells.integer(line, "quantity")
            sold[series, day, cells.day(line, "available_at")] += left
            last[item.item, item.category] = max(day, last.get((item.item, item.category), day))
            at_once: Counter[tuple[Any, ...]] = Counter()
            for row in returns[cells.text(line, "line_id")]:
                at_once[_known(row), _stayed(row)] += cells.integer(row, "quantity")
            for row in returns[cells.text(line, "line_id")]:
                units = cells.integer(row, "quantity")
                days = _came(row), _known(row)
                key = (series, day, *days, row["fate"], row["outcome"], row["disposition"])
                closed[key] += units
                squares[key] += units * at_once[days[1], _stayed(row)]
                left -= units
            if left > 0 and day >= oldest_open_day:
                book.add((item, day), left, chances.get(cells.text(line, "line_id")))
            too_old += left if left > 0 and day < oldest_open_day else 0
        return UnitCounts(
            sold=[SoldUnits._make((*key, units)) for key, units in sold.items()],
            closed=[ClosedUnits._make((*key, units, squares[key])) for key, units in closed.items()],
            open=book,
            too_old_units=too_old,
            last_sales=[LastSale._make((*key, day)) for key, day in last.items()],
        )

    def _lines(self, known: KnownLines) -> list[Row]:
        day = day_number(known.as_of)
        return [
            row
            for row in self._store.read(known.lines)
            if row["kind"] == "product" and max(cells.day(row, "available_at"), cells.day(row, "ordered_at")) < day
        ]

    def _returns(self, known: KnownLines) -> Mapping[str, list[Row]]:
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self._store.read(known.line_returns):
            if cells.day(row, "available_at") < day_number(known.as_of):
                found[cells.text(row, "line_id")].append(row)
        return found

    def _booked(self, known: KnownLines) -> Mapping[str, list[Row]]:
        """Without those that were on their way to the dock."""
        returns, before = self._returns(known), day_number(known.as_of)
        parcels = [row for rows in returns.values() for row in rows if not _stayed(row)]
        old = [row for row in parcels if not _is_young(row, before)]
        receipts = [day for row in old if (day := _received(row)) is not None and day < before]
        waits = dates_receipts(len(receipts), len(old))
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for line, rows in returns.items():
            found[line] = [row for row in rows if _stayed(row) or not _is_on_its_way(row, before, waits=waits)]
        return found

    def _chances(self, scores: DatasetRef | None) -> dict[str, float]:
        rows = () if scores is None else self._store.read(scores)
        return {cells.text(row, "line_id"): cells.number(row, "p_open") for row in rows if row["open_quantity"]}


def _received(row: Row) -> int | None:
    return None if _stayed(row) else cells.optional_day(row, "received_at")


def _is_young(row: Row, before: int) -> bool:
    came = cells.optional_day(row, "returned_at")
    return came is not None and came >= before - WAIT_DAYS


def _is_on_its_way(row: Row, before: int, *, waits: bool) -> bool:
    received = _received(row)
    return waits and _is_young(row, before) if received is None else received >= before


def _came(row: Row) -> int | None:
    days = cells.optional_day(row, "returned_at"), _received(row)
    return max((day for day in days if day is not None), default=None)


def _known(row: Row) -> int:
    known, received = cells.day(row, "available_at"), _received(row)
    return known if received is None else max(known, received)


def _stayed(row: Row) -> bool:
    return row["fate"] == CANCELLED or row["outcome"] == "keep"


def _counts(row: Row, labels: LabelPolicy) -> bool:
    came = cells.optional_day(row, "returned_at")
    return labels.counts(date_of(cells.day(row, "ordered_at")), None if came is None else date_of(came))
