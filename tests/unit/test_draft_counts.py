"""Counts that are no units of a line: of something else, or of the rows of an order."""

import random
from collections import Counter

import pytest

from domain.drafting.profiles import profile
from domain.drafting.quantity import quantity_rank
from domain.drafting.units import find_units
from tests.shops.undescribed import NAMES, as_table, drafted, sales

WITHOUT_UNITS = {key: name for key, name in NAMES.items() if key != "units"}


def flagged() -> list[dict[str, str]]:
    return [{**row, "flag": "yes" if row["back"] else "no"} for row in sales()]


@pytest.mark.parametrize(
    "name", ["product_photos_qty", "weight qty", "description quantity", "Images Count Qty", "stock_quantity"]
)
def test_a_count_of_something_else_is_no_quantity(name: str) -> None:
    chance = random.Random(1)
    rows = [{**row, "count": str(chance.choice((1, 1, 2, 4)))} for row in flagged()]
    draft, mapping = drafted(orders=as_table(rows, {**WITHOUT_UNITS, "flag": "returned", "count": name}))
    assert quantity_rank(name) == 0
    assert mapping.columns.quantity is None
    assert any("every row is taken for one" in doubt for doubt in draft.doubts)


def numbered_orders(shuffled: bool = False) -> list[dict[str, str]]:
    """The sales, each row with how many rows its order has."""
    rows = flagged()
    if shuffled:
        random.Random(3).shuffle(rows)
    rows_of = Counter(row["order"] for row in rows)
    return [{**row, "count": str(rows_of[row["order"]])} for row in rows]


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("name", ["num_of_item", "c99"])
def test_the_number_of_rows_of_an_order_is_no_quantity_and_said_not_to_be(name: str, shuffled: bool) -> None:
    rows = numbered_orders(shuffled)
    draft, mapping = drafted(orders=as_table(rows, {**WITHOUT_UNITS, "flag": "returned", "count": name}))
    assert mapping.columns.quantity is None
    assert any(f"'{name}' is no such column" in doubt for doubt in draft.doubts)


def test_beside_the_number_of_rows_the_units_are_found() -> None:
    rows = numbered_orders()
    draft, mapping = drafted(
        orders=as_table(rows, {**NAMES, "units": "c9", "flag": "returned", "count": "num_of_item"})
    )
    assert mapping.columns.quantity == "c9"
    assert any("'c9' is taken for them" in doubt for doubt in draft.doubts)


def test_the_rows_of_orders_are_counted_in_a_file_of_many_rows_out_of_order() -> None:
    chance = random.Random(7)
    orders = [order for order in range(40_000) for _ in range(1 + order % 3)]
    chance.shuffle(orders)
    units = find_units(
        [
            profile("order_id", [f"o{order}" for order in orders]),
            profile("num_of_item", [str(1 + o % 3) for o in orders]),
        ]
    )
    assert units is not None
    assert units.quantity is None


def test_two_units_on_each_of_two_rows_are_units_where_other_orders_differ() -> None:
    rows = [{**row, "units": "2" if place % 4 else "1"} for place, row in enumerate(flagged())]
    _, mapping = drafted(orders=as_table(rows, {**NAMES, "flag": "returned"}))
    assert mapping.columns.quantity == NAMES["units"]
