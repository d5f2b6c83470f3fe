"""Forecast the returned units of the coming four weeks, by item, category and shop."""

from dataclasses import dataclass
from datetime import date

from application.steps.stock_books import Books, Horizon, read_books
from domain.days import day_number
from domain.labels import LabelPolicy, LagLaw
from domain.outputs import STOCK_CATEGORY, STOCK_ITEM, STOCK_TOTAL, STOCK_WEEK
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from domain.stock.backtest import Backtest, run_backtest
from domain.stock.candidates import DEFAULT_CANDIDATE
from domain.stock.declared import fit_declared
from domain.stock.fit import FittedForecast
from domain.stock.fitter import Fitter, Holidays
from domain.stock.forecast import expect_open
from domain.stock.judgement import describe_choice, judge
from domain.stock.origin import total
from domain.stock.rows import StockForecast
from domain.stock.shock import Shock, estimate_open_shock, estimate_shock
from domain.stock.units import HORIZON_DAYS
from domain.stock.weeks import StockWeeks
from ports.holiday_calendar import HolidayCalendar
from ports.line_counter import LineCounter
from ports.table_store import TableStore

_SKIPPED = (
    "The source flags returns without their dates and its mapping declares no lag law, so nobody can say on which "
    "day a unit comes back: the stock forecast is left out."
)
_DECLARED, _ESTIMATED = "declared by the mapping", "estimated from dated returns"


@dataclass(frozen=True)
class ForecastStock:
    """Expected returned units for each item and day over the next 28 days, with intervals.

    Args:
        tables: where the tables go.
        counter: counts the lines.
        calendar: public holidays, on which docks may be closed.
    """

    tables: TableStore
    counter: LineCounter
    calendar: HolidayCalendar

    def __call__(  # noqa: PLR0913 (keywords only: the step's inputs)
        self,
        *,
        lines: DatasetRef,
        line_returns: DatasetRef,
        scores: DatasetRef,
        as_of: date,
        labels: LabelPolicy,
        dated: bool,
        law: LagLaw,
        attempt: Attempt,
        stands_in: bool = False,
    ) -> StepResult:
        """Write `stock_item`, `stock_category`, `stock_total` and `stock_week`, or none and why without dates or a law.

        Args:
            lines: canonical order lines; rows available at `as_of` or later are ignored.
            line_returns: matched returns; rows available at `as_of` or later are ignored.
            scores: chances of the lines in the score window, made as of the same day.
            as_of: first day of the horizon.
            labels: its window bounds the ages at which units are expected back, its lag what is recorded.
            dated: whether the source dates its returns, or a law is declared in their place.
            law: how returns spread over the days after an order; says what comes at ages that few units have reached.
            attempt: where the tables go.
            stands_in: whether the law stands for the days of returns, of which the source has none.
        """
        if not dated:
            return StepResult(facts={"skipped": _SKIPPED})
        horizon = Horizon(day_number(as_of), labels)
        books = read_books(self.counter, lines, line_returns, horizon, scores)
        if not stands_in and books.has_only_undated_returns:
            return StepResult(facts={"skipped": _SKIPPED})
        backtest, fitted = _fit(books, law, self.calendar, stands_in=stands_in)
        at_once = fitted.known.at_once
        shocks = (estimate(backtest.origins, at_once) for estimate in (estimate_open_shock, estimate_shock))
        forecast = _forecast(books, fitted, *shocks)
        weeks = StockWeeks(forecast)
        written = (
            self.tables.write(attempt, "stock_item", STOCK_ITEM, forecast.item_rows()),
            self.tables.write(attempt, "stock_category", STOCK_CATEGORY, forecast.category_rows()),
            self.tables.write(attempt, "stock_total", STOCK_TOTAL, forecast.total_rows()),
            self.tables.write(attempt, "stock_week", STOCK_WEEK, weeks.rows()),
        )
        return StepResult(
            tables=written,
            facts={
                "lag_law": _DECLARED if stands_in else _ESTIMATED,
                **_facts(books, fitted, backtest, weeks),
            },
        )


def holidays_around(books: Books, calendar: HolidayCalendar) -> Holidays:
    """Public holidays by country from the first day sold to the end of the horizon."""
    first = min((ordered for _, ordered, _ in books.ledger.sold), default=books.horizon.as_of_day)
    return calendar.holidays(first, books.horizon.as_of_day + HORIZON_DAYS)


def _fit(books: Books, law: LagLaw, calendar: HolidayCalendar, *, stands_in: bool) -> tuple[Backtest, FittedForecast]:
    day, labels, max_age = books.horizon.as_of_day, books.horizon.labels, books.horizon.max_age_days
    known = books.ledger.known_at(day, max_age)
    if stands_in:
        return Backtest(DEFAULT_CANDIDATE, (), {}), fit_declared(known, labels, law)
    holidays = holidays_around(books, calendar)
    backtest = run_backtest(books.ledger, day, labels.recording_lag_days, max_age, holidays, law)
    fitter = Fitter(known, labels.recording_lag_days, holidays, law)
    return backtest, fitter.fit(backtest.chosen, backtest.strength)


def _forecast(books: Books, fitted: FittedForecast, open_shock: Shock, shock: Shock) -> StockForecast:
    by_item: dict[tuple[str, int], tuple[float, float]] = {}
    chances = fitted.chances(ordered for _, ordered in books.open_book.groups)
    for (series, ordered), weight in books.open_book.weights(fitted.risks, fitted.known.day, chances).items():
        item = series.item or ""
        before, units = by_item.get((item, ordered), (0.0, 0.0))
        held = books.open_book.groups[series, ordered].units
        by_item[item, ordered] = (before + weight * fitted.level, units + held)
    return StockForecast(
        as_of_day=fitted.known.day,
        items=expect_open(by_item, chances),
        categories=books.categories,
        future=fitted.future_by_category(),
        dispositions=books.dispositions,
        open_shock=open_shock,
        shock=shock,
    )


def _facts(books: Books, fitted: FittedForecast, backtest: Backtest, weeks: StockWeeks) -> dict[str, Json]:
    forecast = weeks.forecast
    return {
        "horizon_days": HORIZON_DAYS,
        "max_age_days": books.horizon.max_age_days,
        "units": dict(sorted(books.counts.items())),
        "chosen": backtest.chosen.describe(),
        "candidates": describe_choice(backtest),
        "backtest": judge(backtest),
        "strength": backtest.strength.describe(),
        "holidays_of": fitted.country,
        "level": fitted.level,
        "clock_rates_last_8_weeks": list(fitted.clock.rates[-HORIZON_DAYS - 56 : -HORIZON_DAYS]),
        "clock_rates_ahead": list(fitted.clock.rates[-HORIZON_DAYS:]),
        "hazards_by_age": list(fitted.hazards.by_age),
        "shock_estimated": bool(backtest.origins),
        "shock": {
            "day_by_week": list(forecast.shock.day),
            "week": forecast.shock.week,
            "horizon": forecast.shock.horizon,
            "units_at_once": forecast.shock.at_once,
        },
        "sellable_known": bool(forecast.dispositions.known),
        "next_28_days": _outlook(weeks),
    }


def _outlook(weeks: StockWeeks) -> dict[str, Json]:
    *by_week, whole = [_interval(expected, bounds) for expected, bounds in weeks.shop_bounds()]
    return {
        "expected_units": sum(total(weeks.forecast.by_category())),
        "expected_units_future_orders": sum(total(weeks.forecast.future)),
        "arrivals": whole,
        "arrivals_by_week": by_week,
    }


def _interval(mean: float, bounds: tuple[int, ...]) -> dict[str, Json]:
    low, middle, high = bounds
    return {"expected": mean, "p10": low, "p50": middle, "p90": high}
