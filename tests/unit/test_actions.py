from dataclasses import replace
from pathlib import Path

import pytest

from adapters.config.action_file import parse_actions, read_actions
from domain.actions.declared import Action, ActionPolicy, Believed, Condition
from domain.actions.hold_out import is_held_out, propensity
from domain.actions.value import NOTHING, OpenLine, Stakes, Worth, derived_columns, net_value, stakes, total_worth
from domain.costs import CostPolicy
from domain.errors import ConfigurationError

HALF = Believed(0.5, 0.4, 0.7, "made up")
LINE = OpenLine("line", p_open=0.4, units=2, unit_value=50.0, age_days=3)
ACTION = "[[actions]]\nname='a'\nsays='A.'\neffect={mean=0.1,low=0.1,high=0.2,source='x'}\n"
COSTS = CostPolicy(return_cost_fixed=3.0, return_cost_share=0.1, margin_share=0.3)


@pytest.mark.parametrize(
    ("condition", "passing", "failing"),
    [
        (Condition("quantity", at_least=2), 2, 1),
        (Condition("p_open", at_most=0.5), 0.5, 0.51),
        (Condition("age_days", at_least=1, at_most=1), 1, 2),
        (Condition("category", one_of=("Shoes", "Coats")), "Shoes", "Hats"),
        (Condition("size", known=True), "M", None),
        (Condition("size", known=False), None, "M"),
        (Condition("discount", at_least=0.0), 0, None),
    ],
)
def test_a_condition_passes_what_it_asks_and_no_null_that_it_does_not_ask(
    condition: Condition, passing: object, failing: object
) -> None:
    assert condition.holds(passing)  # type: ignore[arg-type]
    assert not condition.holds(failing)  # type: ignore[arg-type]


def test_all_conditions_of_an_action_must_hold() -> None:
    action = Action("call", "Call.", HALF, when=(Condition("quantity", at_least=2), Condition("size", known=True)))
    assert action.applies({"quantity": 2, "size": "M"})
    assert not action.applies({"quantity": 2})


def test_comparing_a_text_with_a_number_is_refused_with_its_column() -> None:
    with pytest.raises(ConfigurationError, match="'size' compares 'M'"):
        Condition("size", at_least=1).holds("M")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[actions]]\nname='none'\nsays='A.'\neffect={mean=0.1,low=0.1,high=0.2,source='x'}", "'none'"),
        ("hold_out = 0.1", "hold_out_share"),
        ("hold_out_share = 1.0", "hold-out share"),
        ("[[actions]]\nname='a'\nsays='A.'\neffect={mean=0.9,low=0.1,high=0.2,source='x'}", "interval"),
        ("[[actions]]\nname='a'\nsays='A.'\neffect={mean=0.1,low=0.1,high=0.2,source=' '}", "source"),
        ("[[actions]]\nname='a'\nsays='A.'\nefect={}", "effect"),
        ("[[actions]]\nname='a'\nsays='A.'\ncost='much'\neffect={mean=0.1,low=0.1,high=0.2,source='x'}", "cost"),
        (
            ACTION + "when=[{column='quantty',at_least=1}]",
            "'quantity'",
        ),
        (
            ACTION + "when=[{column='quantity'}]",
            "asks nothing",
        ),
        (ACTION + "return_cost_saved=5", "return_cost_saved of the action 'a' is 5"),
        (ACTION + "margin_kept=1.01", "margin_kept"),
        (ACTION + "credit=25", "credit"),
        (ACTION + "cost=-1", "cost of the action"),
        (ACTION + "daily_capacity=-1", "daily_capacity"),
        ("actions = ", "TOML"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=f"my.toml(.|\n)*{named}"):
        parse_actions(text, "my.toml")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml"):
        read_actions(Path("nowhere.toml"))


def test_the_shipped_actions_say_that_they_are_assumptions() -> None:
    shipped = read_actions()
    assert {a.name for a in shipped.actions} == {
        "confirm_size",
        "check_before_dispatch",
        "offer_exchange",
        "keep_the_item",
    }
    assert all("assumption" in action.effect.source for action in shipped.actions)


def test_an_action_whose_conditions_need_what_the_source_lacks_is_left_out_and_says_why() -> None:
    possible, left_out = read_actions().possible(["size", "item_rate"])
    assert {action.name for action in possible} == {"offer_exchange", "keep_the_item"}
    assert "no size" in left_out["confirm_size"]


def test_the_net_value_counts_what_a_success_saves_what_friction_loses_and_the_cost() -> None:
    action = Action("call", "Call.", HALF, Believed(0.1, 0.0, 0.2, "made up"), cost=1.0)
    saved = 2 * 0.4 * 0.5 * (3 + 0.1 * 50)
    lost = 2 * 0.6 * 0.1 * 0.3 * 50
    assert net_value(action, LINE, COSTS) == pytest.approx(saved - lost - 1.0)


def test_a_customer_who_keeps_a_cheap_piece_saves_the_parcel_and_the_sale_less_the_credit() -> None:
    keep = next(action for action in read_actions().actions if action.name == "keep_the_item")
    piece = OpenLine("line", p_open=0.3, units=1, unit_value=8.0, age_days=6)
    assert stakes(keep, piece, COSTS).saved == pytest.approx(0.3 * (3.8 + 2.4 - 2.0))
    assert net_value(keep, piece, COSTS) == pytest.approx(0.3 * 0.4 * 4.2 - 0.7 * 0.05 * 2.4 - 0.1)


def test_of_a_line_returned_in_part_the_units_that_stay_are_kept_ones() -> None:
    action = Action("call", "Call.", HALF, Believed(0.1, 0.0, 0.2, "made up"))
    forty = replace(LINE, units=40, unit_share=0.05)
    saved, lost = 40 * 0.4 * 0.05 * (3 + 0.1 * 50), 40 * (1 - 0.4 * 0.05) * 0.3 * 50
    assert net_value(action, forty, COSTS) == pytest.approx(saved * 0.5 - lost * 0.1)


def test_an_exchange_keeps_the_margin_and_a_credit_gives_price_away() -> None:
    exchange = Action("exchange", "E.", HALF, return_cost_saved=0.0, margin_kept=1.0)
    keep = Action("keep", "K.", HALF, credit=0.25)
    assert net_value(exchange, LINE, COSTS) == pytest.approx(2 * 0.4 * 0.5 * 15)
    assert net_value(keep, LINE, COSTS) == pytest.approx(2 * 0.4 * 0.5 * (8 - 12.5))


def test_the_bounds_are_the_values_at_the_ends_of_what_is_believed() -> None:
    action = Action("call", "Call.", HALF)
    worth = Stakes(saved=10.0, lost=0.0, cost=1.0).worth(action)
    assert worth.as_json() == pytest.approx({"value": 4.0, "low": 3.0, "high": 6.0})
    costly = Stakes(saved=-10.0, lost=0.0, cost=1.0).worth(action)
    assert costly.as_json() == pytest.approx({"value": -6.0, "low": -8.0, "high": -5.0})


def test_one_actions_unknown_effect_adds_up_over_its_lines_and_two_actions_are_independent() -> None:
    call, check = Action("call", "C.", HALF), Action("check", "C.", HALF)
    at_stake = Stakes(saved=10.0, lost=0.0, cost=0.0)
    together = total_worth([(call, at_stake), (call, at_stake)])
    apart = total_worth([(call, at_stake), (check, at_stake)])
    assert together.value == apart.value == 10.0
    assert together.value - together.low == pytest.approx(2.0)
    assert apart.value - apart.low == pytest.approx(2.0**0.5)
    assert total_worth([]) == NOTHING


def test_a_saving_per_1000_lines_of_no_line_is_nothing() -> None:
    assert Worth(5.0, 4.0, 6.0).as_json(500) == {"value": 10.0, "low": 8.0, "high": 12.0}
    assert Worth(5.0, 4.0, 6.0).as_json(0)["value"] == 0.0


def test_a_free_piece_has_no_return_cost_share() -> None:
    free = OpenLine("line", 0.4, 1, 0.0, 3)
    assert derived_columns(free, COSTS)["return_cost_share"] is None
    assert derived_columns(LINE, COSTS)["return_cost_share"] == pytest.approx(8 / 50)
    assert stakes(Action("call", "C.", HALF), free, COSTS).saved == pytest.approx(0.4 * 3)


def test_about_the_share_is_held_out_and_a_customer_always_or_never() -> None:
    held = [is_held_out(f"customer{n}", "o", 0.1, "1") for n in range(5_000)]
    assert 0.08 < sum(held) / len(held) < 0.12
    assert is_held_out("c", "order1", 0.5, "1") == is_held_out("c", "order2", 0.5, "1")
    assert {is_held_out(None, f"order{n}", 0.5, "1") for n in range(20)} == {True, False}
    other = [is_held_out(f"customer{n}", "o", 0.1, "2") for n in range(5_000)]
    assert held != other
    guests = [is_held_out(None, f"{n}", 0.5, "1") for n in range(50)]
    assert guests != [is_held_out(f"{n}", "o", 0.5, "1") for n in range(50)]  # an order is no customer of that name


def test_propensities_of_a_planned_line_add_up_to_one_and_an_unplanned_line_is_certain() -> None:
    assert propensity(True, True, 0.1) + propensity(True, False, 0.1) == 1.0
    assert (propensity(True, True, 0.1), propensity(True, False, 0.1)) == (0.1, 0.9)
    assert propensity(False, True, 0.1) == 1.0


def test_an_action_named_twice_is_refused() -> None:
    call = Action("call", "C.", HALF)
    with pytest.raises(ConfigurationError, match="call is declared twice"):
        ActionPolicy((call, call))
