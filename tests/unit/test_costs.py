"""What a return costs, and when acting pays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.costs import CostPolicy, cents
from domain.errors import ConfigurationError

CHANCES = st.floats(0, 1)
PRICES = st.floats(0, 10_000)


def test_the_defaults_are_those_the_domain_states() -> None:
    costs = CostPolicy()
    assert costs.cost_of_return(40.0) == 7.0
    assert costs.margin(40.0) == 12.0
    assert costs.expected_return_cost(0.5, 40.0, 3) == 10.5


def test_acting_pays_above_the_break_even_chance_and_not_at_it() -> None:
    costs = CostPolicy(return_cost_fixed=1.0, return_cost_share=0.0, margin_share=0.1, effect=0.5, friction=0.5)
    # avoided p/2 against risked (1 - p)/2 at a price of 10: even at one half
    assert not costs.should_act(0.5, 10.0)
    assert costs.should_act(0.51, 10.0)


def test_the_cost_of_the_action_counts_against_acting() -> None:
    assert CostPolicy().should_act(0.5, 40.0)
    assert not CostPolicy(cost_of_action=1.0).should_act(0.5, 40.0)


@given(CHANCES, CHANCES, PRICES)
def test_a_higher_chance_never_turns_acting_off(p: float, q: float, price: float) -> None:
    low, high = sorted((p, q))
    assert CostPolicy().should_act(high, price) or not CostPolicy().should_act(low, price)


@given(CHANCES, PRICES)
def test_acting_is_what_gains(p: float, price: float) -> None:
    assert CostPolicy().should_act(p, price) == (CostPolicy().expected_gain(p, price) > 0)


def test_the_reason_names_the_figures_it_rests_on() -> None:
    assert CostPolicy().reason(0.5, 40.0) == (
        "Expected saving 0.40 a unit: chance of a return 0.50, cost of a return 7.00, "
        "of which advice avoids 0.70; advice risks 0.30."
    )


@pytest.mark.parametrize(("value", "text"), [(0.125, "0.13"), (-0.125, "-0.13"), (-1e-7, "0.00"), (2.0, "2.00")])
def test_cents_round_a_half_away_from_zero(value: float, text: str) -> None:
    assert cents(value) == text


@pytest.mark.parametrize("settings", [{"friction": 1.2}, {"effect": -0.1}, {"return_cost_fixed": float("nan")}])
def test_impossible_settings_are_refused_by_name(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(settings))):
        CostPolicy(**settings)
