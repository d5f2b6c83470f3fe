"""Forecast the returned units of the coming four weeks, by item, category and shop."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from domain import cells
from domain.days import day_number
from domain.labels import LabelPolicy, LagLaw
from domain.outputs import STOCK_CATEGORY, STOCK_ITEM, STOCK_TOTAL
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from domain.stock_backtest import Backtest, Shock, estimate_shock, run_backtest, total, weekly
from domain.stock_declared import fit_declared
from domain.stock_fit import DEFAULT_CANDIDATE, FittedForecast, fit_forecast
from domain.stock_forecast import OpenBook, expect_open
from domain.stock_intervals import count_quantiles
from domain.stock_judgement import describe_choice, judge
from domain.stock_rows import Dispositions, StockForecast
from domain.stock_units import HORIZON_DAYS, TAIL_WINDOWS, Category, UnitLedger
from ports.table_store import Row, TableStore

_LINE_COLUMNS = ("line_id", "item_id", "category", "ordered_at", "quantity", "available_at", "kind")
_RETURN_COLUMNS = ("line_id", "fate", "quantity", "returned_at", "available_at", "disposition")
_SKIPPED = (
    "The source flags returns without their dates and its mapping declares no lag law, so nobody can say on which "
    "day a unit comes back: the stock forecast is left out."
)
_DECLARED, _ESTIMATED = "declared by the mapping", "estimated from dated returns"


@dataclass(frozen=True)
class ForecastStock:
    """Expected returned units for each item and day over the next 28 days, with intervals."""

    tables: TableStore

    def __call__(  # noqa: PLR0913 (keywords only: the step's inputs)
        self,
        *,
        lines: DatasetRef,
        line_returns: DatasetRef,
        scores: DatasetRef,
        as_of: date,
        labels: LabelPolicy,
        dated: bool,
        attempt: Attempt,
        declared_law: LagLaw | None = None,
    ) -> StepResult:
        """Write `stock_item`, `stock_category` and `stock_total`; without dates or a law write none and say why.

        Args:
            lines: canonical order lines; rows available at `as_of` or later are ignored.
            line_returns: matched returns; rows available at `as_of` or later are ignored.
            scores: chances of the lines in the score window, made as of the same day.
            as_of: first day of the horizon.
            labels: its window bounds the ages at which units are expected back, its lag what is recorded.
            dated: whether the source dates its returns, or a law is declared in their place.
            attempt: where the tables go.
            declared_law: the lag law of a source that does not date its returns; None where it does.
        """
        if not dated:
            return StepResult(facts={"skipped": _SKIPPED})
        books = self._read_books(lines, line_returns, scores, _Horizon(day_number(as_of), labels))
        if declared_law is None and books.has_only_undated_returns:
            return StepResult(facts={"skipped": _SKIPPED})
        backtest, fitted = _fit(books, declared_law)
        forecast = _forecast(books, fitted, estimate_shock(backtest.origins))
        written = (
            self.tables.write(attempt, "stock_item", STOCK_ITEM, forecast.item_rows()),
            self.tables.write(attempt, "stock_category", STOCK_CATEGORY, forecast.category_rows()),
            self.tables.write(attempt, "stock_total", STOCK_TOTAL, forecast.total_rows()),
        )
        return StepResult(
            tables=written,
            facts={
                "lag_law": _ESTIMATED if declared_law is None else _DECLARED,
                **_facts(books, fitted, backtest, forecast),
            },
        )

    def _read_books(
        self, lines: DatasetRef, line_returns: DatasetRef, scores: DatasetRef, horizon: "_Horizon"
    ) -> "_Books":
        books = _Books(horizon)
        returns = self._read_returns(line_returns, horizon)
        chances = {
            cells.text(row, "line_id"): cells.number(row, "p_open")
            for row in self.tables.read(scores, ("line_id", "open_quantity", "p_open"))
            if row["open_quantity"]
        }
        for row in self.tables.read(lines, _LINE_COLUMNS):
            if row["kind"] == "product" and cells.day(row, "available_at") < horizon.as_of_day:
                line_id = cells.text(row, "line_id")
                books.add(row, returns.pop(line_id, ()), chances.get(line_id))
        return books

    def _read_returns(self, line_returns: DatasetRef, horizon: "_Horizon") -> dict[str, tuple["_Event", ...]]:
        events: dict[str, tuple[_Event, ...]] = {}
        for row in self.tables.read(line_returns, _RETURN_COLUMNS):
            known = cells.day(row, "available_at")
            if known < horizon.as_of_day:
                line_id = cells.text(row, "line_id")
                events[line_id] = (*events.get(line_id, ()), _Event(row, known))
        return events


@dataclass(frozen=True)
class _Horizon:
    as_of_day: int
    labels: LabelPolicy

    @property
    def max_age_days(self) -> int:
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
class _Books:
    """What one pass over the known lines leaves: counts by day, open units by item, categories of items."""

    horizon: _Horizon
    ledger: UnitLedger = field(default_factory=UnitLedger)
    open_book: OpenBook = field(default_factory=OpenBook)
    dispositions: Dispositions = field(default_factory=Dispositions)
    latest: dict[str, tuple[int, str, Category]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    undated_units: int = 0

    @property
    def has_only_undated_returns(self) -> bool:
        return 0 < self.undated_units == self.counts["returned_units"]

    def add(self, row: Row, events: tuple[_Event, ...], p_open: float | None) -> None:
        category = cells.optional_text(row, "category")
        ordered, units = cells.day(row, "ordered_at"), cells.integer(row, "quantity")
        if ordered >= self.horizon.as_of_day:
            return
        self.ledger.sold[category, ordered, cells.day(row, "available_at")] += units
        for event in events:
            self._close(category, ordered, event)
        left = units - sum(event.units for event in events)
        item, line_id = cells.text(row, "item_id"), cells.text(row, "line_id")
        self.latest[item] = max(self.latest.get(item, (ordered, line_id, category)), (ordered, line_id, category))
        if left > 0:
            self._open(item, category, ordered, left, p_open)

    def _close(self, category: Category, ordered: int, event: _Event) -> None:
        if event.cancelled:
            self.ledger.cancelled[category, ordered, event.known] += event.units
            return
        self.ledger.returned[category, ordered, event.day, event.known] += event.units
        self.dispositions.add(category, event.disposition, event.units)
        self.counts["returned_units"] += event.units
        self.undated_units += event.units if event.undated else 0
        if event.day - ordered > self.horizon.max_age_days:
            self.counts["returned_units_past_horizon_of_ages"] += event.units

    def _open(self, item: str, category: Category, ordered: int, units: int, p_open: float | None) -> None:
        if self.horizon.as_of_day - ordered > self.horizon.max_age_days:
            self.counts["open_units_too_old"] += units
            return
        self.counts["open_units"] += units
        self.counts["open_units_scored"] += units if p_open is not None else 0
        self.open_book.add((item, category, ordered), units, p_open)


def _fit(books: _Books, declared_law: LagLaw | None) -> tuple[Backtest, FittedForecast]:
    day, labels, max_age = books.horizon.as_of_day, books.horizon.labels, books.horizon.max_age_days
    known = books.ledger.known_at(day, max_age)
    if declared_law is not None:
        return Backtest(DEFAULT_CANDIDATE, (), {}), fit_declared(known, labels, declared_law)
    backtest = run_backtest(books.ledger, day, labels.recording_lag_days, labels.window_days, max_age)
    return backtest, fit_forecast(known, labels.recording_lag_days, backtest.chosen)


def _forecast(books: _Books, fitted: FittedForecast, shock: Shock) -> StockForecast:
    by_item: dict[tuple[str, int], tuple[float, float]] = {}
    for (item, category, ordered), weight in books.open_book.weights(fitted.factors, fitted.known.day).items():
        before, units = by_item.get((item, ordered), (0.0, 0.0))
        by_item[item, ordered] = (before + weight, units + books.open_book.groups[item, category, ordered].units)
    return StockForecast(
        as_of_day=fitted.known.day,
        items=expect_open(by_item, fitted.chances(ordered for _, ordered in by_item)),
        categories={item: category for item, (_, _, category) in books.latest.items()},
        future=fitted.future_by_category(),
        dispositions=books.dispositions,
        shock=shock,
    )


def _facts(books: _Books, fitted: FittedForecast, backtest: Backtest, forecast: StockForecast) -> dict[str, Json]:
    return {
        "horizon_days": HORIZON_DAYS,
        "max_age_days": books.horizon.max_age_days,
        "units": dict(sorted(books.counts.items())),
        "chosen": backtest.chosen.describe(),
        "candidates": describe_choice(backtest),
        "backtest": judge(backtest),
        "calendar_monday_first": list(fitted.calendar),
        "hazards_by_age": list(fitted.hazards.by_age),
        "shock_estimated": bool(backtest.origins),
        "shock": {
            "day_by_week": list(forecast.shock.day),
            "week": forecast.shock.week,
            "horizon": forecast.shock.horizon,
        },
        "sellable_known": bool(forecast.dispositions.known),
        "next_28_days": _outlook(forecast),
    }


def _outlook(forecast: StockForecast) -> dict[str, Json]:
    opened, future = total(forecast.by_category()), total(forecast.future)
    arrivals = [a + b for a, b in zip(opened, future, strict=True)]
    return {
        "expected_units": sum(opened),
        "expected_units_future_orders": sum(future),
        "arrivals": _interval(sum(arrivals), forecast.shock.horizon),
        "arrivals_by_week": [_interval(week, forecast.shock.week) for week in weekly(arrivals)],
    }


def _interval(mean: float, shock: float) -> dict[str, Json]:
    low, middle, high = count_quantiles(mean, shock)
    return {"expected": mean, "p10": low, "p50": middle, "p90": high}
