"""What the stock backtest reports: errors at every level, scores of counts, intervals of shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stock_scores import Scores, count_crps, gather, wilson_interval
from domain.stock_units import Series

BOOT, CLOG = Series("shoes", "boot", "b1"), Series("shoes", "clog", "c1")
weeks = st.lists(st.floats(0, 50), min_size=4, max_size=4)
series = st.builds(Series, st.sampled_from(["x", None]), st.sampled_from("gh"), st.sampled_from("ij"))
shops = st.dictionaries(series, weeks)


@given(shops)
def test_every_level_adds_up_to_the_shop(shop: dict[Series, list[float]]) -> None:
    whole = sum(map(sum, shop.values()))
    for level in ("item", "group", "category", "shop"):
        assert sum(map(sum, gather(shop, level).values())) == pytest.approx(whole)


def test_errors_that_cancel_show_at_items_and_not_at_the_shop() -> None:
    scores = Scores()
    scores.add("ours", {BOOT: [2.0, 0, 0, 0], CLOG: [0.0] * 4}, {CLOG: [2.0, 0, 0, 0]}, 0.0)
    assert scores.missed[1, "item", "ours"].row()["wape"] == 2
    assert scores.missed[1, "shop", "ours"].row() == {"units": 2.0, "wape": 0.0, "bias": 0.0, "crps": None}
    assert scores.missed[4, "category", "ours"].row()["bias"] == 0


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
