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
        returns, chances = self._returns(known), self._chances(scores)
        sold: Counter[tuple[Any, ...]] = Counter()
        closed: Counter[tuple[Any, ...]] = Counter()
        last: dict[tuple[Any, ...], int] = {}
        book, too_old = OpenBook(), 0
        for line in self._lines(known):
            item = Series(line["category"], line["item_group"] if by_item else None, line["item_id"])  # type: ignore[arg-type]
            series, day = item if by_item else Series(item.category), cells.day(line, "ordered_at")
            left = cells.integer(line, "quantity")
            sold[series, day, cells.day(line, "available_at")] += left
            last[item.item, item.category] = max(day, last.get((item.item, item.category), day))
            for row in returns[cells.text(line, "line_id")]:
                units = cells.integer(row, "quantity")
                days = cells.optional_day(row, "returned_at"), cells.day(row, "available_at")
                closed[series, day, *days, row["fate"], row["disposition"]] += units
                left -= units
            if left > 0 and day >= oldest_open_day:
                book.add((item, day), left, chances.get(cells.text(line, "line_id")))
            too_old += left if left > 0 and day < oldest_open_day else 0
        return UnitCounts(
            sold=[SoldUnits._make((*key, units)) for key, units in sold.items()],
            closed=[ClosedUnits._make((*key, units)) for key, units in closed.items()],
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

    def _chances(self, scores: DatasetRef | None) -> dict[str, float]:
        rows = () if scores is None else self._store.read(scores)
        return {cells.text(row, "line_id"): cells.number(row, "p_open") for row in rows if row["open_quantity"]}


def _counts(row: Row, labels: LabelPolicy) -> bool:
    came = cells.optional_day(row, "returned_at")
    return labels.counts(date_of(cells.day(row, "ordered_at")), None if came is None else date_of(came))
