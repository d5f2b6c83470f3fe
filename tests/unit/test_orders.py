"""Whole orders: chances that are no product, parcels, partial returns, and what is known at the day."""

import random
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.steps.assess_orders import AssessOrders
from domain.costs import CostPolicy
from domain.order_chance import OrderModel
from domain.orders import HabitCounts, ReturnHabits, ScoredLine, assess_order, is_settled, settling_days
from domain.snapshot import Attempt, StepResult
from domain.unit_shares import UnitShares
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import CanonicalShop, busy_shop, day_of

COSTS = CostPolicy()
HABITS = ReturnHabits()
SHARES = UnitShares()
MODEL = OrderModel(0.0, 0.5, 0.5, 0.0)
MODEL_FACTS = {
    "intercept": 0.0,
    "coefficients": {"independent_logit": 0.5, "strongest_logit": 0.5, "log_lines": 0.0},
}
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
LINE = ScoredLine("l1", "c1", NOON, 1, 1, 20.0, 0.3, 0.2, returned=False)

chance_lists = st.lists(st.floats(0.0, 0.95), min_size=1, max_size=6)


def lines_of(chances: list[float]) -> list[ScoredLine]:
    return [replace(LINE, line_id=f"l{place}", p=p, p_open=p / 2) for place, p in enumerate(chances)]


def assess(
    lines: list[ScoredLine],
    model: OrderModel | None = MODEL,
    habits: ReturnHabits = HABITS,
    shares: UnitShares = SHARES,
) -> dict[str, Any]:
    return dict(assess_order("o1", lines, model, habits, shares, COSTS))


@given(chance_lists, st.sampled_from([MODEL, None]))
def test_the_chance_of_an_order_lies_between_its_largest_and_the_sum(
    chances: list[float], model: OrderModel | None
) -> None:
    row = assess(lines_of(chances), model)
    assert max(chances) - 1e-12 <= row["p_any"] <= min(1.0, sum(chances)) + 1e-12
    assert 0 <= row["p_any_open"] <= row["p_any"]


@given(chance_lists, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(chances: list[float], shuffling: random.Random) -> None:
    lines = lines_of(chances)
    shuffled = list(lines)
    shuffling.shuffle(shuffled)
    assert assess(lines) == assess(shuffled)


@given(chance_lists)
def test_parcels_hold_at_least_a_unit_each_and_at_least_one_comes_if_any_does(chances: list[float]) -> None:
    row = assess(lines_of(chances))
    assert row["p_any_open"] - 1e-12 <= row["expected_parcels"] <= row["expected_units"] + 1e-12


def test_an_order_of_one_line_has_that_lines_chance_and_one_parcel() -> None:
    row = assess([LINE])
    assert (row["p_any"], row["p_any_open"], row["expected_parcels"]) == pytest.approx((0.3, 0.2, 0.2))


def test_without_a_model_an_order_has_its_largest_chance() -> None:
    assert assess(lines_of([0.1, 0.4, 0.2]), model=None)["p_any"] == 0.4


def test_a_line_of_several_units_is_weighed_by_the_share_that_comes_back() -> None:
    row = assess([replace(LINE, quantity=4, open_quantity=4)], shares=UnitShares((0.9, 0.5)))
    assert row["expected_units"] == pytest.approx(0.2 * 2)
    assert row["expected_refund_value"] == pytest.approx(0.2 * 2 * 20)


def test_the_fixed_cost_is_paid_by_the_parcel_and_the_share_by_value() -> None:
    row = assess(lines_of([0.4, 0.4]))
    expected = 3 * row["expected_parcels"] + 0.1 * row["expected_refund_value"]
    assert row["expected_return_cost"] == pytest.approx(expected)


def test_an_order_that_has_sent_something_back_seldom_sends_more() -> None:
    back = replace(LINE, line_id="l2", open_quantity=0, p_open=0.0, returned=True)
    row = assess([replace(LINE, p=0.8, p_open=0.7), back], habits=ReturnHabits(again=0.1))
    assert row["p_any_open"] == 0.1
    assert row["expected_units"] == pytest.approx(0.1)
    assert (row["lines"], row["open_lines"]) == (2, 1)


def test_an_order_with_nothing_open_expects_nothing() -> None:
    row = assess([replace(LINE, open_quantity=0, p_open=0.0, returned=True)])
    assert row["p_any"] == pytest.approx(0.3)
    assert [row[name] for name in ("p_any_open", "expected_parcels", "expected_units", "expected_return_cost")] == [
        0
    ] * 4


def test_the_order_is_dated_by_its_first_line() -> None:
    row = assess([LINE, replace(LINE, line_id="l0", ordered_at=NOON - timedelta(hours=2))])
    assert row["ordered_at"] == NOON - timedelta(hours=2)


def test_without_returns_the_habits_are_the_declared_ones() -> None:
    assert HabitCounts().habits() == ReturnHabits()


def test_habits_follow_what_orders_did() -> None:
    counts = HabitCounts()
    for number in range(1000):
        order = f"o{number}"
        counts.add_line(order, 2)
        counts.add_return(order, 5, 1)
        if number % 2:
            counts.add_return(order, 9, 1)
    habits = counts.habits()
    assert habits.parcels == pytest.approx(1.5, abs=0.02)
    assert habits.again == pytest.approx(0.5, abs=0.02)


@given(chance_lists)
def test_parcels_follow_the_share_that_is_sent_and_units_do_not(chances: list[float]) -> None:
    every, half = (assess(lines_of(chances), habits=ReturnHabits(sent=sent)) for sent in (1.0, 0.5))
    assert half["expected_parcels"] == pytest.approx(every["expected_parcels"] / 2)
    assert half["expected_units"] == every["expected_units"]
    assert half["expected_refund_value"] == every["expected_refund_value"]


AS_OF = day_of(110)


def habits_of(shop: CanonicalShop) -> dict[str, float]:
    return dict(run(shop)[1].facts["habits"])


def test_cancelled_units_could_not_have_come_back() -> None:
    shop = CanonicalShop()
    for number in range(100):
        shop.sell(f"l{number}", 90, quantity=3)
        shop.take_back(f"l{number}", 90, 90, fate="cancelled", event_id="")
        shop.take_back(f"l{number}", 90, 95, quantity=2)
    assert habits_of(shop)["again"] == ReturnHabits().again  # no order had anything left to send


def test_what_customers_keep_takes_no_parcel() -> None:
    shop = CanonicalShop()
    for number in range(100):
        shop.sell(f"l{number}", 90, quantity=2)
        shop.take_back(f"l{number}", 90, 95, outcome="keep" if number < 60 else "refund")
    assert habits_of(shop)["sent"] == pytest.approx((40 + 20) / (100 + 20))


def test_a_parcel_of_which_the_customer_keeps_some_is_sent() -> None:
    shop = CanonicalShop()
    for number in range(100):
        shop.sell(f"l{number}", 90, quantity=2)
        shop.take_back(f"l{number}", 90, 95, outcome="keep", event_id=f"k{number}")
        shop.take_back(f"l{number}", 90, 95, outcome="refund", event_id=f"r{number}")
    assert habits_of(shop)["sent"] == pytest.approx(1.0)


def test_a_line_with_one_unit_that_is_not_cancelled_is_no_line_of_several() -> None:
    shop = CanonicalShop()
    for number in range(100):
        shop.sell(f"l{number}", 90, quantity=2)
        shop.take_back(f"l{number}", 90, 90, fate="cancelled", event_id="")
        shop.take_back(f"l{number}", 90, 95)
    assert habits_of(shop) == pytest.approx(asdict(ReturnHabits()))


def test_an_order_whose_first_parcel_came_lately_does_not_count_as_one_that_sends_no_more() -> None:
    shop = CanonicalShop()
    shop.sell("old", 82)  # so that there are days enough to wait for others
    for number in range(100):
        shop.sell(f"l{number}", 90, quantity=3)
        shop.take_back(f"l{number}", 90, 97)  # thirteen days before the run
    assert habits_of(shop) == pytest.approx(asdict(ReturnHabits()))
    for number in range(40):
        shop.sell(f"m{number}", 90, quantity=3)
        shop.take_back(f"m{number}", 90, 96)
        if number % 2:
            shop.take_back(f"m{number}", 90, 105)
    assert habits_of(shop)["again"] == pytest.approx((20 + 20 * ReturnHabits().again) / (40 + 20))


def test_a_cancellation_known_later_takes_nothing_from_what_could_have_come_back() -> None:
    shop = CanonicalShop()
    for number in range(100):
        shop.sell(f"l{number}", 90, quantity=3)
        shop.take_back(f"l{number}", 90, 95, quantity=2)
        shop.take_back(f"l{number}", 90, 110, fate="cancelled", event_id="late")
    prior = ReturnHabits()
    assert habits_of(shop)["again"] == pytest.approx(20 * prior.again / (100 + 20))


def run(
    shop: CanonicalShop, model: dict[str, Any] | None = None, as_of: date = AS_OF, shares: UnitShares = SHARES
) -> tuple[list[Any], StepResult]:
    tables = InMemoryTableStore()
    _, line_returns = shop.write(tables)
    result = AssessOrders(tables)(
        scores=shop.score(tables, as_of, 30),
        line_returns=line_returns,
        order_model=model,
        unit_shares=shares,
        as_of=as_of,
        costs=COSTS,
        attempt=Attempt("orders", "key", "1", "memory://orders"),
    )
    return list(tables.read(result.tables[0])), result


def test_every_order_of_the_scores_has_one_row_and_every_line_is_counted() -> None:
    rows, result = run(busy_shop(), MODEL_FACTS)
    scored = CanonicalShop.score(busy_shop(), InMemoryTableStore(), AS_OF, 30).rows
    assert len({row["order_id"] for row in rows}) == len(rows) == result.facts["orders"]
    assert sum(row["lines"] for row in rows) == scored
    assert result.facts["expected_units"] == pytest.approx(sum(row["expected_units"] for row in rows))


def test_a_few_large_lines_say_nothing_about_the_units_of_small_ones() -> None:
    shop = CanonicalShop()
    for number in range(320):
        shop.sell(f"small-{number}", 85, quantity=2)
        shop.take_back(f"small-{number}", 85, 90, quantity=1 if number < 20 else 2)
    for number in range(10):
        shop.sell(f"large-{number}", 85, quantity=100)
        shop.take_back(f"large-{number}", 85, 90, quantity=5)
    shop.sell("open", 109, quantity=2)
    shares = UnitShares.measured({(2, 2): 300, (2, 1): 20, (100, 5): 10})
    (row,) = (row for row in run(shop, shares=shares)[0] if row["order_id"] == "o-open")
    assert row["expected_units"] == pytest.approx(row["p_any_open"] * 2 * shares.share(2))
    assert row["expected_units"] > row["p_any_open"] * 1.9


def test_the_facts_say_whether_a_model_gave_the_chance() -> None:
    assert run(busy_shop(), MODEL_FACTS)[1].facts["order_chance"].startswith("fitted")
    assert "largest line's chance" in run(busy_shop())[1].facts["order_chance"]


def test_the_order_of_rows_and_returns_known_later_change_nothing() -> None:
    clean, poisoned = busy_shop(), busy_shop()
    for line in poisoned.lines[-150:]:
        poisoned.take_back(str(line["line_id"]), 108, 110, event_id=f"late-{line['line_id']}")
    random.Random(1).shuffle(poisoned.lines)
    random.Random(2).shuffle(poisoned.line_returns)
    before, after = run(clean, MODEL_FACTS)[1], run(poisoned, MODEL_FACTS)[1]
    assert before.tables[0].content == after.tables[0].content
    assert before.facts == after.facts


def test_the_price_of_a_unit_is_net_value_by_quantity() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 100, quantity=2, net_value=Decimal("30.0000"))
    rows, _ = run(shop)
    assert rows[0]["expected_refund_value"] == pytest.approx(rows[0]["expected_units"] * 15)


@pytest.mark.parametrize(("scored_days", "wait"), [(60, 14), (28, 14), (14, 7), (1, 0)])
def test_an_order_is_waited_for_half_of_a_short_score_window(scored_days: int, wait: int) -> None:
    assert settling_days(scored_days) == wait
    assert is_settled(100 - wait, 100, wait)
    assert not is_settled(101 - wait, 100, wait)
    assert not is_settled(None, 100, wait)
