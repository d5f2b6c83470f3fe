"""Which further columns are drafted as attributes: those that the shop knows when an order is placed."""

import random

import pytest

from domain.source.mapping_parts import Attribute
from tests.shops.undescribed import NAMES, as_table, drafted, sales

FLAGGED = {**NAMES, "flag": "returned"}
_CHANCE = random.Random(4)


def rows_with(name: str, *texts: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Flagged sales with a further column of these texts, and the names of the columns."""
    rows = [{**row, "flag": "yes" if row["back"] else "no", "more": _CHANCE.choice(texts)} for row in sales()]
    return rows, {**FLAGGED, "more": name}


@pytest.mark.parametrize("name", ["Ship Mode", "Shipping_Method", "Segment", "region", "Versandart", "ship-state"])
def test_what_a_buyer_chooses_or_where_they_live_is_known_at_the_order(name: str) -> None:
    _, mapping = drafted(orders=as_table(*rows_with(name, "one", "two", "three")))
    assert [found.column for found in mapping.attributes.values()] == [name]


@pytest.mark.parametrize("name", ["state", "order state", "fulfillment status", "warehouse note"])
def test_what_may_be_written_later_is_no_attribute(name: str) -> None:
    assert drafted(orders=as_table(*rows_with(name, "one", "two", "three")))[1].attributes == {}


def test_a_list_price_beside_the_price_is_a_number_known_at_the_order() -> None:
    rows, names = rows_with("rrp", "0,00")
    rows = [{**row, "more": f"{int(row['price'].partition(',')[0]) + 3},50"} for row in rows]
    _, mapping = drafted(orders=as_table(rows, names))
    assert mapping.attributes == {"rrp": Attribute("rrp", "numeric")}
    assert mapping.columns.unit_price == names["price"]


def test_a_discount_that_the_price_is_after_is_an_attribute() -> None:
    rows, names = rows_with("Discount", "0,0", "0,2", "0,5")
    rows = [
        {**row, "price": f"{float(row['price'].replace(',', '.')) * (1 - float(row['more'].replace(',', '.'))):.2f}"}
        for row in rows
    ]
    rows = [{**row, "price": row["price"].replace(".", ",")} for row in rows]
    draft, mapping = drafted(orders=as_table(rows, names))
    assert mapping.columns.discount is None
    assert mapping.attributes == {"discount": Attribute("Discount", "numeric")}
    assert any("tells as an attribute how much it was" in doubt for doubt in draft.doubts)


def test_a_list_price_of_lines_that_came_back_alone_is_left_out() -> None:
    rows, names = rows_with("catalog value", "")
    rows = [{**row, "more": row["price"] if row["back"] else ""} for row in rows]
    draft, mapping = drafted(orders=as_table(rows, names))
    assert mapping.attributes == {}
    assert any("'catalog value'" in doubt and "came back" in doubt for doubt in draft.doubts)
