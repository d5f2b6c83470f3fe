"""Tabulate the items for recommenders: return probability with its support, cost, margin and penalty."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date

from domain import cells
from domain.costs import CostPolicy
from domain.days import date_of, day_number
from domain.items import PRIOR_LINES, ItemLedger, ItemLine
from domain.labels import LabelPolicy
from domain.matching import is_cancelled
from domain.outputs import ITEMS
from domain.snapshot import Attempt, DatasetRef, StepResult
from domain.substitutes import SUBSTITUTES, substitutes
from ports.table_store import Row, TableStore

_LINE_COLUMNS = (
    "line_id",
    "item_id",
    "item_group",
    "category",
    "ordered_at",
    "quantity",
    "net_value",
    "available_at",
    "kind",
)
_RETURN_COLUMNS = ("line_id", "fate", "quantity", "ordered_at", "returned_at", "available_at")


@dataclass(frozen=True)
class TabulateItems:
    """One row an item sold before the day, on aggregates of what was known then."""

    tables: TableStore

    def __call__(
        self,
        *,
        lines: DatasetRef,
        line_returns: DatasetRef,
        as_of: date,
        labels: LabelPolicy,
        costs: CostPolicy,
        attempt: Attempt,
    ) -> StepResult:
        """Write `items`, and `substitutes` among them.

        Args:
            lines: canonical order lines; rows available at `as_of` or later are ignored.
            line_returns: matched returns; rows available at `as_of` or later are ignored.
            as_of: the day of the run.
            labels: which returns count and which lines are mature.
            costs: what a return costs and a kept unit earns.
            attempt: where the table goes.
        """
        returned, cancelled = self._known_fates(line_returns, day_number(as_of), labels)
        ledger = ItemLedger()
        for row in self.tables.read(lines, _LINE_COLUMNS):
            units = cancelled[cells.text(row, "line_id")]
            if _counts(row, day_number(as_of)) and not is_cancelled(cells.integer(row, "quantity"), units):
                ledger.add(_line(row, returned, labels, as_of))
        rows = list(ledger.rows(costs))
        written = self.tables.write(attempt, "items", ITEMS, rows)
        others = self.tables.write(attempt, "substitutes", SUBSTITUTES, substitutes(rows, as_of))
        return StepResult(
            tables=(written, others),
            facts={"items": written.rows, "prior_lines": PRIOR_LINES, "mature": asdict(ledger.shop_rate())},
        )

    def _known_fates(
        self, line_returns: DatasetRef, as_of_day: int, labels: LabelPolicy
    ) -> tuple[set[str], Counter[str]]:
        """Lines returned within the window, and units cancelled by line, as known at the day."""
        returned: set[str] = set()
        cancelled: Counter[str] = Counter()
        for row in self.tables.read(line_returns, _RETURN_COLUMNS):
            if cells.day(row, "available_at") >= as_of_day:
                continue
            if row["fate"] == "cancelled":
                cancelled[cells.text(row, "line_id")] += cells.integer(row, "quantity")
            elif _in_window(row, labels):
                returned.add(cells.text(row, "line_id"))
        return returned, cancelled


def _in_window(row: Row, labels: LabelPolicy) -> bool:
    came = cells.optional_day(row, "returned_at")
    return labels.counts(date_of(cells.day(row, "ordered_at")), None if came is None else date_of(came))


def _counts(row: Row, as_of_day: int) -> bool:
    known = cells.day(row, "available_at") < as_of_day and cells.day(row, "ordered_at") < as_of_day
    return known and row["kind"] == "product"


def _line(row: Row, returned: set[str], labels: LabelPolicy, as_of: date) -> ItemLine:
    ordered_day = cells.day(row, "ordered_at")
    return ItemLine(
        line_id=cells.text(row, "line_id"),
        item_id=cells.text(row, "item_id"),
        item_group=cells.optional_text(row, "item_group"),
        category=cells.optional_text(row, "category"),
        ordered_day=ordered_day,
        quantity=cells.integer(row, "quantity"),
        net_value=cells.money(row, "net_value"),
        returned=row["line_id"] in returned,
        mature=labels.is_mature(date_of(ordered_day), as_of),
    )
