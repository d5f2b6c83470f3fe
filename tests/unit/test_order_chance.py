import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.order_chance import OrderModel, chance_of_any, independent_chance, order_inputs

TOGETHER = OrderModel(intercept=0.0, independent_logit=0.2, strongest_logit=0.8, log_lines=-0.1)
chances = st.lists(st.floats(0, 1), min_size=1, max_size=8)
models = st.builds(OrderModel, *[st.floats(-3, 3)] * 4)


def test_an_order_of_no_lines_sends_nothing_back() -> None:
    assert chance_of_any([], TOGETHER) == 0


def test_the_chance_of_independent_lines_is_that_not_all_stay() -> None:
    assert independent_chance([0.5, 0.2]) == pytest.approx(0.6)
    assert independent_chance([]) == 0


@given(st.floats(0, 1), models)
def test_an_order_of_one_line_has_that_lines_chance(p: float, model: OrderModel) -> None:
    assert chance_of_any([p], model) == pytest.approx(p)


@given(chances, models)
def test_the_chance_lies_between_the_largest_and_the_sum(of_lines: list[float], model: OrderModel) -> None:
    chance = chance_of_any(of_lines, model)
    assert max(of_lines) <= chance <= min(1.0, math.fsum(of_lines)) + 1e-12


def test_lines_that_come_back_together_make_an_order_less_likely_than_independent_ones() -> None:
    assert chance_of_any([0.3] * 5, TOGETHER) < independent_chance([0.3] * 5)


def test_inputs_are_the_logits_and_the_log_of_the_number_of_lines() -> None:
    independent, strongest, lines = order_inputs([0.5, 0.5])
    assert independent == pytest.approx(math.log(3))
    assert strongest == pytest.approx(0)
    assert lines == pytest.approx(math.log(2))


def test_a_model_is_read_from_the_facts_of_an_evaluation() -> None:
    names = {"independent_logit": 0.2, "strongest_logit": 0.8, "log_lines": -0.1}
    assert OrderModel.from_json({"intercept": 0.0, "coefficients": names, "orders": 900}) == TOGETHER
