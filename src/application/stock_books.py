"""One pass over the known lines and returns: counts by day, open units by item, categories of items."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain import cells
from domain.labels import LabelPolicy
from domain.snapshot import DatasetRef
from domain.stock_forecast import OpenBook
from domain.stock_rows import Dispositions
from domain.stock_units import TAIL_WINDOWS, Category, Series, UnitLedger
from ports.table_store import Row, TableStore

ITEM_LINES = 500_000  # lines up to which items are counted by day; of more, categories alone, so that memory is bounded
_LINE_COLUMNS = ("line_id", "item_id", "item_group", "category", "ordered_at", "quantity", "available_at", "kind")
_RETURN_COLUMNS = ("line_id", "fate", "quantity", "returned_at", "available_at", "disposition")


def read_books(
    tables: TableStore,
    lines: DatasetRef,
    line_returns: DatasetRef,
    horizon: "Horizon",
    chances: Mapping[str, float] | None = None,
) -> "Books":
    """What was known before the horizon's first day.

    Args:
        tables: where the rows are.
        lines: canonical order lines.
        line_returns: matched returns.
        horizon: the day and the ages that count.
        chances: `p_open` by line; a line without one counts as unscored.
    """
    books = Books(horizon, by_item=lines.rows <= ITEM_LINES)
    returns = _read_returns(tables, line_returns, horizon)
    for row in tables.read(lines, _LINE_COLUMNS):
        if row["kind"] == "product" and cells.day(row, "available_at") < horizon.as_of_day:
            line_id = cells.text(row, "line_id")
            books.add(row, returns.pop(line_id, ()), (chances or {}).get(line_id))
    return books


def _read_returns(tables: TableStore, line_returns: DatasetRef, horizon: "Horizon") -> "dict[str, tuple[_Event, ...]]":
    events: dict[str, tuple[_Event, ...]] = {}
    for row in tables.read(line_returns, _RETURN_COLUMNS):
        known = cells.day(row, "available_at")
        if known < horizon.as_of_day:
            line_id = cells.text(row, "line_id")
            events[line_id] = (*events.get(line_id, ()), _Event(row, known))
    return events


@dataclass(frozen=True)
class Horizon:
    """The first day ahead, and the label policy whose window bounds the ages that count."""

    as_of_day: int
    labels: LabelPolicy

    @property
    def max_age_days(self) -> int:
        """The oldest age at which a unit is still expected back."""
        return TAIL_WINDOWS * self.labels.window_days


class _Event:
    """One known return or cancellation of a line, in day numbers."""

    __slots__ = ("cancelled", "day", "disposition", "known", "undated", "units")

    def __init__(self, row: Row, known: int) -> None:
        self.known = known
        came = cells.optional_day(row, "returned_at")
        self.undated = came is None
        self.day = known if came is None else came
        self.units = cells.integer(row, "quantity")
        self.cancelled = row["fate"] == "cancelled"
        self.disposition = cells.optional_text(row, "disposition")


@dataclass
class Books:
    """What one pass over the known lines leaves: counts by day, open units by item, categories of items."""

    horizon: Horizon
    by_item: bool = True
    ledger: UnitLedger = field(default_factory=UnitLedger)
    open_book: OpenBook = field(default_factory=OpenBook)
    dispositions: Dispositions = field(default_factory=Dispositions)
    latest: dict[str, tuple[int, str, Category]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    undated_units: int = 0

    @property
    def has_only_undated_returns(self) -> bool:
        """Whether returns are known, but not the day of any."""
        return 0 < self.undated_units == self.counts["returned_units"]

    def add(self, row: Row, events: tuple[_Event, ...], p_open: float | None) -> None:
        """Count a line with what of it is known to have come back or been cancelled."""
        category, item = cells.optional_text(row, "category"), cells.text(row, "item_id")
        series = Series(category, cells.optional_text(row, "item_group") if self.by_item else None, item)
        counted = series if self.by_item else Series(category)
        ordered, units = cells.day(row, "ordered_at"), cells.integer(row, "quantity")
        if ordered >= self.horizon.as_of_day:
            return
        self.ledger.sold[counted, ordered, cells.day(row, "available_at")] += units
        for event in events:
            self._close(counted, ordered, event)
        left = units - sum(event.units for event in events)
        line_id = cells.text(row, "line_id")
        self.latest[item] = max(self.latest.get(item, (ordered, line_id, category)), (ordered, line_id, category))
        if left > 0:
            self._open(series, ordered, left, p_open)

    def _close(self, series: Series, ordered: int, event: _Event) -> None:
        if event.cancelled:
            self.ledger.cancelled[series, ordered, event.known] += event.units
            return
        self.ledger.returned[series, ordered, event.day, event.known] += event.units
        self.dispositions.add(series.category, event.disposition, event.units)
        self.counts["returned_units"] += event.units
        self.undated_units += event.units if event.undated else 0
        if event.day - ordered > self.horizon.max_age_days:
            self.counts["returned_units_past_horizon_of_ages"] += event.units

    def _open(self, series: Series, ordered: int, units: int, p_open: float | None) -> None:
        if self.horizon.as_of_day - ordered > self.horizon.max_age_days:
            self.counts["open_units_too_old"] += units
            return
        self.counts["open_units"] += units
        self.counts["open_units_scored"] += units if p_open is not None else 0
        self.open_book.add((series, ordered), units, p_open)
