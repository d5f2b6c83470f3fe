"""What whole numbers are taken for: units, amounts or identifiers, by how they spread over rows and by their names."""

import random
from collections.abc import Sequence

import pytest

from domain.drafting.identifiers import names_identifier
from domain.drafting.profiles import Look, profile


def look_of(name: str, values: Sequence[object]) -> Look:
    return profile(name, [str(value) for value in values]).look


@pytest.mark.parametrize(
    "values",
    [
        [1] * 100 + [*range(1, 49)],
        [1] * 100 + [2] * 40 + [12, 24, 48, 100, 144],
        [3] * 100 + [-number for number in range(1, 49)],
        [0] * 20 + [1] * 50 + [*range(100, 130)],
        [6] * 1000 + [80995],
    ],
)
def test_mostly_small_whole_numbers_count_units_however_large_a_few_are(values: list[int]) -> None:
    assert look_of("x", values) is Look.UNITS


@pytest.mark.parametrize(
    "values",
    [
        [random.Random(3).randint(18, 67) for _ in range(500)],
        [0] * 900 + [321, 450, 700, 5988] * 10,
    ],
)
def test_large_whole_numbers_count_no_units_though_most_rows_hold_nothing(values: list[int]) -> None:
    assert look_of("x", values) is not Look.UNITS


def test_whole_numbers_of_a_quantity_are_units_even_where_most_are_large() -> None:
    assert look_of("Quantity", [24, 48, 144, 500] * 40) is Look.UNITS


@pytest.mark.parametrize("name", ["sale_price", "Amount", "Unit Price", "discount amount"])
def test_whole_numbers_from_a_thousand_on_are_amounts_where_a_name_says_so(name: str) -> None:
    assert look_of(name, range(321, 5988, 7)) is Look.MONEY


def test_whole_numbers_from_a_thousand_on_are_codes_where_no_name_speaks() -> None:
    assert look_of("x", range(321, 5988, 7)) is Look.CODE


@pytest.mark.parametrize(
    "name", ["customer_id", "ProductID", "Kundennr", "order", "seller_id", "article", "N° commande", "department"]
)
def test_whole_numbers_below_a_thousand_are_codes_where_a_name_says_so(name: str) -> None:
    assert look_of(name, [*range(1, 301)]) is Look.CODE
    assert look_of(name, [*range(1, 13)] * 10) is Look.CODE


@pytest.mark.parametrize("name", ["customer_age", "order_total", "age", "points"])
def test_a_name_that_says_more_than_a_customer_or_an_order_makes_no_code(name: str) -> None:
    assert not names_identifier(name)
    assert look_of(name, [*range(18, 68)] * 4) is Look.MONEY


@pytest.mark.parametrize("name", ["order_quantity", "number of units", "items_in_basket"])
def test_a_name_that_speaks_of_a_number_of_things_is_no_identifier(name: str) -> None:
    assert not names_identifier(name)


@pytest.mark.parametrize("values", [[36, 38, 40, 42, 44], [36, 36.5, 37, 37.5], [92, 98, 104, 110]])
def test_numbers_under_the_name_of_a_size_are_labels(values: list[float]) -> None:
    assert look_of("Größe", values * 20) is Look.CODE


def test_numbers_that_look_like_no_size_are_units_though_their_name_speaks_of_one_among_other_words() -> None:
    assert look_of("basket size", [1, 2, 3, 4, 5] * 20) is Look.UNITS
    assert look_of("EU size", [36, 38, 40] * 20) is Look.CODE
