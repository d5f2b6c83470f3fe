"""The report's parts about scored lines and their orders; one pass over each table, memory bounded."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain import cells
from domain.costs import ADVISE
from domain.days import date_of
from domain.snapshot import Manifest
from ports.report_content import LineToActOn, OpenOrder, Orders, Scores
from ports.table_store import Row, TableStore

LINES_SHOWN = 12
ORDERS_SHOWN = 8
TENTHS = 10

_SCORE_COLUMNS = (
    "line_id",
    "order_id",
    "item_id",
    "category",
    "ordered_at",
    "open_quantity",
    "net_value",
    "p",
    "returned",
    "expected_return_cost",
    "action",
    "reasons",
)


def scores_part(scored: Manifest, tables: TableStore) -> Scores:
    """The scored lines in figures, and the open ones to act on that are expected to cost most."""
    tally = _Tally()
    for row in tables.read(scored.table("scores"), _SCORE_COLUMNS):
        tally.add(row)
    return tally.part()


def orders_part(assessed: Manifest, tables: TableStore) -> Orders:
    """The orders in figures, and the open ones that are expected to cost most."""
    facts = assessed.facts
    opened = (row for row in tables.read(assessed.table("orders")) if row["open_lines"])
    top = heapq.nsmallest(
        ORDERS_SHOWN, opened, key=lambda row: (-cells.number(row, "expected_return_cost"), cells.text(row, "order_id"))
    )
    return Orders(
        orders=facts["orders"],
        open_orders=facts["open_orders"],
        expected_parcels=facts["expected_parcels"],
        expected_units=facts["expected_units"],
        expected_refund_value=facts["expected_refund_value"],
        expected_return_cost=facts["expected_return_cost"],
        top=tuple(_open_order(row) for row in top),
    )


@dataclass
class _Tally:
    """Counts and sums of one pass; money and chances are summed as whole units so that row order is no matter."""

    lines: int = 0
    open_lines: int = 0
    returned: int = 0
    to_act_on: int = 0
    chance: int = 0
    cost: int = 0
    first: int | None = None
    last: int | None = None
    histogram: list[int] = field(default_factory=lambda: [0] * TENTHS)
    top: list[tuple[float, str, LineToActOn]] = field(default_factory=list)

    def add(self, row: Row) -> None:
        p, day = cells.number(row, "p"), cells.day(row, "ordered_at")
        self.lines += 1
        self.open_lines += cells.integer(row, "open_quantity") > 0
        self.returned += bool(row["returned"])
        self.chance += round(p * _FINE)
        self.cost += round(cells.number(row, "expected_return_cost") * _FINE)
        self.first = day if self.first is None else min(self.first, day)
        self.last = day if self.last is None else max(self.last, day)
        self.histogram[min(int(p * TENTHS), TENTHS - 1)] += 1
        if row["action"] == ADVISE and cells.integer(row, "open_quantity") > 0:
            self.to_act_on += 1
            self._keep(_line(row))

    def part(self) -> Scores:
        return Scores(
            lines=self.lines,
            open_lines=self.open_lines,
            returned_lines=self.returned,
            lines_to_act_on=self.to_act_on,
            mean_p=self.chance / _FINE / self.lines if self.lines else 0.0,
            expected_return_cost=self.cost / _FINE,
            from_day=_iso(self.first),
            to_day=_iso(self.last),
            histogram=tuple(self.histogram) if self.lines else (),
            top=tuple(_ranked(self.top)),
        )

    def _keep(self, line: LineToActOn) -> None:
        self.top.append((-line.expected_return_cost, line.line_id, line))
        if len(self.top) > _BUFFER:
            self.top = heapq.nsmallest(LINES_SHOWN, self.top, key=lambda entry: entry[:2])


_FINE = 1_000_000
_BUFFER = 1_000


def _ranked(kept: Iterable[tuple[float, str, LineToActOn]]) -> list[LineToActOn]:
    return [line for _, _, line in heapq.nsmallest(LINES_SHOWN, kept, key=lambda entry: entry[:2])]


def _line(row: Row) -> LineToActOn:
    return LineToActOn(
        line_id=cells.text(row, "line_id"),
        order_id=cells.text(row, "order_id"),
        item_id=cells.text(row, "item_id"),
        category=cells.optional_text(row, "category"),
        ordered_on=date_of(cells.day(row, "ordered_at")).isoformat(),
        net_value=cells.number(row, "net_value"),
        p=cells.number(row, "p"),
        expected_return_cost=cells.number(row, "expected_return_cost"),
        reasons=cells.optional_text(row, "reasons") or "",
    )


def _open_order(row: Row) -> OpenOrder:
    return OpenOrder(
        order_id=cells.text(row, "order_id"),
        ordered_on=date_of(cells.day(row, "ordered_at")).isoformat(),
        open_lines=cells.integer(row, "open_lines"),
        p_any_open=cells.number(row, "p_any_open"),
        expected_units=cells.number(row, "expected_units"),
        expected_refund_value=cells.number(row, "expected_refund_value"),
        expected_return_cost=cells.number(row, "expected_return_cost"),
    )


def _iso(day: int | None) -> str | None:
    return None if day is None else date_of(day).isoformat()
