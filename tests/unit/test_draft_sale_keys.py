"""Which columns of a file of returns are drafted as the keys of the sale, where numbers from 1 on overlap by chance."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest

from domain.drafting.returns import is_returns
from domain.errors import SourceError
from domain.source.mapping import SourceMapping
from tests.shops.undescribed import NAMES, as_table, drafted, looked_at, sales

Table = dict[str, Sequence[str | None]]


def shop(lines: int = 3000) -> tuple[list[dict[str, int | date]], list[dict[str, int | date]]]:
    """Lines whose keys are all numbers from 1 on, and the returns of a fifth of them."""
    chance = random.Random(11)
    sold: list[dict[str, int | date]] = []
    order = 0
    while len(sold) < lines:
        order += 1
        day = date(2023, 1, 1) + timedelta(days=order // 12)
        buyer = chance.randrange(1, 900)
        for item in chance.sample(range(1, 300), chance.choice((1, 2, 3))):
            sold.append(
                {"line": len(sold) + 1, "order": order, "buyer": buyer, "item": item, "day": day, "price": 20 + item}
            )
    back = [
        {**row, "return": n, "back": date(2023, 1, 20) + timedelta(days=int(str(row["order"])) // 12)}
        for n, row in enumerate(chance.sample(sold, lines // 5), start=1)
    ]
    return sold, back


def table(rows: Sequence[Mapping[str, object]], **names: str) -> Table:
    return {name: [str(row[key]) for row in rows] for key, name in names.items()}


ORDERS = {"order": "order_id", "buyer": "customer_id", "item": "product_id", "day": "order_date", "price": "unit_price"}


def keys_of(returns: Mapping[str, str], orders: Mapping[str, str]) -> dict[str, object]:
    """The keys that are drafted of the returns, by role."""
    mapping = joined(returns, orders)
    roles = ("line_id", "order_id", "customer_id", "item_id")
    return {role: name for role in roles if (name := getattr(mapping.return_columns, role)) is not None}


def joined(returns: Mapping[str, str], orders: Mapping[str, str]) -> SourceMapping:
    sold, back = shop()
    return drafted("orders.csv", "returns.csv", orders=table(sold, **orders), returns=table(back, **returns))[1]


def test_the_number_of_a_return_is_no_buyer_though_all_its_values_are_buyers() -> None:
    returns = {"return": "return_id", "order": "order_id", "item": "product_id", "back": "return_date"}
    assert keys_of(returns, ORDERS) == {"order_id": "order_id", "item_id": "product_id"}


def test_a_line_that_the_returns_lack_is_drafted_from_no_other_number() -> None:
    returns = {"return": "return_id", "order": "order_id", "item": "product_id", "back": "return_date"}
    orders = {**ORDERS, "line": "order_item_id"}
    assert keys_of(returns, orders) == {"order_id": "order_id", "item_id": "product_id"}


def test_every_key_goes_to_the_column_that_is_called_so() -> None:
    returns = {
        "return": "ReturnID",
        "item": "Product No",
        "buyer": "Customer",
        "line": "Order Item Id",
        "order": "Order",
        "back": "return_date",
    }
    assert keys_of(returns, {**ORDERS, "line": "order_item_id"}) == {
        "line_id": "Order Item Id",
        "order_id": "Order",
        "customer_id": "Customer",
        "item_id": "Product No",
    }


def test_a_bare_number_of_rows_is_not_the_order_because_both_files_have_one() -> None:
    returns = {"return": "id", "order": "order_id", "item": "product_id", "back": "return_date"}
    assert keys_of(returns, {**ORDERS, "order": "id"})["order_id"] == "order_id"


def test_neither_units_nor_reasons_name_an_item() -> None:
    sold, back = shop()
    for rows in (sold, back):
        for row in rows:
            row["units"] = 1 + int(str(row["line"])) % 3
    returns = table(back, order="order_id", units="num_of_item", item="reason_code", back="return_date")
    with pytest.raises(SourceError, match="shares its values"):
        looked_at("orders.csv", "returns.csv", orders=table(sold, **ORDERS, units="quantity"), returns=returns)


def test_two_tables_of_which_neither_looks_like_returns_are_refused() -> None:
    sold, _ = shop()
    items = table(sold, line="id", order="order_id", item="product_id", day="created_at", price="sale_price")
    orders = table(sold, order="order_id", buyer="user_id", day="created_at")
    with pytest.raises(SourceError, match="one row a line") as refused:
        looked_at("order_items.csv", "orders.csv", order_items=items, orders=orders)
    assert "'order_items.csv'" in refused.value.problem
    assert "'orders.csv'" in refused.value.problem


def test_two_tables_that_both_know_the_day_of_a_return_are_refused() -> None:
    sold, _ = shop()
    items = table(sold, order="order_id", item="product_id", day="returned_at", price="sale_price")
    orders = table(sold, order="order_id", buyer="user_id", day="returned_at")
    with pytest.raises(SourceError, match="one row a line"):
        looked_at("order_items.csv", "orders.csv", order_items=items, orders=orders)


def test_a_file_is_one_of_returns_by_any_column_that_speaks_of_them_where_nothing_else_tells() -> None:
    credit = is_returns("b.csv", ["order_id", "sku", "date", "refund_amount"])
    assert credit > is_returns("a.csv", ["order_id", "sku", "date", "price"])


def numbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows with their places in their orders: 10, 20, ..."""
    places: Counter[str] = Counter()
    found = []
    for row in rows:
        places[row["order"]] += 10
        found.append({**row, "pos": str(places[row["order"]])})
    return found


def test_a_line_that_its_order_and_its_place_in_it_name_is_named_by_both() -> None:
    rows = numbered(sales())
    back = [row for row in rows if row["back"]]
    draft, mapping = drafted(
        "orders.csv",
        "returns.csv",
        orders=as_table(rows, {**NAMES, "pos": "Pos"}),
        returns=as_table(back, {"order": "Bestellnummer", "pos": "Pos", "back": "Retourendatum", "units": "Menge"}),
    )
    assert mapping.columns.line_id == ("Bestellnummer", "Pos")
    assert mapping.return_columns.line_id == ("Bestellnummer", "Pos")
    assert mapping.return_columns.quantity == "Menge"
    assert (draft.verdict.figures.orphan_share, draft.verdict.figures.positives) == (0, len(back))


def test_a_place_that_stands_twice_in_an_order_names_no_line() -> None:
    rows = [{**row, "pos": "10"} for row in sales()]
    back = [row for row in rows if row["back"]]
    names = {"order": "Bestellnummer", "sku": "Artikelnummer", "pos": "Pos", "back": "Retourendatum"}
    _, mapping = drafted(
        "orders.csv",
        "returns.csv",
        orders=as_table(rows, {**NAMES, "pos": "Pos"}),
        returns=as_table(back, names),
    )
    assert mapping.columns.line_id is None


def test_a_place_that_numbers_the_rows_of_a_return_names_no_line_of_an_order() -> None:
    rows = numbered(sales())
    back = [{**row, "pos": str(10 + 10 * (n % 2))} for n, row in enumerate(row for row in rows if row["back"])]
    names = {"order": "Bestellnummer", "sku": "Artikelnummer", "pos": "Pos", "back": "Retourendatum", "units": "Menge"}
    _, mapping = drafted(
        "orders.csv",
        "returns.csv",
        orders=as_table(rows, {**NAMES, "pos": "Pos"}),
        returns=as_table(back, names),
    )
    assert mapping.return_columns.line_id is None
    assert mapping.return_columns.item_id == "Artikelnummer"


def test_a_number_of_every_row_that_both_files_call_the_same_is_the_line() -> None:
    sold, back = shop()
    orders = table(
        sold, line="Line Ref", order="order_id", buyer="customer_id", item="item_id", day="date", price="price"
    )
    _, mapping = drafted(
        "orders.csv", "returns.csv", orders=orders, returns=table(back, line="Line Ref", back="return_date")
    )
    assert (mapping.columns.line_id, mapping.return_columns.line_id) == ("Line Ref", "Line Ref")


def test_the_order_of_a_return_is_the_one_that_sold_its_item_whatever_its_own_number_is_called() -> None:
    sold, back = shop()
    orders = table(sold, order="document_no", buyer="customer_id", item="item_id", day="date", price="price")
    returns = table(back, **{"return": "document_no"}, item="item_id", back="return_date", order="original_document_no")
    draft, mapping = drafted("orders.csv", "returns.csv", orders=orders, returns=returns)
    assert mapping.return_columns.order_id == "original_document_no"
    assert draft.verdict.figures.orphan_share == 0


def test_a_file_that_names_returned_orders_alone_is_to_be_joined() -> None:
    sold, back = shop()
    orders = table(sold, order="order_id", buyer="customer_id", item="item_id", day="date", price="price")
    returns = {"Returned": ["Yes"] * len(back), **table(back, order="order_id")}
    with pytest.raises(SourceError, match="has no day on which anything came back") as raised:
        drafted("orders.csv", "returns.csv", orders=orders, returns=returns)
    assert "Join it to the orders" in raised.value.remedy
