"""The stock backtest as a use case: what it reports, and that no origin sees what came later."""

import pytest

from application.backtest_stock import OURS, BacktestStock, StockBacktest, StockBacktestRequest
from domain.errors import NotEnoughHistoryError
from domain.labels import LabelPolicy
from tests.fakes.holiday_calendar import DeclaredHolidayCalendar
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import CanonicalShop, busy_shop, day_of

LABELS = LabelPolicy(window_days=30)
ORIGIN = 70


def run(shop: CanonicalShop, as_of_day: int = 110) -> StockBacktest:
    tables = InMemoryTableStore()
    lines, line_returns = shop.write(tables)
    request = StockBacktestRequest(lines, line_returns, LABELS, day_of(as_of_day), [day_of(ORIGIN), day_of(109)])
    return BacktestStock(tables, DeclaredHolidayCalendar())(request)


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


def test_without_an_origin_that_is_over_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotEnoughHistoryError, match="No origin"):
        run(busy_shop(days=20), 75)
