"""The stock forecast as a use case: what is known at the day, totals, poisoning, order of rows."""

import math
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from application.steps.forecast_stock import ForecastStock
from domain.days import start_of
from domain.labels import DEFAULT_LAG_LAW, LabelPolicy, LagLaw
from domain.model.open_chance import open_chance
from domain.outputs import SCORES
from domain.snapshot import Attempt, StepResult
from domain.stock.units import HORIZON_DAYS
from tests.fakes.holiday_calendar import DeclaredHolidayCalendar
from tests.fakes.line_counter import InMemoryLineCounter
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import CanonicalShop, busy_shop, day_of

AS_OF_DAY = 110
AS_OF = day_of(AS_OF_DAY)
LABELS = LabelPolicy(window_days=30)
NAMES = ("stock_item", "stock_category", "stock_total")


class Run:
    """One forecast of a shop, with its tables by name; `open_chances` makes `p_open` of a row of the scores."""

    def __init__(
        self,
        shop: CanonicalShop,
        as_of: date = AS_OF,
        *,
        dated: bool = True,
        law: LagLaw = DEFAULT_LAG_LAW,
        open_chances: Callable[[Any], float] | None = None,
    ) -> None:
        tables = InMemoryTableStore()
        lines, line_returns = shop.write(tables)
        scores = shop.score(tables, as_of, LABELS.window_days)
        if open_chances is not None:
            rows = [{**row, "p_open": open_chances(row)} for row in tables.read(scores)]
            scores = tables.write(Attempt("others", "key", "1", "memory://others"), "scores", SCORES, rows)
        self.result: StepResult = ForecastStock(tables, InMemoryLineCounter(tables), DeclaredHolidayCalendar())(
            lines=lines,
            line_returns=line_returns,
            scores=scores,
            as_of=as_of,
            labels=LABELS,
            dated=dated,
            law=law,
            attempt=Attempt("stock", "key", "1", "memory://stock"),
        )
        self.tables: dict[str, list[Any]] = {ref.name: list(tables.read(ref)) for ref in self.result.tables}

    @property
    def contents(self) -> list[str]:
        return [ref.content for ref in self.result.tables]


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(busy_shop())


def summed(rows: list[Any], column: str, **where: object) -> float:
    return sum(row[column] for row in rows if all(row[name] == value for name, value in where.items()))


@pytest.mark.parametrize("column", ["expected_units", "expected_sellable_units"])
def test_items_add_up_to_categories_and_categories_to_the_shop_to_the_last_bit(run: Run, column: str) -> None:
    items, categories, shop = (run.tables[name] for name in NAMES)
    for row in categories:
        assert row[column] == summed(items, column, category=row["category"], day=row["day"])
    for row in shop:
        assert row[column] == summed(categories, column, day=row["day"])


def test_the_law_says_what_comes_at_ages_that_a_young_shop_has_not_reached() -> None:
    over, going_on = (
        Run(busy_shop(21), day_of(21), law=LagLaw(steps)).result.facts["next_28_days"]["expected_units"]
        for steps in (((20, 1.0),), ((60, 1.0),))
    )
    assert going_on > 1.3 * over


def test_what_a_customer_is_refunded_for_and_keeps_brings_no_parcel() -> None:
    shops = {outcome: wholesale(1) for outcome in ("refund", "keep")}
    for outcome, shop in shops.items():
        for row in shop.line_returns[::2]:
            row["outcome"] = outcome
    facts = {outcome: Run(shop, day_of(90)).result.facts for outcome, shop in shops.items()}
    refund, keep = (facts[outcome]["next_28_days"] for outcome in ("refund", "keep"))
    assert keep["expected_units"] == pytest.approx(refund["expected_units"] / 2, rel=0.1)
    assert keep["expected_units_future_orders"] == pytest.approx(refund["expected_units_future_orders"] / 2, rel=0.1)
    assert facts["keep"]["units"]["open_units"] == facts["refund"]["units"]["open_units"]
    assert facts["keep"]["units"]["returned_units"] == facts["refund"]["units"]["returned_units"] / 2


def test_arrivals_are_forecast_for_the_days_of_the_dock_and_not_for_those_of_registration() -> None:
    by_dock, by_receipt, cut = wholesale(1), wholesale(1), wholesale(1)
    six_days = timedelta(days=6)
    for rows in zip(by_dock.line_returns, by_receipt.line_returns, cut.line_returns, strict=True):
        received_at = rows[0]["returned_at"] + six_days  # type: ignore[operator]
        rows[0].update(returned_at=received_at, available_at=received_at)
        rows[1]["received_at"] = received_at
        rows[2]["received_at"] = received_at if received_at < start_of(day_of(90)) else None
    expected, *found = (
        [row["expected_arrivals"] for row in Run(shop, day_of(90)).tables["stock_total"]]
        for shop in (by_dock, by_receipt, cut)
    )
    assert sum(expected[:16]) > 25
    assert found[0] == found[1] == pytest.approx(expected, rel=0.1)  # scores share days out, and know of registrations
    assert sum(found[0]) == pytest.approx(sum(expected), rel=1e-4)


def wholesale(units: int) -> CanonicalShop:
    """Lines of so many units, every fourth of which comes back whole ten days later."""
    shop = CanonicalShop()
    for number in range(8 * 90):
        day = number // 8
        shop.sell(f"l{number}", day, quantity=units)
        if number % 4 == 0:
            shop.take_back(f"l{number}", day, day + 10, quantity=units)
    return shop


def test_units_that_come_back_a_line_at_once_are_as_unsure_as_lines() -> None:
    runs = {units: Run(wholesale(units), day_of(90)) for units in (1, 20)}
    assert [run.result.facts["shock"]["units_at_once"] for run in runs.values()] == [1.0, 20.0]
    widths = {
        units: [
            (row["units_p90"] - row["units_p10"]) / row["expected_units"]
            for row in run.tables["stock_week"]
            if row["level"] in {"item", "category"} and row["days"] == 7 and row["expected_units"] > 10 * units
        ]
        for units, run in runs.items()
    }
    assert len(widths[1]) == len(widths[20]) > 0
    assert widths[20] == pytest.approx(widths[1], rel=0.25)


def test_orders_to_come_add_up_and_arrivals_are_both_parts(run: Run) -> None:
    _, categories, shop = (run.tables[name] for name in NAMES)
    for row in shop:
        assert row["expected_units_future_orders"] == summed(categories, "expected_units_future_orders", day=row["day"])
        assert row["expected_arrivals"] == row["expected_units"] + row["expected_units_future_orders"]
    assert shop[0]["expected_units_future_orders"] < 0.01  # nobody sends back on the day of the order
    assert shop[-1]["expected_units_future_orders"] > 0


def by_age_alone(row: Any) -> float:
    gone = 1 - math.exp(-(AS_OF - row["ordered_at"].date()).days / 7.5)
    return open_chance(0.25, gone) if row["open_quantity"] else 0.0


@pytest.mark.parametrize(
    "open_chances", [by_age_alone, lambda row: row["p_open"] * random.Random(row["line_id"]).random()]
)
def test_the_scores_share_out_what_the_backtest_judges_and_add_nothing_to_it(
    open_chances: Callable[[Any], float],
) -> None:
    scored = Run(busy_shop(), open_chances=open_chances)
    level = Run(busy_shop(), open_chances=lambda _: 0.0)  # nothing to share out by
    assert scored.contents[0] != level.contents[0]
    assert summed(scored.tables["stock_total"], "expected_units") == pytest.approx(
        summed(level.tables["stock_total"], "expected_units"), rel=1e-5
    )


def test_the_horizon_is_28_days_from_the_day_on(run: Run) -> None:
    shop = run.tables["stock_total"]
    assert [row["days_ahead"] for row in shop] == list(range(HORIZON_DAYS))
    assert shop[0]["day"] == day_of(AS_OF_DAY)


def test_every_interval_is_ordered_and_arrivals_reach_at_least_as_high(run: Run) -> None:
    for row in run.tables["stock_category"] + run.tables["stock_total"]:
        assert row["units_p10"] <= row["units_p50"] <= row["units_p90"] <= row["arrivals_p90"]
        assert row["arrivals_p10"] <= row["arrivals_p50"] <= row["arrivals_p90"]


def test_no_item_is_expected_to_give_back_more_than_is_open(run: Run) -> None:
    shop = busy_shop()
    sold: dict[object, int] = {}
    for line in shop.lines:
        sold[line["item_id"]] = sold.get(line["item_id"], 0) + line["quantity"]  # type: ignore[operator]
    for item in {row["item_id"] for row in run.tables["stock_item"]}:
        assert summed(run.tables["stock_item"], "expected_units", item_id=item) < sold[item]


def test_sellable_units_are_a_share_of_those_expected(run: Run) -> None:
    expected = summed(run.tables["stock_total"], "expected_units")
    assert 0.4 * expected < summed(run.tables["stock_total"], "expected_sellable_units") < 0.95 * expected


def test_a_day_of_the_week_without_arrivals_is_forecast_low(run: Run) -> None:
    by_weekday: dict[int, float] = {}
    for row in run.tables["stock_total"]:
        by_weekday[row["day"].weekday()] = by_weekday.get(row["day"].weekday(), 0.0) + row["expected_units"]
    assert min(by_weekday, key=lambda weekday: by_weekday[weekday]) == 6


def test_the_forecast_of_a_steady_shop_is_near_what_then_came() -> None:
    whole = busy_shop(lines_a_day=50)
    ordered = {row["line_id"]: row for row in whole.lines}
    came = sum(
        row["quantity"]  # type: ignore[misc]
        for row in whole.line_returns
        if row["fate"] == "matched"
        and ordered[row["line_id"]]["kind"] == "product"
        and row["ordered_at"].date() < day_of(AS_OF_DAY) <= row["returned_at"].date() < day_of(AS_OF_DAY + 28)  # type: ignore[union-attr]
    )
    assert came > 100
    assert summed(Run(whole).tables["stock_total"], "expected_units") == pytest.approx(came, rel=0.2)


def poisoned(shop: CanonicalShop, day: int) -> CanonicalShop:
    """The shop with garbage that becomes known on a day or later."""
    late = CanonicalShop(list(shop.lines), list(shop.line_returns))
    late.sell("z-new", day, item_id="i99", category="poison", quantity=500)
    late.sell(
        "z-late", day - 30, item_id="i98", category="poison", quantity=500, available_at=late.lines[-1]["available_at"]
    )
    for number, line in enumerate(shop.lines[-400:-200]):
        late.take_back(str(line["line_id"]), 90, day + number % 3, quantity=1)
    return late


def known_before(shop: CanonicalShop, day: int) -> CanonicalShop:
    """The shop's rows that were available before a day."""
    return CanonicalShop(
        [row for row in shop.lines if row["available_at"].date() < day_of(day)],  # type: ignore[union-attr]
        [row for row in shop.line_returns if row["available_at"].date() < day_of(day)],  # type: ignore[union-attr]
    )


def test_a_run_on_the_data_cut_at_the_day_and_one_with_garbage_after_it_agree(run: Run) -> None:
    cut, garbage = Run(known_before(busy_shop(), AS_OF_DAY)), Run(poisoned(busy_shop(), AS_OF_DAY))
    assert cut.contents == garbage.contents == run.contents
    assert cut.result.facts == garbage.result.facts == run.result.facts


def test_the_order_of_rows_changes_nothing(run: Run) -> None:
    shop, chance = busy_shop(), random.Random(5)
    chance.shuffle(shop.lines)
    chance.shuffle(shop.line_returns)
    shuffled = Run(shop)
    assert shuffled.contents == run.contents
    assert shuffled.result.facts == run.result.facts


def test_services_do_not_come_back_to_the_shelf() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0, kind="service")
    assert Run(shop, day_of(3)).tables["stock_item"] == []


def test_a_line_returned_and_one_cancelled_before_the_day_are_no_longer_open() -> None:
    shop = CanonicalShop()
    for line_id in ("l1", "l2", "l3"):
        shop.sell(line_id, 0, item_id=line_id)
    shop.take_back("l1", 0, 2)
    shop.take_back("l2", 0, 1, fate="cancelled", event_id="")
    assert {row["item_id"] for row in Run(shop, day_of(3)).tables["stock_item"]} == {"l3"}
    assert {row["item_id"] for row in Run(shop, day_of(2)).tables["stock_item"]} == {"l1", "l3"}


def test_units_of_a_line_returned_in_part_stay_open() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0, quantity=3)
    shop.take_back("l1", 0, 2, quantity=1)
    assert Run(shop, day_of(3)).result.facts["units"]["open_units"] == 2


def test_without_dispositions_sellable_units_are_null() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0)
    run = Run(shop, day_of(3))
    values = {row["expected_sellable_units"] for name in NAMES for row in run.tables[name]}
    assert values == {None}


def test_an_item_that_changed_category_stands_in_that_of_its_latest_line() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0, category="shoes")
    shop.sell("l2", 1, category="boots")
    assert {row["category"] for row in Run(shop, day_of(3)).tables["stock_item"]} == {"boots"}


def test_a_source_without_return_dates_gets_no_forecast_and_is_told_why() -> None:
    run = Run(busy_shop(days=20), day_of(20), dated=False)
    assert run.result.tables == ()
    assert "without their dates" in run.result.facts["skipped"]


def test_an_empty_shop_has_an_empty_forecast_of_28_days() -> None:
    run = Run(CanonicalShop(), day_of(3))
    assert run.tables["stock_item"] == run.tables["stock_category"] == []
    assert [row["expected_arrivals"] for row in run.tables["stock_total"]] == [0.0] * HORIZON_DAYS


def test_weeks_and_levels_add_up_and_the_last_row_of_each_is_the_whole_horizon(run: Run) -> None:
    weeks = run.tables["stock_week"]
    for level, days in (("item", "stock_item"), ("category", "stock_category"), ("shop", "stock_total")):
        rows = [row for row in weeks if row["level"] == level]
        assert summed(rows, "expected_units", days=7) == summed(rows, "expected_units", days=28)
        assert summed(rows, "expected_units", days=28) == summed(run.tables[days], "expected_units")
    assert summed(weeks, "expected_arrivals", level="category", days=7) == summed(
        weeks, "expected_arrivals", level="shop", days=28
    )


def test_weekly_bounds_are_ordered_hold_the_mean_and_are_those_of_the_facts(run: Run) -> None:
    shop = [row for row in run.tables["stock_week"] if row["level"] == "shop"]
    assert [row["days"] for row in shop] == [7, 7, 7, 7, 28]
    assert all(row["arrivals_p10"] < row["expected_arrivals"] < row["arrivals_p90"] for row in shop)
    outlook = run.result.facts["next_28_days"]
    assert [row["arrivals_p90"] for row in shop] == [
        w["p90"] for w in (*outlook["arrivals_by_week"], outlook["arrivals"])
    ]


def test_a_whole_horizon_is_surer_than_its_weeks_one_by_one(run: Run) -> None:
    *weeks, whole = [row for row in run.tables["stock_week"] if row["level"] == "shop"]
    assert whole["units_p90"] - whole["units_p10"] < sum(row["units_p90"] - row["units_p10"] for row in weeks)
