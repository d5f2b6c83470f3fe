"""The stock forecast of returns that are flagged without their dates."""

import pytest

from application.steps.forecast_stock import ForecastStock
from domain.labels import DEFAULT_LAG_LAW, LabelPolicy, LagLaw
from domain.snapshot import Attempt, StepResult
from domain.stock.declared import fit_declared
from domain.stock.units import Series, UnitLedger
from tests.fakes.holiday_calendar import DeclaredHolidayCalendar
from tests.fakes.line_counter import InMemoryLineCounter
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import CanonicalShop, day_of

LABELS = LabelPolicy(window_days=20, recording_lag_days=2)
LAW = LagLaw(((4, 0.5), (9, 1.0)))
AS_OF_DAY = 100


def flagged_ledger() -> UnitLedger:
    """A hundred units a day, thirty of them flagged once the window and the recording are over."""
    ledger = UnitLedger()
    for day in range(AS_OF_DAY):
        ledger.sold[Series("shoes"), day, day] = 100
        ledger.returned[Series("shoes"), day, day + 22, day + 22] = 30
    return ledger


def run(law: LagLaw | None) -> tuple[StepResult, InMemoryTableStore]:
    shop, tables = CanonicalShop(), InMemoryTableStore()
    for day in range(AS_OF_DAY):
        for number in range(10):
            shop.sell(f"l{day}-{number}", day)
        for number in range(3):
            shop.take_back(f"l{day}-{number}", day, day + 22, returned_at=None)
    lines, line_returns = shop.write(tables)
    result = ForecastStock(tables, InMemoryLineCounter(tables), DeclaredHolidayCalendar())(
        lines=lines,
        line_returns=line_returns,
        scores=shop.score(tables, day_of(AS_OF_DAY), LABELS.window_days),
        as_of=day_of(AS_OF_DAY),
        labels=LABELS,
        dated=True,
        law=law or DEFAULT_LAG_LAW,
        stands_in=law is not None,
        attempt=Attempt("stock", "key", "1", "memory://stock"),
    )
    return result, tables


def test_the_rate_of_settled_cohorts_is_spread_by_the_law() -> None:
    fitted = fit_declared(flagged_ledger().known_at(AS_OF_DAY, 40), LABELS, LAW)
    of_a_unit_sold = fitted.hazards.ahead(0, [1.0] * 15)
    assert of_a_unit_sold[:5] == pytest.approx([0.3 * 0.5 / 5] * 5)
    assert of_a_unit_sold[5:10] == pytest.approx([0.3 * 0.5 / 5] * 5)
    assert sum(of_a_unit_sold) == pytest.approx(0.3)


def test_a_steady_shop_gets_back_tomorrow_what_it_got_back_every_day() -> None:
    fitted = fit_declared(flagged_ledger().known_at(AS_OF_DAY, 40), LABELS, LAW)
    opened, future = fitted.open_by_category()["shoes"], fitted.future_by_category()["shoes"]
    assert opened[0] == pytest.approx(30 * 0.9, rel=0.01)  # a tenth comes on the day of the order
    assert [a + b for a, b in zip(opened, future, strict=True)] == pytest.approx([30] * 28, rel=0.01)


def test_a_law_longer_than_the_window_spreads_the_flagged_returns_within_it() -> None:
    long_law = LagLaw(((9, 0.5), (40, 1.0)))
    fitted = fit_declared(flagged_ledger().known_at(AS_OF_DAY, 40), LABELS, long_law)
    opened, future = fitted.open_by_category()["shoes"], fitted.future_by_category()["shoes"]
    assert [a + b for a, b in zip(opened, future, strict=True)] == pytest.approx([30] * 28, rel=0.01)
    assert sum(fitted.chances([AS_OF_DAY - 23])[AS_OF_DAY - 23]) == 0  # its flag is final: it was kept


def test_units_whose_flag_is_final_are_not_expected_any_more() -> None:
    fitted = fit_declared(flagged_ledger().known_at(AS_OF_DAY, 40), LABELS, LAW)
    settled = AS_OF_DAY - 23
    assert sum(fitted.chances([settled])[settled]) == 0


def test_without_a_settled_cohort_nothing_is_expected() -> None:
    fitted = fit_declared(UnitLedger().known_at(AS_OF_DAY, 40), LABELS, LAW)
    assert set(fitted.hazards.by_age) == {0.0}


def test_a_declared_law_gives_a_forecast_that_says_where_its_law_is_from() -> None:
    result, tables = run(LAW)
    rows = list(tables.read(result.tables[2]))
    assert rows[0]["expected_arrivals"] == pytest.approx(3, rel=0.1)
    assert result.facts["lag_law"] == "declared by the mapping"
    assert result.facts["backtest"]["origins"] == 0


def test_returns_without_dates_and_without_a_law_get_no_forecast() -> None:
    result, _ = run(None)
    assert result.tables == ()
    assert "declares no lag law" in result.facts["skipped"]
