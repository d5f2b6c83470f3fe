"""What the counts of known lines and returns leave: units by day, open units by item, categories of items."""

from collections import Counter
from dataclasses import dataclass, field

from domain.days import date_of
from domain.labels import LabelPolicy
from domain.line_counts import ClosedUnits, UnitCounts
from domain.matching import CANCELLED
from domain.snapshot import DatasetRef
from domain.stock.forecast import OpenBook
from domain.stock.rows import Dispositions
from domain.stock.units import TAIL_WINDOWS, Category, UnitLedger
from ports.line_counter import KnownLines, LineCounter

ITEM_LINES = 500_000  # lines up to which items are counted by day; of more, categories alone, so that memory is bounded


@dataclass(frozen=True)
class Horizon:
    """The first day ahead, and the label policy whose window bounds the ages that count."""

    as_of_day: int
    labels: LabelPolicy

    @property
    def max_age_days(self) -> int:
        """The oldest age at which a unit is still expected back."""
        return TAIL_WINDOWS * self.labels.window_days


def read_books(
    counter: LineCounter,
    lines: DatasetRef,
    line_returns: DatasetRef,
    horizon: Horizon,
    scores: DatasetRef | None = None,
) -> "Books":
    """What was known before the horizon's first day.

    Args:
        counter: counts the lines.
        lines: canonical order lines.
        line_returns: matched returns.
        horizon: the day and the ages that count.
        scores: chances of lines; a line without one counts as unscored.
    """
    known = KnownLines(lines, line_returns, date_of(horizon.as_of_day))
    by_item = counter.count_lines(known) <= ITEM_LINES
    counts = counter.count_units(
        known,
        by_item=by_item,
        oldest_open_day=horizon.as_of_day - horizon.max_age_days,
        scores=scores,
    )
    books = Books(horizon, by_item=by_item, open_book=counts.open)
    books.add(counts)
    return books


@dataclass
class Books:
    """Counts by day, open units by item, the latest category of each item.

    `by_item` says whether the counts tell items and groups apart, or categories alone.
    """

    horizon: Horizon
    by_item: bool
    open_book: OpenBook
    ledger: UnitLedger = field(default_factory=UnitLedger)
    dispositions: Dispositions = field(default_factory=Dispositions)
    categories: dict[str, Category] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    undated_units: int = 0

    @property
    def has_only_undated_returns(self) -> bool:
        """Whether returns are known, but not the day of any."""
        return 0 < self.undated_units == self.counts["returned_units"]

    def add(self, counts: UnitCounts) -> None:
        """Enter what was counted."""
        for series, ordered, known, units in counts.sold:
            self.ledger.sold[series, ordered, known] += units
        for closed in counts.closed:
            self._close(closed)
        for item, category, _ in sorted(counts.last_sales, key=lambda sale: (sale.ordered, sale.category or "")):
            self.categories[item] = category
        groups = counts.open.groups.values()
        self.counts["open_units"] = sum(group.units for group in groups)
        self.counts["open_units_scored"] = sum(group.scored_units for group in groups)
        self.counts["open_units_too_old"] = counts.too_old_units

    def _close(self, closed: ClosedUnits) -> None:
        series, ordered, came, known, fate, _, disposition, units, squares = closed
        if closed.stayed:
            stayed = self.ledger.cancelled if fate == CANCELLED else self.ledger.kept
            stayed[series, ordered, known] += units
            return
        back = known if came is None else came
        self.ledger.returned[series, ordered, back, known] += units
        self.ledger.squares[max(ordered, known)] += squares
        self.dispositions.add(series.category, disposition, units)
        self.counts["returned_units"] += units
        self.undated_units += units if came is None else 0
        if back - ordered > self.horizon.max_age_days:
            self.counts["returned_units_past_horizon_of_ages"] += units
