"""How good the stock forecast would have been on earlier days, against simple forecasts; nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from application.steps.forecast_stock import holidays_around
from application.steps.stock_books import ITEM_LINES, Horizon, read_books
from domain.content import Cell
from domain.days import date_of, day_number
from domain.errors import NotEnoughHistoryError
from domain.labels import LabelPolicy, LagLaw
from domain.schema import Column, Schema
from domain.schema import ColumnType as T
from domain.snapshot import DatasetRef, Json
from domain.stock.backtest import Replay, RollingBacktest
from domain.stock.baselines import forecast_simply
from domain.stock.intervals import count_quantiles
from domain.stock.origin import Origin, total
from domain.stock.scores import LEVELS, Scores, counted_levels, gather, wilson_interval
from domain.stock.shock import Shock, estimate_open_shock
from domain.stock.units import HORIZON_DAYS
from ports.holiday_calendar import HolidayCalendar
from ports.line_counter import LineCounter

OURS = "this forecast"
_NOT_COUNTED = (
    f"Units are counted by category alone in shops of more than {ITEM_LINES:,} lines, so that nobody knows how well "
    "items and groups are forecast."
)
STOCK_BACKTEST = Schema(
    (
        Column("weeks_ahead", T.INTEGER, meaning="1: the first week of each origin; 4: all four weeks"),
        Column("level", T.TEXT, meaning="item, group, category or shop; of a large shop the last two alone"),
        Column("forecast", T.TEXT, meaning="whose forecast"),
        Column("units", T.NUMBER, meaning="units that came back of lines open at the origins"),
        Column("wape", T.NUMBER, nullable=True, meaning="sum of absolute weekly errors over units"),
        Column("bias", T.NUMBER, nullable=True, meaning="sum of weekly errors over units; above 0 is too much"),
        Column("crps", T.NUMBER, nullable=True, meaning="sum of scores of items' weeks over units; null elsewhere"),
    )
)


@dataclass(frozen=True)
class StockBacktestRequest:
    """What to test.

    Args:
        lines: canonical order lines.
        line_returns: matched returns.
        labels: its window bounds the ages, its lag what is recorded.
        law: how returns spread over the days after an order; says what comes at ages that few units have reached.
        as_of: nothing known on this day or later is looked at.
        origins: days to forecast at; those whose horizon is not over are left out.
    """

    lines: DatasetRef
    line_returns: DatasetRef
    labels: LabelPolicy
    law: LagLaw
    as_of: date
    origins: Sequence[date]


@dataclass(frozen=True)
class StockBacktest:
    """How good the forecast was.

    Args:
        rows: of schema `STOCK_BACKTEST`, at the levels that are counted.
        facts: those levels, why others are left out, each origin, coverage, mean absolute relative error.
    """

    rows: Sequence[Mapping[str, Cell]]
    facts: Mapping[str, Json]


@dataclass(frozen=True)
class BacktestStock:
    """Replays the forecast at each origin, its way chosen from origins that were over by then."""

    counter: LineCounter
    calendar: HolidayCalendar

    def __call__(self, request: StockBacktestRequest) -> StockBacktest:
        """The figures over all origins; raises NotEnoughHistoryError where none has a horizon that is over."""
        horizon = Horizon(day_number(request.as_of), request.labels)
        lag = request.labels.recording_lag_days
        asked = {day_number(o) for o in request.origins if day_number(o) + HORIZON_DAYS + lag <= horizon.as_of_day}
        if not asked:
            raise NotEnoughHistoryError("No origin has a horizon that is over.", "Choose earlier origins.")
        books = read_books(self.counter, request.lines, request.line_returns, horizon)
        holidays = holidays_around(books, self.calendar)
        rolling = RollingBacktest(books.ledger, lag, horizon.max_age_days, holidays, request.law)
        levels, scores = counted_levels(by_item=books.by_item), Scores()
        origins = [
            _judge(made, estimate_open_shock(rolling.origins(made.origin.day), made.origin.at_once), scores, levels)
            for made in map(rolling.replay, sorted(asked))
        ]
        rows = [_row(*key, scores) for key in scores.missed]
        return StockBacktest(rows, {**_level_facts(levels), **_facts(origins)})


def _judge(made: Replay, shock: Shock, scores: Scores, levels: Sequence[str]) -> dict[str, Json]:
    origin = made.origin
    scores.add(OURS, origin.expected_weeks, origin.actual_weeks, shock.week, shock.at_once)
    for name, weeks in forecast_simply(made.fitter).items():  # means alone: they are judged as counts of the same law
        scores.add(name, weeks, origin.actual_weeks, shock.week, shock.at_once)
    expected, actual = sum(total(origin.expected_open)), sum(total(origin.actual_open))
    return {
        "origin": date_of(origin.day).isoformat(),
        "chosen": made.way.describe(),
        "strength": made.strength.describe(),
        "holidays_of": made.fitted.country,
        "expected_units": expected,
        "actual_units": actual,
        "relative_error": (expected - actual) / actual if actual > 0 else None,
        "wape": {level: _wape(origin, level) for level in levels},
        "category_weeks": _hits(origin, "category", shock),
        "shop_weeks": _hits(origin, "shop", shock),
        "shop_horizon": _held(expected, actual, shock.horizon, shock.at_once),
    }


def _wape(origin: Origin, level: str) -> float | None:
    scores = Scores()
    scores.add(level, gather(origin.expected_weeks, level), gather(origin.actual_weeks, level), 0.0)
    found = scores.missed.get((4, "item" if level == "item" else level, level))
    return None if found is None or found.came <= 0 else found.absolute / found.came


def _hits(origin: Origin, level: str, shock: Shock) -> list[int]:
    said, came = gather(origin.expected_weeks, level), gather(origin.actual_weeks, level)
    held = [
        _held(mean, units, shock.week, shock.at_once)
        for name in sorted({*said, *came}, key=lambda series: series.order)
        for mean, units in zip(said.get(name, [0.0] * 4), came.get(name, [0.0] * 4), strict=True)
    ]
    return [sum(held), len(held)]


def _held(mean: float, came: float, shock: float, at_once: float) -> bool:
    low, _, high = count_quantiles(mean, shock, at_once)
    return low <= came <= high


def _row(weeks_ahead: int, level: str, forecast: str, scores: Scores) -> dict[str, Cell]:
    missed = scores.missed[weeks_ahead, level, forecast]
    return {"weeks_ahead": weeks_ahead, "level": level, "forecast": forecast, **missed.row()}


def _level_facts(levels: Sequence[str]) -> dict[str, Json]:
    return {"levels": list(levels), "left_out": {level: _NOT_COUNTED for level in LEVELS if level not in levels}}


def _facts(origins: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    errors = [abs(o["relative_error"]) for o in origins if o["relative_error"] is not None]
    return {
        "origins": list(origins),
        "mean_absolute_relative_error": sum(errors) / len(errors) if errors else None,
        "coverage": {
            "category_weeks": _share([o["category_weeks"] for o in origins]),
            "shop_weeks": _share([o["shop_weeks"] for o in origins]),
            "shop_horizons": _share([[int(o["shop_horizon"]), 1] for o in origins]),
        },
    }


def _share(counts: Sequence[Sequence[int]]) -> dict[str, Json]:
    hits, trials = sum(c[0] for c in counts), sum(c[1] for c in counts)
    low, high = wilson_interval(hits, trials)
    return {"hits": hits, "of": trials, "share": hits / trials if trials else None, "low": low, "high": high}
