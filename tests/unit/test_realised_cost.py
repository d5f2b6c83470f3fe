import pytest

from domain.actions.realised_cost import realised_cost
from domain.costs import CostPolicy

COSTS = CostPolicy(
    return_cost_fixed=3, return_cost_share=0.1, margin_share=0.3, effect=0.2, friction=0.05, cost_of_action=0.5
)
ACTS, RESTS = 0.95, 0.0  # chances on which the policy acts on a line of price 20, and does not


@pytest.mark.parametrize(
    ("p", "returned_units", "cost"),
    [
        (RESTS, 2, 2 * 5.0),
        (RESTS, 0, 0.0),
        (ACTS, 2, 2 * (0.8 * 5.0 + 0.5)),
        (ACTS, 0, 2 * (0.05 * 6.0 + 0.5)),
        (RESTS, 1, 5.0),
        (ACTS, 1, 0.8 * 5.0 + 0.05 * 6.0 + 2 * 0.5),
    ],
)
def test_a_line_costs_what_the_action_and_the_outcome_make_it(p: float, returned_units: int, cost: float) -> None:
    assert realised_cost(COSTS, p, returned_units, price=20.0, quantity=2) == pytest.approx(cost)


def test_of_a_large_line_only_the_units_that_came_back_cost_a_return() -> None:
    assert realised_cost(COSTS, RESTS, 2, price=10.0, quantity=40) == pytest.approx(2 * 4.0)


def test_on_average_acting_where_it_pays_costs_less_than_doing_nothing() -> None:
    p, price = 0.8, 20.0
    acting = p * realised_cost(COSTS, p, 1, price, 1) + (1 - p) * realised_cost(COSTS, p, 0, price, 1)
    resting = p * realised_cost(COSTS, 0.0, 1, price, 1)
    assert COSTS.should_act(p, price)
    assert acting == pytest.approx(resting - COSTS.expected_gain(p, price))
