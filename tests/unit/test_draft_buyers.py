"""Which column is drafted as the buyer, where none or another is called so."""

import random

import pytest

from domain.drafting.keys import OrderColumns
from domain.drafting.names import name_rank
from tests.unit.test_draft_items import Row, lines, looked_at


def order_of(rows: list[Row], **names: str) -> OrderColumns:
    order = looked_at(rows, None, order="order_id", sku="sku", **names)[1]
    assert order is not None
    return order


def mostly_empty() -> list[Row]:
    """Lines with a code that one order in ten has, and that differs from line to line of it."""
    chance = random.Random(4)
    return [
        {**row, "code": f"P{chance.randrange(60)}" if int(str(row["order"])[1:]) % 10 == 0 else None} for row in lines()
    ]


def test_the_emptiest_column_is_no_buyer() -> None:
    order = order_of(mostly_empty(), code="remark")
    assert (order.order_id, order.customer_id) == (("order_id",), None)


def test_the_buyer_is_told_from_a_nearly_empty_column_by_the_rows_that_have_both() -> None:
    assert order_of(mostly_empty(), code="remark", mail="c7").customer_id == "c7"


def test_a_buyer_that_no_name_speaks_of_is_doubted() -> None:
    order = order_of(lines(), mail="c7")
    assert order.customer_id == "c7"
    assert "No name speaks of a buyer: 'c7' is taken for it" in order.doubt


@pytest.mark.parametrize(
    "name", ["ship-city", "state", "ship-postal-code", "zip", "promotion-ids", "coupon", "Index", "level_0 index"]
)
def test_places_promotions_and_row_numbers_are_no_buyers(name: str) -> None:
    assert order_of(lines(), place=name).customer_id is None


def test_a_code_of_every_row_is_no_buyer() -> None:
    assert order_of([row for row in lines() if row["order"]], line="tracking").customer_id is None


def test_a_second_code_of_the_item_is_no_buyer_where_most_orders_have_one_line() -> None:
    rows = [{**row, "code": f"B{row['sku']}"} for row in lines()]
    single = [row for place, row in enumerate(rows) if place % 5 == 0 or row["order"] != rows[place - 1]["order"]]
    for name in ("ASIN", "c7"):
        assert order_of(single, code=name).customer_id is None


def test_guests_may_be_more_than_the_buyers_that_a_name_calls_so() -> None:
    rows = [{**row, "mail": row["mail"] if int(str(row["order"])[1:]) % 3 == 0 else None} for row in lines()]
    assert order_of(rows, mail="customer_id").customer_id == "customer_id"


@pytest.mark.parametrize("name", ["cust_id", "CustID", "user", "UserName", "consumer_no"])
def test_short_names_of_buyers_are_known(name: str) -> None:
    assert name_rank(name, "customer_id") > 0
    assert order_of(lines(), place="c3", mail=name).customer_id == name


def test_the_number_of_a_user_is_the_buyer_before_what_else_is_known_of_them() -> None:
    assert order_of(lines(), state="user_title", place="user_dob", mail="user_id").customer_id == "user_id"


def test_a_number_of_each_order_is_no_buyer() -> None:
    rows = [{**row, "parcel": f"T{row['order']}" if int(str(row["order"])[1:]) % 50 else None} for row in lines()]
    assert order_of(rows, parcel="Tracking Code").customer_id is None
    assert order_of(rows, parcel="Tracking Code", mail="Bill To").customer_id == "Bill To"


def test_a_value_that_many_orders_have_for_a_buyer_may_stand_for_guests() -> None:
    rows = [{**row, "mail": "0" if int(str(row["order"])[1:]) % 10 == 0 else row["mail"]} for row in lines()]
    assert "'0' is the 'customer_id' of" in order_of(rows, mail="customer_id").doubt
    assert order_of(lines(), mail="customer_id").doubt == ""
