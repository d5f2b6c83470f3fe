"""What the stock backtest reports: errors at every level, scores of counts, intervals of shares."""

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.stock.scores import Scores, count_crps, counted_levels, gather, wilson_interval
from domain.stock.units import Series

BOOT, CLOG = Series("shoes", "boot", "b1"), Series("shoes", "clog", "c1")
weeks = st.lists(st.floats(0, 50), min_size=4, max_size=4)
series = st.builds(Series, st.sampled_from(["x", None]), st.sampled_from("gh"), st.sampled_from("ij"))
shocks = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.5")])
shops = st.dictionaries(series, weeks)


@given(shops)
def test_every_level_adds_up_to_the_shop(shop: dict[Series, list[float]]) -> None:
    whole = sum(map(sum, shop.values()))
    for level in ("item", "group", "category", "shop"):
        assert sum(map(sum, gather(shop, level).values())) == pytest.approx(whole)


def test_units_counted_by_category_alone_are_scored_neither_as_items_nor_as_groups() -> None:
    scores = Scores()
    scores.add("ours", {Series("shoes"): [1.0] * 4, Series(None): [3.0] * 4}, {Series("shoes"): [2.0] * 4}, 0.1)
    assert {level for _, level, _ in scores.missed} == {"category", "shop"} == set(counted_levels(by_item=False))
    assert scores.missed[1, "category", "ours"].absolute == 4


def test_an_item_of_no_group_is_a_group_of_its_own() -> None:
    alone = Series("shoes", None, "b1")
    assert gather({alone: [1.0] * 4}, "group") == {Series(None, "b1"): [1.0] * 4}
    assert counted_levels(by_item=True) == ("item", "group", "category", "shop")


def test_errors_that_cancel_show_at_items_and_not_at_the_shop() -> None:
    scores = Scores()
    scores.add("ours", {BOOT: [2.0, 0, 0, 0], CLOG: [0.0] * 4}, {CLOG: [2.0, 0, 0, 0]}, 0.0)
    assert scores.missed[1, "item", "ours"].row()["wape"] == 2
    assert scores.missed[1, "shop", "ours"].row() == {"units": 2.0, "wape": 0.0, "bias": 0.0, "crps": None}
    assert scores.missed[4, "category", "ours"].row()["bias"] == 0


def test_a_bias_above_0_is_too_much() -> None:
    scores = Scores()
    scores.add("ours", {BOOT: [3.0, 0, 0, 1.0]}, {BOOT: [2.0, 0, 0, 0]}, 0.0)
    assert scores.missed[1, "shop", "ours"].row()["bias"] == 0.5
    assert scores.missed[4, "shop", "ours"].row()["bias"] == 1.0


def test_nothing_that_came_leaves_relative_errors_undefined() -> None:
    scores = Scores()
    scores.add("ours", {BOOT: [1.0] * 4}, {}, 0.0)
    assert scores.missed[4, "shop", "ours"].row()["wape"] is None


def test_items_of_which_nothing_is_said_and_nothing_came_leave_the_score_alone() -> None:
    few, many = Scores(), Scores()
    few.add("ours", {BOOT: [1.0] * 4}, {BOOT: [2.0] * 4}, 0.1)
    many.add("ours", {BOOT: [1.0] * 4, CLOG: [0.0] * 4}, {BOOT: [2.0] * 4}, 0.1)
    assert few.missed[4, "item", "ours"].row() == many.missed[4, "item", "ours"].row()


def test_the_score_of_a_sure_count_is_its_distance() -> None:
    assert count_crps(0.0, 0.0, 3) == 3


def slow_crps(mean: Decimal, shock: Decimal, actual: int) -> float:
    """The same score summed from the first count on, in numbers of 40 digits whose exponents do not underflow."""
    with localcontext(prec=40):
        chance = (1 + shock * mean) ** (-1 / shock) if shock else (-mean).exp()
        reached = score = Decimal(0)
        for count in range(max(actual, int(mean * (2 + 100 * shock))) + 200):
            reached += chance
            score += (reached - (count >= actual)) ** 2
            chance *= mean * (1 + shock * count) / ((count + 1) * (1 + shock * mean))
        return float(score)


@settings(max_examples=20, deadline=None)
@given(st.one_of(st.floats(0.001, 1), st.floats(1, 1500)), shocks, st.floats(0, 2))
@example(1, Decimal(4), 3.0)
@example(40, Decimal(4), 0.0)
@example(700, Decimal(0), 1.0)
@example(800, Decimal(0), 1.0)
@example(1200, Decimal("0.05"), 1.5)
def test_scores_of_small_and_of_large_means_are_those_of_exact_sums(mean: float, shock: Decimal, share: float) -> None:
    actual = round(mean * share)
    assert count_crps(mean, float(shock), actual) == pytest.approx(slow_crps(Decimal(mean), shock, actual), rel=1e-6)


def test_a_score_far_off_is_the_distance_less_what_the_count_itself_spreads() -> None:
    assert count_crps(900.0, 0.0, 1e9) == pytest.approx(1e9 - 900 - 30 * math.pi**-0.5, abs=0.1)
    assert count_crps(1e6, 0.0, 0) == pytest.approx(1e6 - 1e3 * math.pi**-0.5, abs=0.1)


@given(st.floats(0.01, 30), st.floats(0, 1), st.integers(0, 60))
def test_a_score_is_never_below_0_and_a_count_further_off_scores_worse(mean: float, shock: float, actual: int) -> None:
    above = int(mean) + actual + 1
    assert 0 <= count_crps(mean, shock, above) <= count_crps(mean, shock, above + 1) + 1e-6


def test_the_interval_of_a_share_holds_it_and_narrows_with_trials() -> None:
    low, high = wilson_interval(8, 10)
    wide, narrow = high - low, -1 * (wilson_interval(800, 1000)[0] - wilson_interval(800, 1000)[1])
    assert low < 0.8 < high
    assert narrow < wide / 5
    assert wilson_interval(0, 0) == (0, 1)
