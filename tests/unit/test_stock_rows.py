"""The rows of the stock tables: what share is sellable, which days a span has, and what makes an interval wide."""

import pytest

from domain.days import date_of
from domain.stock.intervals import count_quantiles
from domain.stock.rows import Dispositions, StockForecast
from domain.stock.shock import Shock
from domain.stock.units import HORIZON_DAYS
from domain.stock.weeks import StockWeeks
from domain.tables import PENDING, RESTOCKED

MONDAY = 19_723  # 2024-01-01


def dispositions() -> Dispositions:
    """Of shoes 20 of 60 units are on sale again, of coats 60 of 60."""
    found = Dispositions()
    found.add("shoes", RESTOCKED, 20)
    found.add("shoes", "destroyed", 40)
    found.add("coats", RESTOCKED, 60)
    return found


def forecast(found: Dispositions) -> StockForecast:
    unsure = Shock(day=(0.3,) * 4, week=0.2, horizon=0.0)
    units = {"boot": [1.0] * HORIZON_DAYS, "parka": [2.0] * HORIZON_DAYS}
    categories = {"boot": "shoes", "parka": "coats"}
    return StockForecast(MONDAY, units, categories, {}, found, unsure, unsure)


def test_a_category_sells_again_by_its_own_share_drawn_to_that_of_the_shop() -> None:
    shop = 80 / 120
    assert dispositions().sellable_share("shoes") == pytest.approx((20 + 20 * shop) / (60 + 20))
    assert dispositions().sellable_share("hats") == pytest.approx(shop)


@pytest.mark.parametrize("disposition", [None, PENDING])
def test_units_whose_fate_is_open_tell_nothing_of_what_is_sellable(disposition: str | None) -> None:
    told = dispositions()
    told.add("shoes", disposition, 1_000)
    assert told == dispositions()
    alone = Dispositions()
    alone.add("shoes", disposition, 5)
    assert alone.sellable_share("shoes") is None


def test_sellable_units_of_an_item_are_the_share_of_its_category() -> None:
    known = dispositions()
    row = next(row for row in forecast(known).item_rows() if row["item_id"] == "parka")
    assert row["expected_sellable_units"] == pytest.approx(2 * float(known.sellable_share("coats") or 0), abs=1e-6)


def test_spans_are_four_weeks_one_after_another_and_all_of_them_both_ends_included() -> None:
    rows = [row for row in StockWeeks(forecast(dispositions())).rows() if row["item_id"] == "boot"]
    starts = (*range(MONDAY, MONDAY + 28, 7), MONDAY)
    assert [(row["first_day"], row["days"]) for row in rows] == [
        (date_of(first), days) for first, days in zip(starts, (7, 7, 7, 7, 28), strict=True)
    ]
    assert [row["last_day"] for row in rows] == [date_of(MONDAY + last) for last in (6, 13, 20, 27, 27)]


def test_an_items_week_is_as_unsure_as_weeks_are_and_its_horizon_as_horizons() -> None:
    rows = [row for row in StockWeeks(forecast(dispositions())).rows() if row["item_id"] == "boot"]
    bounds = [(row["units_p10"], row["units_p50"], row["units_p90"]) for row in rows]
    assert bounds == [*[count_quantiles(7.0, 0.2)] * 4, count_quantiles(28.0, 0.0)]
