from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from domain.actions.plan import Offer, best_plan, worth_of_one_more

ACTIONS = ("call", "check", "letter")


def offers_of(values: list[list[float]]) -> list[Offer]:
    return [
        Offer(f"line{number:03}", action, value)
        for number, row in enumerate(values)
        for action, value in zip(ACTIONS, row, strict=True)
    ]


def best_by_trying_all(values: list[list[float]], capacities: dict[str, int | None]) -> float:
    best = 0.0
    for choice in product(range(-1, len(ACTIONS)), repeat=len(values)):
        used = [choice.count(place) for place in range(len(ACTIONS))]
        bounds = [capacities[action] for action in ACTIONS]
        if all(bound is None or taken <= bound for taken, bound in zip(used, bounds, strict=True)):
            best = max(best, sum(row[at] for row, at in zip(values, choice, strict=True) if at >= 0))
    return best


VALUES = st.lists(st.lists(st.integers(-3, 9).map(float), min_size=3, max_size=3), max_size=5)
CAPACITY = st.none() | st.integers(0, 3)


@settings(max_examples=200, deadline=None)
@given(VALUES, CAPACITY, CAPACITY, CAPACITY)
def test_no_other_assignment_within_the_capacities_is_worth_more(
    values: list[list[float]], call: int | None, check: int | None, letter: int | None
) -> None:
    capacities = {"call": call, "check": check, "letter": letter}
    plan = best_plan(offers_of(values), capacities)
    assert plan.value == pytest.approx(best_by_trying_all(values, capacities))
    for action, capacity in capacities.items():
        assert capacity is None or list(plan.action_of.values()).count(action) <= capacity


@pytest.mark.parametrize("seed", range(3))
def test_hundreds_of_lines_reach_the_optimum_of_a_linear_programme(seed: int) -> None:
    drawn = np.random.default_rng(seed).normal(1.0, 2.0, (300, 3))
    capacities: dict[str, int | None] = {"call": 20, "check": 35, "letter": 50}
    a_line = np.kron(np.eye(300), np.ones(3))
    an_action = np.kron(np.ones(300), np.eye(3))
    found = linprog(
        -drawn.ravel(), np.vstack([a_line, an_action]), [1.0] * 300 + [20.0, 35.0, 50.0], bounds=(0, 1), method="highs"
    )
    assert best_plan(offers_of(drawn.tolist()), capacities).value == pytest.approx(-found.fun)


def test_a_line_moves_to_its_second_best_action_where_that_frees_a_place_for_another() -> None:
    values = [[5.0, 4.0, 0.0], [5.0, 0.0, 0.0]]
    plan = best_plan(offers_of(values), {"call": 1, "check": 1, "letter": None})
    assert plan.action_of == {"line000": "check", "line001": "call"}
    assert plan.value == 9.0


def test_the_plan_does_not_depend_on_the_order_of_offers_even_where_they_tie() -> None:
    offers = offers_of([[2.0, 2.0, 1.0]] * 6)
    capacities: dict[str, int | None] = {"call": 2, "check": 1, "letter": 1}
    assert best_plan(offers, capacities) == best_plan(offers[::-1], capacities)


def test_one_more_place_is_worth_what_the_plan_gains_by_it() -> None:
    offers = offers_of([[5.0, 0.0, 0.0], [3.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    capacities: dict[str, int | None] = {"call": 1, "check": None, "letter": 0}
    plan = best_plan(offers, capacities)
    assert worth_of_one_more(offers, capacities, "call", plan) == 3.0
    assert worth_of_one_more(offers, capacities, "check", plan) == 0.0


def test_what_does_not_pay_is_not_done_however_much_capacity_is_left() -> None:
    assert best_plan(offers_of([[-1.0, 0.0, -2.0]]), dict.fromkeys(ACTIONS)).action_of == {}
