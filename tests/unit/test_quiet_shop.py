"""A shop that stopped selling long ago: the stock forecast runs, and the report reads what it says of itself."""

from datetime import UTC, datetime

import pytest

from application.reporting.stock import stock_part
from application.steps.forecast_stock import ForecastStock
from domain.labels import DEFAULT_LAG_LAW, LabelPolicy
from domain.snapshot import Attempt, MadeFrom, Manifest
from ports.report_content import Stock, StockRecord
from tests.fakes.holiday_calendar import DeclaredHolidayCalendar
from tests.fakes.line_counter import InMemoryLineCounter
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import busy_shop, day_of

LABELS = LabelPolicy(window_days=20)
AS_OF = day_of(10 + 2 * LABELS.window_days + 28 + 7 * 16)  # so that every origin lies after the last return
NOON = datetime(2024, 9, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def forecast() -> tuple[Manifest, InMemoryTableStore]:
    shop, tables = busy_shop(days=10, lines_a_day=4), InMemoryTableStore()
    lines, line_returns = shop.write(tables)
    attempt = Attempt("stock", "key", "1", "memory://stock")
    result = ForecastStock(tables, InMemoryLineCounter(tables), DeclaredHolidayCalendar())(
        lines=lines,
        line_returns=line_returns,
        scores=shop.score(tables, AS_OF, LABELS.window_days),
        as_of=AS_OF,
        labels=LABELS,
        dated=True,
        law=DEFAULT_LAG_LAW,
        attempt=attempt,
    )
    return Manifest.of(attempt, result, (), MadeFrom({}, {}, "code"), NOON), tables


def test_a_shop_gone_quiet_is_forecast_nothing_with_shares_of_days_but_of_no_category(
    forecast: tuple[Manifest, InMemoryTableStore],
) -> None:
    facts = forecast[0].facts
    assert facts["next_28_days"]["arrivals"]["expected"] == 0
    assert facts["backtest"]["coverage_p10_p90"] == {"shop_day": 1.0, "category_day": None, "shop_week": 1.0}


def test_the_report_of_a_shop_gone_quiet_has_no_error_to_tell_of(
    forecast: tuple[Manifest, InMemoryTableStore],
) -> None:
    stock, reason = stock_part(*forecast)
    assert isinstance(stock, Stock)
    assert (stock.record, reason) == (StockRecord(16, None, None, None, 1.0), None)
