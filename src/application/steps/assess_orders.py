"""Assess every order of the scored window: the chance that anything comes back, in how many parcels, of what value."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from domain import cells
from domain.content import Cell
from domain.costs import CostPolicy
from domain.days import day_number
from domain.matching import CANCELLED, MATCHED
from domain.order_chance import OrderModel
from domain.orders import HabitCounts, ReturnHabits, ScoredLine, assess_order, is_settled, settling_days
from domain.outputs import ORDERS
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from domain.tables import KEEP
from domain.unit_shares import UnitShares
from ports.table_store import Row, TableStore

_SCORE_COLUMNS = (
    "line_id",
    "order_id",
    "customer_id",
    "ordered_at",
    "quantity",
    "open_quantity",
    "net_value",
    "p",
    "p_open",
    "returned",
)
_RETURN_COLUMNS = ("line_id", "fate", "quantity", "outcome", "returned_at", "available_at")
_SUMS = ("expected_parcels", "expected_units", "expected_refund_value", "expected_return_cost")
_FITTED = "fitted on the orders of the test"
_LARGEST = (
    "no test was possible yet or it holds too few orders, so an order has its largest line's chance, a lower bound"
)


@dataclass(frozen=True)
class AssessOrders:
    """Chances and parcels of whole orders; memory is bounded by the scored window."""

    tables: TableStore

    def __call__(
        self,
        *,
        scores: DatasetRef,
        line_returns: DatasetRef,
        order_model: Mapping[str, Json] | None,
        unit_shares: UnitShares,
        as_of: date,
        costs: CostPolicy,
        attempt: Attempt,
    ) -> StepResult:
        """Write `orders`: one row an order with a scored line.

        Args:
            scores: the scored lines, made as of the same day.
            line_returns: matched returns; rows available at `as_of` or later are ignored.
            order_model: of the learner that scored, from the evaluation's `order_models`; None where it has none.
            unit_shares: by which the scores count units: those of the fit that scored.
            as_of: the day of the run.
            costs: what a parcel and its value cost.
            attempt: where the table goes.
        """
        orders: dict[str, list[ScoredLine]] = {}
        for row in self.tables.read(scores, _SCORE_COLUMNS):
            orders.setdefault(cells.text(row, "order_id"), []).append(_line(row))
        habits = self._habits(orders, line_returns, day_number(as_of))
        model = None if order_model is None else OrderModel.from_json(order_model)
        rows = [
            assess_order(order_id, lines, model, habits, unit_shares, costs)
            for order_id, lines in sorted(orders.items())
        ]
        written = self.tables.write(attempt, "orders", ORDERS, rows)
        return StepResult(tables=(written,), facts=_facts(rows, habits, model))

    def _habits(self, orders: Mapping[str, list[ScoredLine]], line_returns: DatasetRef, as_of_day: int) -> ReturnHabits:
        closed = {line.line_id for _, line in _lines_of(orders) if line.open_quantity < line.quantity}
        fates = self._known_fates(closed, line_returns, as_of_day)
        wait = settling_days(
            as_of_day - min((day_number(line.ordered_at) for _, line in _lines_of(orders)), default=as_of_day)
        )
        settled = {
            order_id: lines
            for order_id, lines in orders.items()
            if is_settled(fates.first_return(lines), as_of_day, wait)
        }
        counts = HabitCounts()
        for order_id, line in _lines_of(settled):
            counts.add_line(order_id, line.quantity - fates.cancelled[line.line_id])
            for day, back in fates.returned.get(line.line_id, Counter()).items():
                counts.add_return(order_id, day, back, kept=fates.kept[line.line_id, day])
        return counts.habits()

    def _known_fates(self, closed: Collection[str], line_returns: DatasetRef, as_of_day: int) -> "_Fates":
        fates = _Fates()
        for row in self.tables.read(line_returns, _RETURN_COLUMNS):
            line_id, known = cells.text(row, "line_id"), cells.day(row, "available_at")
            if known < as_of_day and line_id in closed:
                fates.add(row, line_id, known)
        return fates


@dataclass
class _Fates:
    """What became known of the units of lines.

    Args:
        cancelled: units by line.
        returned: units by line and day of the return, or of its record where the return has none.
        kept: those of them that the customer was refunded and keeps, by line and day.
    """

    cancelled: Counter[str] = field(default_factory=Counter)
    returned: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    kept: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, row: Row, line_id: str, known: int) -> None:
        """Count the units of a row of `line_returns`."""
        units, came = cells.integer(row, "quantity"), cells.optional_day(row, "returned_at")
        if row["fate"] == CANCELLED:
            self.cancelled[line_id] += units
        elif row["fate"] == MATCHED:
            day = known if came is None else came
            self.returned[line_id][day] += units
            self.kept[line_id, day] += units if row["outcome"] == KEEP else 0

    def first_return(self, lines: Iterable[ScoredLine]) -> int | None:
        """The day of the first return of any of these lines; None without one."""
        return min((day for line in lines for day in self.returned.get(line.line_id, ())), default=None)


def _lines_of(orders: Mapping[str, list[ScoredLine]]) -> Iterator[tuple[str, ScoredLine]]:
    for order_id, lines in orders.items():
        for line in lines:
            yield order_id, line


def _line(row: Row) -> ScoredLine:
    quantity = cells.integer(row, "quantity")
    return ScoredLine(
        line_id=cells.text(row, "line_id"),
        customer_id=cells.optional_text(row, "customer_id"),
        ordered_at=cells.moment(row, "ordered_at"),
        quantity=quantity,
        open_quantity=cells.integer(row, "open_quantity"),
        unit_price=cells.number(row, "net_value") / quantity,
        p=cells.number(row, "p"),
        p_open=cells.number(row, "p_open"),
        returned=bool(row["returned"]),
    )


def _facts(rows: list[dict[str, Cell]], habits: ReturnHabits, model: OrderModel | None) -> dict[str, Json]:
    return {
        "orders": len(rows),
        "open_orders": sum(bool(row["open_lines"]) for row in rows),
        "order_chance": _LARGEST if model is None else _FITTED,
        "habits": asdict(habits),
        **{name: math.fsum(cells.number(row, name) for row in rows) for name in _SUMS},
    }
