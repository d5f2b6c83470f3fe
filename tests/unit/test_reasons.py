import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.actions.reasons import OTHERS, START, in_words, parts_of, reason
from domain.actions.related import FORMS, facts_told
from domain.content import Cell
from domain.features.catalogue import CATALOGUE
from domain.features.feature import FeatureSet
from domain.features.reference import Reference
from domain.features.terms import LOG_MONEY, LOG_ODDS, LOG_RATIO
from domain.labels import DEFAULT_LAG_LAW
from domain.model.explanations import Explanation

FEATURES = {feature.name: feature for feature in CATALOGUE}
_OTHER_SIZES = ("basket_same_style_other_size", "basket_same_category_other_size", "basket_tries_sizes")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("basket_same_style_other_size", 2.0, "this style with two more lines in other sizes in one basket"),
        ("basket_same_style_other_colour", 1.0, "this style with one more line in another colour in one basket"),
        ("basket_lines", 1.0, "an order of one line"),
        ("basket_same_category_other_size", 1.0, "this category with one more line in another size in one basket"),
        ("basket_styles_a_line", 0.25, "0.25 different styles for each line of the basket"),
        ("basket_tries_sizes", 3.0, "a line of the basket with three more lines in other sizes of its style"),
        ("quantity_ordered", 1.0, "Units of the line: 1 unit"),
        ("item_rate", 1.84, "this item comes back 1.8 times as often as the shop's average"),
        ("item_rate", 0.6, "this item comes back 0.6 times as often as the shop's average"),
        ("item_rate", 1.02, "this item comes back about as often as the shop's average"),
        ("item_log_odds", 0.4, "this item comes back more often than the shop's average"),
        ("item_log_odds", -0.4, "this item comes back no more often than the shop's average"),
        ("item_and_customer_log_odds", 0.5, "this item and this customer's past speak for more returns than average"),
        ("style_rate", 1.84, "Return rate of the style so far, smoothed towards its category's: 1.8 times the shop's"),
        ("discount_share", 0.25, "Share of the price taken off: 25%"),
        ("price", math.log1p(49.0), "Net price of a unit: 49.00"),
        ("customer_is_new", 1.0, "Whether the customer never ordered before; a guest counts as new: yes"),
        ("customer_days_since_order", None, "Days since the customer's last order: not known"),
        ("quantity_ordered", 2.0, "Units of the line: 2 units"),
        ("attr_country_value", "FR", "attr country value: FR"),
    ],
)
def test_a_value_is_told_in_the_words_of_its_feature(name: str, value: float | str | None, words: str) -> None:
    assert in_words(name, {name: value}, FEATURES) == words


def sold(*lines: tuple[str, str, float], earlier: Sequence[float] = ()) -> Mapping[str, Cell]:
    """What the features say of the first of the lines of one order, each with line, size and price.

    The item was bought before, by the same customer, at the earlier prices.
    """
    order = [_line(line_id, "order", size, price, day=200) for line_id, size, price in lines]
    past = [_line(f"past{n}", f"earlier{n}", "M", price, day=100) for n, price in enumerate(earlier)]
    values = Reference([*order, *past], [], DEFAULT_LAG_LAW).features(FeatureSet(CATALOGUE))
    return next(row for row in values if row["line_id"] == lines[0][0])


def _line(line_id: str, order_id: str, size: str, price: float, day: int) -> dict[str, Cell]:
    ordered_at = datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    ids: dict[str, Cell] = {"line_id": line_id, "order_id": order_id, "customer_id": "c", "item_id": f"coat-{size}"}
    same: dict[str, Cell] = {"item_group": "coat", "category": "coats", "colour": "red", "seller": "s"}
    numbers: dict[str, Cell] = {"quantity": 1, "net_value": price, "unit_price": price, "discount": 0.0}
    times: dict[str, Cell] = {"ordered_at": ordered_at, "available_at": ordered_at}
    return {**ids, **same, **numbers, **times, "size": size, "kind": "product", "unit_cost": None}


def test_two_lines_in_one_other_size_are_not_told_as_three_sizes() -> None:
    values = sold(("l1", "M", 20.0), ("l2", "L", 20.0), ("l3", "L", 20.0))
    told = {name: in_words(name, values, FEATURES) for name in _OTHER_SIZES}
    assert told == {
        "basket_same_style_other_size": "this style with two more lines in other sizes in one basket",
        "basket_same_category_other_size": "this category with two more lines in other sizes in one basket",
        "basket_tries_sizes": "a line of the basket with two more lines in other sizes of its style",
    }


def test_a_mean_of_logs_is_told_as_a_typical_price_and_not_as_the_mean() -> None:
    values = sold(("l1", "M", 20.0), ("l2", "L", 10.0), ("l3", "L", 1000.0), earlier=(10.0, 1000.0))
    assert in_words("basket_mean_price", values, FEATURES) == "Typical price of the other lines of the order: 103.93"
    assert in_words("customer_mean_price", values, FEATURES) == (
        "Typical price of what the customer bought so far: 103.93"
    )
    averages = [feature for feature in CATALOGUE if feature.unit in {LOG_MONEY, LOG_RATIO}]
    assert not [feature.name for feature in averages if "mean price" in feature.description.lower()]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("price_against_item", "Price against the item's typical price so far: 1.00 against 0.50, +100%"),
        ("basket_price_above_lowest", "Price against the lowest of the order: 1.00 against 0.25, +300%"),
        ("basket_price_below_highest", "The highest price of the order against this one: 3.00 against 1.00, +200%"),
        ("basket_price_spread", "The highest price of the order against the lowest: 3.00 against 0.25, +1,100%"),
    ],
)
def test_prices_are_compared_by_their_own_ratio_and_not_by_that_of_1_plus_price(name: str, words: str) -> None:
    values = sold(("l1", "M", 1.0), ("l2", "L", 0.25), ("l3", "L", 3.0), earlier=(0.5,))
    assert in_words(name, values, FEATURES) == words


def test_what_came_back_is_compared_with_the_typical_price_of_what_was_bought() -> None:
    values = {"customer_mean_price": math.log1p(2.0), "customer_price_of_returns": math.log(2.0)}
    assert in_words("customer_price_of_returns", values, FEATURES).endswith("what was bought: 5.00 against 2.00, +150%")


@pytest.mark.parametrize(
    ("price", "other", "words"),
    [
        (20.0, 20.0, "20.00 against 20.00"),
        (5.0, 20.0, "5.00 against 20.00, -75%"),
        (5.0, 0.0, "5.00 against 0.00"),
        (0.0, 5.0, "0.00 against 5.00, -100%"),
    ],
)
def test_prices_that_are_equal_or_nothing_are_told_without_a_share_of_nothing(
    price: float, other: float, words: str
) -> None:
    values = {"price": math.log1p(price), "price_against_item": math.log1p(price) - math.log1p(other)}
    assert in_words("price_against_item", values, FEATURES).endswith(f"so far: {words}")


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(1.1, "at least 10% higher"), (0.75, "at least 25% lower"), (1.001, "higher"), (1.0, "the same")],
)
def test_where_neither_price_is_known_only_the_least_difference_is_told(ratio: float, words: str) -> None:
    values = {"price_against_item": math.log(ratio)}
    assert in_words("price_against_item", values, FEATURES).endswith(f"so far: {words}")


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_the_least_difference_never_exceeds_the_true_one(price: float, other: float) -> None:
    values = {"price_against_item": math.log1p(price) - math.log1p(other)}
    told = re.search(r"at least ([0-9,]+)% (higher|lower)$", in_words("price_against_item", values, FEATURES))
    least = int(told[1].replace(",", "")) if told else 0
    assert least <= 100 * abs(price / other - 1) + 1e-5


def test_every_comparison_of_prices_has_two_sides() -> None:
    assert {len(feature.rule.operands) for feature in CATALOGUE if feature.unit == LOG_RATIO} == {2}


def test_a_reason_names_the_strongest_raising_parts_with_their_odds() -> None:
    parts = {"quantity_ordered": math.log(2.0), "discount_share": -0.7, "basket_lines": math.log(1.2), "price": 0.001}
    values = {"quantity_ordered": 2.0, "discount_share": 0.1, "basket_lines": 3.0, "price": 1.0}
    told = reason(Explanation(-1.0, parts, values), FEATURES)
    assert told == "Units of the line: 2 units (odds times 2.00); an order of three lines (odds times 1.20)."


@pytest.mark.parametrize("against", [1.0, 1.5])
def test_log_odds_are_told_as_multiples_of_what_is_usual(against: float) -> None:
    values: dict[str, Cell] = {"item_rate": 1.84, "item_log_odds": 0.7, "item_and_customer_log_odds": 1.1}
    values["customer_returns_against_expected"] = against
    item = "this item comes back 1.8 times as often as the shop's average"
    customer = ", and this customer sent back 1.5 times as much as usual for the items bought"
    assert in_words("item_log_odds", values, FEATURES) == item
    assert in_words("item_and_customer_log_odds", values, FEATURES) == item + (customer if against > 1 else "")


def test_no_feature_is_told_on_the_scale_of_log_odds() -> None:
    on_that_scale = [feature.name for feature in CATALOGUE if feature.unit == LOG_ODDS]
    assert on_that_scale
    assert not [name for name in on_that_scale if "log" in in_words(name, {name: 0.4693}, FEATURES).lower()]


def test_a_reason_names_each_fact_once_by_its_strongest_part() -> None:
    parts = {
        "item_log_odds": math.log(1.5),
        "style_rate_90_days": math.log(1.4),
        "item_and_customer_log_odds": math.log(1.3),
        "customer_rate": math.log(1.2),
        "customer_returns_365_days": math.log(1.1),
        "basket_lines": math.log(1.06),
    }
    values: dict[str, Cell] = {**dict.fromkeys(parts, 2.0), "item_rate": 1.84, "basket_lines": 3.0}
    explanation = Explanation(-1.0, parts, values)
    assert reason(explanation, FEATURES) == (
        "this item comes back 1.8 times as often as the shop's average (odds times 1.50); "
        "Return rate of the customer so far, relative to the shop's: 2.0 times the shop's (odds times 1.20); "
        "an order of three lines (odds times 1.06)."
    )
    assert math.fsum(part.contribution for part in parts_of(explanation, FEATURES)) == pytest.approx(explanation.logit)


def test_a_fact_of_two_is_not_told_beside_either() -> None:
    parts = {"item_and_customer_log_odds": 0.9, "item_rate": 0.5, "customer_returns_against_expected": 0.4}
    values: dict[str, Cell] = {**dict.fromkeys(parts, 1.5), "item_and_customer_log_odds": 1.0}
    told = reason(Explanation(-1.0, parts, values), FEATURES)
    assert told.count("odds times") == 1


def test_features_that_tell_one_fact_are_features_of_the_catalogue() -> None:
    assert FEATURES.keys() >= FORMS
    assert facts_told("style_rate_30_days") == facts_told("item_rate")
    assert facts_told("price") == {"price"}


def test_a_line_that_nothing_raises_says_so() -> None:
    assert reason(Explanation(-1.0, {"price": -0.5}, {"price": 1.0}), FEATURES).startswith("Nothing about the line")


def test_the_parts_that_are_told_add_up_to_the_logit_however_many_are_not_named() -> None:
    parts = {f"feature{number}": (-1) ** number / (number + 1) for number in range(30)}
    explanation = Explanation(-1.5, parts, dict.fromkeys(parts, 1.0))
    told = parts_of(explanation, FEATURES)
    assert math.fsum(part.contribution for part in told) == pytest.approx(explanation.logit, abs=1e-12)
    assert (told[0].feature, told[-1].feature) == (START, OTHERS)
    assert told[-1].words == "the 22 other features"
    assert explanation.chance == pytest.approx(1 / (1 + math.exp(-explanation.logit)))


def test_a_price_that_one_comparison_tells_is_named_in_another() -> None:
    above, spread = math.log1p(1.0) - math.log1p(0.25), math.log1p(3.0) - math.log1p(0.25)
    values = {"price": math.log1p(1.0), "basket_price_above_lowest": above, "basket_price_spread": spread}
    assert in_words("basket_price_spread", values, FEATURES).endswith("the lowest: 3.00 against 0.25, +1,100%")
