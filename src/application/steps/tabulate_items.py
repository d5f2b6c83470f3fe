"""Tabulate the items for recommenders: return probability with its support, cost, margin and penalty."""

from dataclasses import dataclass
from datetime import date

from domain.costs import CostPolicy
from domain.labels import LabelPolicy
from domain.outputs import ITEMS
from domain.recommendation.items import PRIOR_LINES, ItemLedger
from domain.recommendation.substitutes import SUBSTITUTES, substitutes
from domain.snapshot import Attempt, DatasetRef, StepResult
from ports.line_counter import KnownLines, LineCounter
from ports.table_store import TableStore


@dataclass(frozen=True)
class TabulateItems:
    """One row an item sold before the day, on what was known then.

    Args:
        tables: where the tables go.
        counter: counts the lines.
    """

    tables: TableStore
    counter: LineCounter

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
        ledger = ItemLedger()
        for count in self.counter.count_items(KnownLines(lines, line_returns, as_of), labels):
            ledger.add(count)
        rows, shop = list(ledger.rows(costs)), ledger.shop_rate()
        written = self.tables.write(attempt, "items", ITEMS, rows)
        others = self.tables.write(attempt, "substitutes", SUBSTITUTES, substitutes(rows, as_of))
        return StepResult(
            tables=(written, others),
            facts={
                "items": written.rows,
                "prior_lines": PRIOR_LINES,
                "mature": {"lines": shop.lines, "returned": shop.returned},
            },
        )
