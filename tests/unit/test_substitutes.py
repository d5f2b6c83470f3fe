import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import cells
from domain.content import Cell
from domain.costs import CostPolicy
from domain.recommendation.items import value_sale
from domain.recommendation.substitutes import MIN_SUPPORT, OFFERED, SOLD_WITHIN_DAYS, SUBSTITUTES, substitutes

AS_OF = date(2024, 5, 1)
WELL_KNOWN = 100_000.0  # lines of which a chance is all but certain


def item(
    name: str,
    p: float,
    price: float = 100.0,
    *,
    group: str | None = "coat",
    support: float = WELL_KNOWN,
    days: int = 1,
    costs: CostPolicy | None = None,
) -> dict[str, Cell]:
    """A row of the item table at the default costs: at 100 a return costs 13, and a kept unit earns 30."""
    value = value_sale(p, price, costs or CostPolicy())
    return {
        "item_id": name,
        "item_group": group,
        "return_probability": p,
        "mean_net_price": price,
        "expected_cost_of_sale": value.expected_cost_of_sale,
        "margin_net_of_returns": value.margin_net_of_returns,
        "support": support,
        "last_sold_on": AS_OF - timedelta(days=days),
    }


def offered(*items: dict[str, Cell]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for row in substitutes(items, AS_OF):
        assert set(row) == set(SUBSTITUTES.names)
        found.setdefault(str(row["item_id"]), []).append(row["substitute_id"])
    return found


def test_an_item_is_offered_what_costs_less_in_its_own_group_the_highest_margin_first() -> None:
    found = offered(item("a", 0.3), item("b", 0.1), item("c", 0.2), item("d", 0.05, group="hat"))
    assert found == {"a": ["b", "c"], "c": ["b"]}


def test_a_cheap_item_that_comes_back_more_and_earns_next_to_nothing_is_offered_for_none() -> None:
    coat, cheap, better = item("coat", 0.30, 100.0), item("cheap", 0.50, 20.0), item("better", 0.25, 110.0)
    assert (coat["margin_net_of_returns"], better["margin_net_of_returns"]) == pytest.approx((17.10, 21.25))
    assert offered(coat, cheap, better) == {"coat": ["better"]}


def test_a_cheap_item_that_comes_back_less_is_not_offered_where_it_earns_less() -> None:
    assert offered(item("coat", 0.30, 100.0), item("cheap", 0.20, 60.0)) == {}


def test_a_dearer_item_is_not_offered_where_its_returns_cost_more() -> None:
    assert offered(item("coat", 0.30, 100.0), item("dear", 0.25, 500.0)) == {}


def test_an_item_that_comes_back_as_often_is_not_offered_however_little_its_return_costs() -> None:
    nothing_earned = CostPolicy(margin_share=0.0)
    coat, cheap = item("coat", 0.30, 100.0, costs=nothing_earned), item("cheap", 0.30, 20.0, costs=nothing_earned)
    assert offered(coat, cheap) == {}
    assert offered(coat, item("better", 0.29, 100.0, costs=nothing_earned)) == {"coat": ["better"]}


def test_an_item_that_earns_as_much_and_costs_less_in_returns_is_offered() -> None:
    coat, even = item("coat", 0.30), item("even", 0.20)
    even["margin_net_of_returns"] = coat["margin_net_of_returns"]
    assert offered(coat, even) == {"coat": ["even"]}


def test_the_margins_of_both_stand_beside_each_other() -> None:
    coat, better = item("coat", 0.30, 100.0), item("better", 0.25, 110.0)
    (row,) = substitutes([coat, better], AS_OF)
    assert row["margin_net_of_returns"] == coat["margin_net_of_returns"]
    assert row["substitute_margin_net_of_returns"] == better["margin_net_of_returns"]
    assert row["saving"] == pytest.approx(3.9 - 3.5)
    assert row["price_difference"] == 10.0


@given(st.lists(st.tuples(st.floats(0.01, 0.95), st.floats(1.0, 500.0)), min_size=2, max_size=8))
def test_no_substitute_comes_back_more_costs_more_or_earns_less_and_ranks_follow_the_margin(
    sold: list[tuple[float, float]],
) -> None:
    margins: dict[object, list[float]] = {}
    for row in substitutes([item(f"i{place}", *figures) for place, figures in enumerate(sold)], AS_OF):
        assert cells.number(row, "substitute_return_probability") < cells.number(row, "return_probability")
        assert cells.number(row, "saving") > 0
        margin = cells.number(row, "substitute_margin_net_of_returns")
        assert margin >= cells.number(row, "margin_net_of_returns")
        margins.setdefault(row["item_id"], []).append(margin)
        assert row["rank"] == len(margins[row["item_id"]])
    assert all(found == sorted(found, reverse=True) for found in margins.values())


def test_an_item_of_little_support_or_long_unsold_is_not_offered_but_may_be_replaced() -> None:
    rare, old = item("rare", 0.01, support=MIN_SUPPORT - 1), item("old", 0.02, days=SOLD_WITHIN_DAYS + 1)
    assert offered(rare, old, item("a", 0.3)) == {}
    assert offered(item("just", 0.02, support=MIN_SUPPORT, days=SOLD_WITHIN_DAYS), item("a", 0.3)) == {"a": ["just"]}
    assert offered(item("rare", 0.5, support=0.0), item("a", 0.3)) == {"rare": ["a"]}


def test_a_substitute_costs_less_with_a_probability_of_nine_in_ten() -> None:
    """With 79 lines the deviations of costs are 13 times the roots of 0.25 / 100 and 0.2275 / 100: 0.90 together."""
    poor = item("poor", 0.5, support=79.0)
    assert offered(poor, item("lucky", 0.45, support=79.0)) == {}  # saves 0.65, or 0.7 deviations
    assert offered(poor, item("better", 0.35, support=79.0)) == {"poor": ["better"]}  # 1.95, or 2.2 of them
    assert offered(item("poor", 0.5), item("lucky", 0.45)) == {"poor": ["lucky"]}


def test_items_of_one_true_rate_seldom_have_a_substitute() -> None:
    drawn, replaced, groups = random.Random(1), 0, 100
    for _ in range(groups):
        returned = [sum(drawn.random() < 0.3 for _ in range(20)) for _ in range(8)]
        chances = [(own + 20 * (sum(returned) - own) / 140) / 40 for own in returned]
        replaced += len(offered(*(item(f"i{n}", p, support=20.0) for n, p in enumerate(chances))))
    assert replaced / (8 * groups) < 0.2


def test_items_without_a_group_have_no_substitute() -> None:
    assert offered(item("a", 0.3, group=None), item("b", 0.1, group=None)) == {}


def test_no_more_than_a_few_are_offered_and_a_saving_of_less_than_a_cent_is_none() -> None:
    items = [item(f"i{number}", number / 10) for number in range(1, 9)]
    rows = [row for row in substitutes(items, AS_OF) if row["item_id"] == "i8"]
    assert [row["substitute_id"] for row in rows] == ["i1", "i2", "i3"][:OFFERED]
    assert [row["saving"] for row in rows] == pytest.approx([9.1, 7.8, 6.5])
    assert offered(item("a", 0.3005), item("b", 0.3)) == {}
