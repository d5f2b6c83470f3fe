import math

import pytest

from domain.catalogue import CATALOGUE
from domain.explanations import Explanation
from domain.reasons import OTHERS, START, in_words, parts_of, reason

FEATURES = {feature.name: feature for feature in CATALOGUE}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("basket_same_style_other_size", 2.0, "this style in three lines of different sizes in one basket"),
        ("basket_lines", 1.0, "an order of one line"),
        ("basket_same_category_other_size", 1.0, "this category in two lines of different sizes in one basket"),
        ("basket_styles_a_line", 0.25, "0.25 different styles for each line of the basket"),
        ("basket_tries_sizes", 3.0, "one style of the basket in four lines of different sizes"),
        ("quantity_ordered", 1.0, "Units of the line: 1 unit"),
        ("item_rate", 1.84, "Return rate of this very item so far, smoothed towards its style's: 1.8 times the shop's"),
        ("discount_share", 0.25, "Share of the price taken off: 25%"),
        ("price", math.log1p(49.0), "Net price of a unit: 49.00"),
        ("price_against_item", math.log(1.1), "Price against the item's mean price so far: +10%"),
        ("customer_is_new", 1.0, "Whether the customer never ordered before; a guest counts as new: yes"),
        ("customer_days_since_order", None, "Days since the customer's last order: not known"),
        ("quantity_ordered", 2.0, "Units of the line: 2 units"),
        ("attr_country_value", "FR", "attr country value: FR"),
    ],
)
def test_a_value_is_told_in_the_words_of_its_feature(name: str, value: float | str | None, words: str) -> None:
    assert in_words(name, value, FEATURES) == words


def test_a_reason_names_the_strongest_raising_parts_with_their_odds() -> None:
    parts = {"quantity_ordered": math.log(2.0), "discount_share": -0.7, "basket_lines": math.log(1.2), "price": 0.001}
    values = {"quantity_ordered": 2.0, "discount_share": 0.1, "basket_lines": 3.0, "price": 1.0}
    told = reason(Explanation(-1.0, parts, values), FEATURES)
    assert told == "Units of the line: 2 units (odds times 2.00); an order of three lines (odds times 1.20)."


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
