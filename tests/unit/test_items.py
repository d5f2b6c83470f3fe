"""The item table: smoothed chances of mature lines, and what a sale is worth."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.steps.tabulate_items import TabulateItems
from domain.costs import CostPolicy
from domain.labels import LabelPolicy
from domain.model.prior_rate import PRIOR_RATE
from domain.recommendation.items import PRIOR_LINES, value_sale
from domain.snapshot import Attempt, StepResult
from tests.fakes.line_counter import InMemoryLineCounter
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import CanonicalShop, busy_shop, day_of, moment

LABELS = LabelPolicy(window_days=30)
AS_OF = day_of(110)


def run(shop: CanonicalShop, as_of: date = AS_OF) -> tuple[dict[str, Any], StepResult]:
    tables = InMemoryTableStore()
    lines, line_returns = shop.write(tables)
    result = TabulateItems(tables, InMemoryLineCounter(tables))(
        lines=lines,
        line_returns=line_returns,
        as_of=as_of,
        labels=LABELS,
        costs=CostPolicy(),
        attempt=Attempt("items", "key", "1", "memory://items"),
    )
    return {str(row["item_id"]): row for row in tables.read(result.tables[0])}, result


@given(st.floats(0, 1), st.floats(0, 1e4), st.floats(0, 1))
def test_the_worth_of_a_sale_falls_as_its_chance_of_a_return_rises(p: float, price: float, more: float) -> None:
    costs = CostPolicy()
    worse = value_sale(p + (1 - p) * more, price, costs)
    better = value_sale(p, price, costs)
    assert worse.margin_net_of_returns <= better.margin_net_of_returns + 1e-9
    assert 0 <= better.penalty <= worse.penalty <= 1


def test_the_worth_of_a_sale_is_margin_if_kept_less_cost_if_returned() -> None:
    value = value_sale(0.25, 100.0, CostPolicy())
    assert value.expected_cost_of_sale == pytest.approx(0.25 * 13)
    assert value.margin_net_of_returns == pytest.approx(0.75 * 30 - 0.25 * 13)
    assert value.penalty == pytest.approx(0.25 * 13 / 30)


def test_an_item_without_margin_has_the_whole_penalty_unless_it_never_comes_back() -> None:
    assert value_sale(0.1, 0.0, CostPolicy()).penalty == 1
    assert value_sale(0.0, 0.0, CostPolicy()).penalty == 0


def sold(shop: CanonicalShop, item_id: str, lines: int, back: int, group: str | None, category: str | None) -> None:
    for number in range(lines):
        line_id = f"{item_id}{number}"
        shop.sell(line_id, 0, item_id=item_id, item_group=group, category=category)
        if number < back:
            shop.take_back(line_id, 0, 5)


def drawn(back: int, lines: int, prior: float) -> float:
    return (back + PRIOR_LINES * prior) / (lines + PRIOR_LINES)


def test_an_items_chance_is_drawn_from_the_shop_through_the_others_of_category_and_group() -> None:
    shop = CanonicalShop()
    sold(shop, "a", 60, 6, "g", "coats")
    sold(shop, "b", 40, 10, "g", "coats")
    sold(shop, "c", 80, 40, "h", "coats")
    sold(shop, "d", 20, 4, "k", "shoes")
    items, _ = run(shop)
    category = drawn(40, 80, 60 / 200)
    assert items["a"]["return_probability"] == pytest.approx(drawn(6, 60, drawn(10, 40, category)))
    assert items["b"]["return_probability"] == pytest.approx(drawn(10, 40, drawn(6, 60, category)))


def test_an_item_alone_in_group_and_category_counts_its_lines_once() -> None:
    shop = CanonicalShop()
    sold(shop, "a", 60, 0, "g", "shoes")
    sold(shop, "b", 40, 40, "h", "coats")
    items, _ = run(shop)
    assert items["b"]["return_probability"] == pytest.approx(drawn(40, 40, 0.4))
    assert items["a"]["return_probability"] == pytest.approx(drawn(0, 60, 0.4))


def test_of_a_group_that_lies_in_several_categories_only_the_part_in_the_items_own_is_left_out() -> None:
    shop = CanonicalShop()
    sold(shop, "a", 20, 10, "g", "coats")
    sold(shop, "b", 30, 3, "g", "shoes")
    sold(shop, "c", 50, 7, None, "coats")
    items, _ = run(shop)
    group = drawn(3, 30, drawn(7, 50, 20 / 100))
    assert items["a"]["return_probability"] == pytest.approx(drawn(10, 20, group))
    assert items["c"]["return_probability"] == pytest.approx(drawn(7, 50, drawn(10, 20, 20 / 100)))


def test_a_group_says_more_of_an_item_than_its_category_does() -> None:
    shop = CanonicalShop()
    for number in range(100):
        shop.sell(f"a{number}", 0, item_id="a", item_group="g", category="shoes")
        shop.sell(f"b{number}", 0, item_id="b", item_group="h", category="shoes")
        shop.take_back(f"b{number}", 0, 5)
    shop.sell("new", 109, item_id="new", item_group="g", category="shoes")
    category = (100 + PRIOR_LINES * 0.5) / (100 + PRIOR_LINES)  # of its other lines
    assert run(shop)[0]["new"]["return_probability"] == pytest.approx(PRIOR_LINES * category / (100 + PRIOR_LINES))


def test_an_item_that_is_sold_by_the_dozen_and_comes_back_by_the_piece_costs_a_piece() -> None:
    shop = CanonicalShop()
    for number in range(400):
        shop.sell(f"a{number}", 0, item_id="a", quantity=12, net_value=Decimal(120), item_group="g", category=None)
        shop.sell(f"b{number}", 0, item_id="b", net_value=Decimal(10), item_group="h", category=None)
        if number % 2:
            shop.take_back(f"a{number}", 0, 5)
            shop.take_back(f"b{number}", 0, 5)
    items, _ = run(shop)
    dozen, one = items["a"], items["b"]
    assert dozen["return_probability"] == pytest.approx(one["return_probability"])
    assert dozen["expected_cost_of_sale"] == pytest.approx(one["expected_cost_of_sale"] / 12, rel=0.5)
    assert one["expected_cost_of_sale"] == pytest.approx(0.5 * (3 + 0.1 * 10), rel=0.1)


def test_a_new_item_has_no_support_and_the_chance_of_its_group() -> None:
    shop = busy_shop()
    shop.sell("new", 109, item_id="new", item_group="g1", category="coats")
    items, _ = run(shop)
    assert items["new"]["support"] == 0
    assert items["new"]["return_probability"] > 0.05


def test_an_item_of_no_group_and_no_category_is_drawn_to_the_shop() -> None:
    shop = CanonicalShop()
    for number in range(10):
        shop.sell(f"a{number}", 0, category="shoes")
        shop.take_back(f"a{number}", 0, 5)
    shop.sell("lone", 109, item_id="lone", category=None)
    assert run(shop)[0]["lone"]["return_probability"] == pytest.approx((10 + PRIOR_RATE) / 11)


def test_an_item_of_which_nothing_is_known_has_the_prior_rate_and_not_none() -> None:
    shop = CanonicalShop()
    shop.sell("young", 100)
    shop.take_back("young", 100, 104)
    item = run(shop)[0]["i1"]
    assert (item["support"], item["return_probability"]) == (0.0, pytest.approx(PRIOR_RATE))
    assert 0 < item["penalty"] < 1


def test_immature_lines_count_as_sold_and_returned_but_not_in_the_chance() -> None:
    shop = CanonicalShop()
    shop.sell("old", 0)
    shop.sell("young", 100)
    shop.take_back("young", 100, 104)
    item = run(shop)[0]["i1"]
    assert (item["lines"], item["returned_lines"], item["support"]) == (2, 1, 1.0)
    assert 0 < item["return_probability"] < PRIOR_RATE


def test_returns_after_the_window_do_not_count() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0)
    shop.take_back("l1", 0, 31)
    assert run(shop)[0]["i1"]["returned_lines"] == 0


def test_cancelled_lines_and_services_are_no_sales() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0, item_id="cancelled")
    shop.take_back("l1", 0, 1, fate="cancelled", event_id="")
    shop.sell("l2", 0, item_id="wrapping", kind="service")
    shop.sell("l3", 0, item_id="kept")
    assert list(run(shop)[0]) == ["kept"]


def test_a_line_cancelled_in_part_is_still_a_sale() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0, quantity=3)
    shop.take_back("l1", 0, 1, fate="cancelled", event_id="", quantity=1)
    assert run(shop)[0]["i1"]["lines"] == 1
    shop.take_back("l1", 0, 2, fate="cancelled", event_id="", quantity=2)
    assert run(shop)[0] == {}


def test_the_mean_price_is_net_value_over_units_and_names_follow_the_latest_line() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0, quantity=3, net_value=Decimal("30.0000"), item_group="old")
    shop.sell("l2", 5, quantity=1, net_value=Decimal("30.0000"), item_group="new")
    item = run(shop)[0]["i1"]
    assert item["mean_net_price"] == 15
    assert (item["item_group"], item["last_sold_on"]) == ("new", day_of(5))


def test_a_returned_flag_without_a_date_counts_once_it_is_known() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0)
    shop.take_back("l1", 0, 40, returned_at=None)
    assert run(shop)[0]["i1"]["returned_lines"] == 1
    assert run(shop, day_of(40))[0]["i1"]["returned_lines"] == 0


def test_what_becomes_known_later_and_the_order_of_rows_change_nothing() -> None:
    clean, poisoned = busy_shop(), busy_shop()
    poisoned.sell("z1", 110, item_id="poison", net_value=Decimal("9999.0000"))
    poisoned.sell("z2", 20, item_id="i01", net_value=Decimal("9999.0000"), available_at=moment(110))
    for line in poisoned.lines[:300]:
        poisoned.take_back(str(line["line_id"]), 5, 20, event_id=f"late-{line['line_id']}", available_at=moment(111))
    random.Random(1).shuffle(poisoned.lines)
    random.Random(2).shuffle(poisoned.line_returns)
    before, after = run(clean)[1], run(poisoned)[1]
    assert before.tables[0].content == after.tables[0].content
    assert before.facts == after.facts


def test_the_last_microsecond_before_the_day_is_known_and_the_day_itself_is_not() -> None:
    shop = CanonicalShop()
    shop.sell("l1", 0, item_id="known", available_at=datetime(2024, 1, 4, 23, 59, 59, 999_999, tzinfo=UTC))
    shop.sell("l2", 0, item_id="unknown", available_at=datetime(2024, 1, 5, tzinfo=UTC))
    assert list(run(shop, date(2024, 1, 5))[0]) == ["known"]
