"""Which columns are drafted as the order, the item and what the item belongs to, where several might be any."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from domain.drafting.items import ItemColumns, find_item
from domain.drafting.keys import OrderColumns, find_order
from domain.drafting.profiles import profile
from domain.drafting.source import propose

Row = dict[str, str | None]


def lines() -> list[Row]:
    """Lines of orders of several items; every order has a day, a buyer and an address, every item a text."""
    chance = random.Random(5)
    found: list[Row] = []
    for order in range(500):
        buyer = chance.randrange(150)
        day = date(2023, 1, 1) + timedelta(days=order // 4)
        for item in chance.sample(range(60), chance.choice((1, 2, 3))):
            found.append(
                {
                    "day": f"{day}",
                    "order": f"#{1001 + order}",
                    "mail": f"u{buyer}@example.com",
                    "place": f"Town {order % 90}",
                    "state": f"State {order % 9}",
                    "sku": f"{20000 + item}",
                    "text": f"Mug no. {item}",
                    "line": str(len(found)),
                    "seller": f"seller {item % 30}",
                    "brand": f"Brand {item % 20}",
                    "kind": f"Kind {item % 5}",
                }
            )
    return found


def looked_at(
    rows: Sequence[Row], sells: Sequence[bool] | None = None, **names: str
) -> tuple[ItemColumns, OrderColumns | None]:
    codes = [profile(name, [row[key] for row in rows]) for key, name in names.items()]
    day, sells = profile("day", [row["day"] for row in rows]), sells or [True] * len(rows)
    items = find_item(codes, day.texts, sells)
    keys = [p for p in codes if p.name != items.item_id and p.name not in items.labels.values()]
    return items, find_order(keys, day, sells)


def test_what_is_of_one_day_over_several_items_is_an_order_and_no_item() -> None:
    items, order = looked_at(
        lines(), order="Name", mail="Email", place="Billing City", state="Billing State", sku="c7", kind="c8"
    )
    assert items.item_id == "c7"
    assert order is not None
    assert (order.order_id, order.customer_id) == (("Name",), "Email")


def test_the_name_of_an_order_is_no_group_of_an_item() -> None:
    items, _ = looked_at(lines(), order="Name", mail="Email", sku="Lineitem sku", text="Lineitem name")
    assert (items.item_id, items.labels) == ("Lineitem sku", {"item_group": "Lineitem name"})


def with_finer_texts() -> list[Row]:
    """Lines where three items have two texts each, so that the text tells the item and not the other way round."""
    rows = lines()
    for place, row in enumerate(rows):
        if row["sku"] in {"20001", "20002", "20003"}:
            row["text"] = f"{row['text']} {place % 2}"
    return rows


def test_a_code_is_the_item_and_its_description_the_group_though_the_description_is_finer() -> None:
    items, _ = looked_at(with_finer_texts(), order="InvoiceNo", sku="StockCode", text="Description")
    assert (items.item_id, items.labels) == ("StockCode", {"item_group": "Description"})


def test_of_two_columns_for_one_thing_the_better_name_is_the_item() -> None:
    items, _ = looked_at(with_finer_texts(), order="order_id", text="product id", sku="sku")
    assert items.item_id == "sku"


def test_a_buyer_with_more_columns_of_its_own_than_the_item_has_is_no_item() -> None:
    rows = lines()
    for row in rows:
        buyer = sum(ord(letter) for letter in str(row["mail"]))
        row |= {f"of buyer {n}": f"{n} {buyer % (10 + n)}" for n in range(4)}
    items, _ = looked_at(
        rows, order="order_id", mail="customer_id", sku="c7", kind="c8", **{f"of buyer {n}": f"b{n}" for n in range(4)}
    )
    assert items.item_id == "c7"


def test_goods_that_no_code_names_are_named_by_their_text() -> None:
    items, _ = looked_at(lines(), order="order_id", mail="customer", text="Product Name")
    assert items.item_id == "Product Name"


def test_a_seller_is_no_group_of_an_item() -> None:
    items, _ = looked_at(lines(), order="order_id", sku="sku", seller="seller_id", kind="kind")
    assert items.labels == {"item_group": "kind"}


def test_a_brand_is_no_category_of_an_item() -> None:
    items, _ = looked_at(lines(), order="order_id", sku="sku", brand="brand", kind="Commodity group")
    assert items.labels == {"category": "Commodity group"}


def test_what_tells_sales_from_returns_is_no_group_of_an_item() -> None:
    rows = [{**row, "kind": "Return" if place % 9 == 0 else "Sale"} for place, row in enumerate(lines())]
    sells = [row["kind"] == "Sale" for row in rows]
    items, _ = looked_at(rows, sells, order="order_id", mail="customer_id", sku="sku", kind="Transaction Type")
    assert items.labels == {}


def test_the_name_of_a_customer_is_no_group_of_an_item() -> None:
    items, _ = looked_at(lines(), order="order_id", sku="sku", mail="Customer Name")
    assert items.labels == {}


def test_the_number_of_a_line_is_no_order_and_what_a_buyer_bought_on_a_day_is_one() -> None:
    _, order = looked_at(lines(), line="orderItemID", mail="customerID", sku="itemID")
    assert order is not None
    assert (order.order_id, order.customer_id) == (("customerID", "day"), "customerID")
    assert "No column names the order" in order.doubt


def test_a_number_a_row_is_no_order_unless_it_is_called_just_that() -> None:
    named, unnamed = (
        looked_at(lines(), line=name, mail="customer_id", sku="sku")[1] for name in ("Order ID", "order_item")
    )
    assert named is not None
    assert unnamed is not None
    assert named.order_id == ("Order ID",)
    assert unnamed.order_id == ("customer_id", "day")


def test_rows_without_a_buyer_are_told_of_where_buyer_and_day_are_the_order() -> None:
    rows = [{**row, "mail": None if place % 10 == 0 else row["mail"]} for place, row in enumerate(lines())]
    _, order = looked_at(rows, mail="customer_id", sku="sku")
    assert order is not None
    assert f"The {len(rows[::10]):,} rows without 'customer_id' are set aside." in order.doubt


def test_the_buyer_is_called_just_that_where_another_column_is_of_the_buyer_too() -> None:
    _, order = looked_at(lines(), order="order_id", place="customer_city", mail="customer_id", sku="sku")
    assert order is not None
    assert order.customer_id == "customer_id"


def test_a_buyer_whose_name_says_more_is_doubted() -> None:
    doubts = []
    for name in ("customer_city", "customer_unique_id", "Customer"):
        _, order = looked_at(lines(), order="order_id", place=name, sku="sku")
        assert order is not None
        assert order.customer_id == name
        doubts.append(order.doubt)
    assert "'customer_city' is taken for the buyer" in doubts[0]
    assert doubts[1:] == ["", ""]


def with_texts_by_chance(usual: float, rare: str = "Mr") -> list[Row]:
    """Lines with a text that most rows have, whatever the item."""
    chance = random.Random(8)
    return [{**row, "chance": "Mrs" if chance.random() < usual else rare} for row in lines()]


@pytest.mark.parametrize("name", ["user_title", "Customer Name", "first_name", "gender", "salutation", "dob"])
def test_what_a_name_calls_the_buyers_is_no_group_even_if_items_have_one_value(name: str) -> None:
    rows = [{**row, "chance": f"Of {int(str(row['sku'])) % 20}"} for row in lines()]
    items, _ = looked_at(rows, order="order_id", sku="item_id", chance=name)
    assert "item_group" not in items.labels


@pytest.mark.parametrize("usual", [0.9, 0.99])
def test_a_title_that_items_have_in_common_by_chance_is_no_label_of_theirs(usual: float) -> None:
    rows = [row for place, row in enumerate(with_texts_by_chance(usual)) if place % 9 == 0]
    items, _ = looked_at(rows, order="order_id", sku="item_id", chance="title", kind="kind")
    assert "title" not in items.labels.values()


def test_a_bare_title_is_a_group_where_most_items_have_one_and_not_where_every_third_has_several() -> None:
    few, many = lines(), lines()
    for rows, every in ((few, 10), (many, 3)):
        for place, row in enumerate(rows):
            row["text"] = f"{row['text']} {place % 2}" if int(str(row["sku"])) % every == 0 else row["text"]
    assert looked_at(few, order="order_id", sku="item_id", text="title")[0].labels == {"item_group": "title"}
    assert looked_at(many, order="order_id", sku="item_id", text="title")[0].labels == {}
    assert looked_at(many, order="order_id", sku="item_id", text="item name")[0].labels == {"item_group": "item name"}


def test_goods_that_are_each_sold_once_keep_the_item_that_a_name_calls_so() -> None:
    items, _ = looked_at(lines(), order="order_id", mail="customer_id", line="product_id", text="c7", kind="c8")
    assert items.item_id == "product_id"
    assert items.doubt == ""


def test_of_two_named_items_the_one_that_sells_again_is_the_item() -> None:
    items, _ = looked_at(lines(), order="order_id", mail="customer_id", line="sku", sku="article number", kind="c8")
    assert items.item_id == "article number"


def test_where_nothing_names_an_item_its_category_does_with_a_doubt() -> None:
    rows = lines()
    items, _ = looked_at(rows, order="order_id", mail="customer_id", kind="Product Category")
    assert items.item_id == "Product Category"
    assert "'Product Category' is taken for it" in items.doubt
    names = {"order": "order_id", "mail": "customer_id", "kind": "Product Category", "day": "order date"}
    table = {name: [row[key] for row in rows] for key, name in names.items()}
    table |= {
        "price": [f"{9 + place % 7}.95" for place in range(len(rows))],
        "returned": ["yes", "no"] * (len(rows) // 2),
    }
    table = {name: texts[: 2 * (len(rows) // 2)] for name, texts in table.items()}
    proposal = propose("orders.csv", table)
    assert items.doubt in proposal.doubts


def test_numbers_in_the_texts_of_a_category_make_it_no_size() -> None:
    rows: list[Row] = [{**row, "kind": f"cat {10 + int(str(row['sku'])) % 5}"} for row in lines()]
    items, _ = looked_at(rows, order="Name", mail="Email", sku="Sku", kind="Category")
    assert items.labels == {"category": "Category"}


def test_a_number_of_items_that_another_parts_is_their_group_where_no_name_is() -> None:
    rows = [{**row, "product": str(1000 + int(str(row["sku"])[1:]) // 3)} for row in lines()]
    items, _ = looked_at(rows, None, order="order_id", sku="variant_id", product="product_id")
    assert (items.item_id, items.labels) == ("variant_id", {"item_group": "product_id"})
