"""The stock backtest as a use case: what it reports, and that no origin sees what came later."""

import pytest

from adapters.entrypoints.stock_backtest import print_stock_backtest
from application.backtests.backtest_stock import OURS, BacktestStock, StockBacktest, StockBacktestRequest
from application.steps.stock_books import Horizon, read_books
from domain.days import day_number
from domain.errors import NotEnoughHistoryError
from domain.labels import DEFAULT_LAG_LAW, LabelPolicy
from domain.stock.backtest import RollingBacktest
from domain.stock.baselines import forecast_simply
from domain.stock.scores import Scores
from domain.stock.shock import estimate_open_shock
from tests.fakes.holiday_calendar import DeclaredHolidayCalendar
from tests.fakes.line_counter import InMemoryLineCounter
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import CanonicalShop, busy_shop, day_of

LABELS = LabelPolicy(window_days=30)
ORIGIN = 70


def run(shop: CanonicalShop, as_of_day: int = 110, origin_day: int = ORIGIN) -> StockBacktest:
    tables = InMemoryTableStore()
    lines, line_returns = shop.write(tables)
    origins = [day_of(origin_day), day_of(as_of_day - 1)]
    request = StockBacktestRequest(lines, line_returns, LABELS, DEFAULT_LAG_LAW, day_of(as_of_day), origins)
    return BacktestStock(InMemoryLineCounter(tables), DeclaredHolidayCalendar())(request)


@pytest.fixture(scope="module")
def result() -> StockBacktest:
    return run(busy_shop())


def test_every_level_has_the_forecast_beside_six_simple_ones(result: StockBacktest) -> None:
    by_level: dict[object, set[object]] = {}
    for row in result.rows:
        by_level.setdefault((row["weeks_ahead"], row["level"]), set()).add(row["forecast"])
    assert len(by_level) == 8
    assert all(len(names) == 7 and OURS in names for names in by_level.values())


def test_units_are_the_same_at_every_level_and_for_every_forecast(result: StockBacktest) -> None:
    assert len({row["units"] for row in result.rows if row["weeks_ahead"] == 4}) == 1


def test_every_forecast_is_scored_as_counts_of_the_same_law(result: StockBacktest) -> None:
    tables = InMemoryTableStore()
    counter, horizon = InMemoryLineCounter(tables), Horizon(day_number(day_of(110)), LABELS)
    ledger = read_books(counter, *busy_shop().write(tables), horizon).ledger
    rolling = RollingBacktest(ledger, LABELS.recording_lag_days, horizon.max_age_days, {})
    day = day_number(day_of(ORIGIN))
    made, shock = rolling.replay(day), estimate_open_shock(rolling.origins(day), rolling.replay(day).origin.at_once)
    assert shock.week > 0 < shock.at_once - 1
    scores = Scores()
    for name, weeks in {OURS: made.origin.expected_weeks, **forecast_simply(made.fitter)}.items():
        scores.add(name, weeks, made.origin.actual_weeks, shock.week, shock.at_once)
    by_item = {row["forecast"]: row["crps"] for row in result.rows if (row["weeks_ahead"], row["level"]) == (4, "item")}
    assert by_item == {name: pytest.approx(scores.missed[4, "item", str(name)].row()["crps"]) for name in by_item}


def test_an_origin_whose_horizon_is_not_over_is_left_out(result: StockBacktest) -> None:
    assert [origin["origin"] for origin in result.facts["origins"]] == [day_of(ORIGIN).isoformat()]


def test_what_becomes_known_after_the_origin_changes_its_forecast_in_nothing(result: StockBacktest) -> None:
    later = busy_shop()
    later.sell("z-new", ORIGIN + 2, item_id="i99", category="poison", quantity=5_000)
    later.take_back("z-new", ORIGIN + 2, ORIGIN + 5, quantity=5_000)
    poisoned = run(later).facts["origins"][0]
    clean = result.facts["origins"][0]
    assert poisoned["expected_units"] == clean["expected_units"]
    assert poisoned["chosen"] == clean["chosen"]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> StockBacktest:
    monkeypatch.setattr("application.steps.stock_books.ITEM_LINES", 100)
    return run(busy_shop())


def test_a_shop_too_large_to_count_by_item_is_judged_by_category_and_shop_alone(large: StockBacktest) -> None:
    assert {row["level"] for row in large.rows} == {"category", "shop"} == set(large.facts["levels"])
    assert set(large.facts["left_out"]) == {"item", "group"}
    assert set(large.facts["origins"][0]["wape"]) == {"category", "shop"}


def test_a_shop_counted_by_item_is_judged_at_every_level(result: StockBacktest) -> None:
    assert result.facts["levels"] == ["item", "group", "category", "shop"]
    assert result.facts["left_out"] == {}


def test_the_command_says_which_levels_are_left_out_and_why(
    large: StockBacktest, capsys: pytest.CaptureFixture[str]
) -> None:
    print_stock_backtest(large)
    assert "left out: item and group. Units are counted by category alone" in capsys.readouterr().out


def test_a_shop_gone_quiet_has_figures_without_shares(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = run(busy_shop(days=10), 140, origin_day=100)
    assert quiet.facts["coverage"]["category_weeks"]["share"] is None
    print_stock_backtest(quiet)
    assert "mean absolute relative error of four weeks: -" in capsys.readouterr().out


def test_without_an_origin_that_is_over_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotEnoughHistoryError, match="No origin"):
        run(busy_shop(days=20), 75)
