"""What a draft makes of whole files: small numbers that identify, and currencies that a run would refuse."""

from collections.abc import Mapping

import pytest

from domain.errors import SourceError
from domain.source.mapping_parts import Attribute, CurrencyColumn, Discount
from tests.shops.undescribed import NAMES, as_table, drafted, looked_at, sales, with_returns

FLAGGED = {**NAMES, "back": "Retourniert"}


def flagged() -> list[dict[str, str]]:
    return [{**row, "back": "Ja" if row["back"] else "Nein"} for row in sales()]


def numbered(rows: list[dict[str, str]], *keys: str) -> list[dict[str, str]]:
    """The rows with whole numbers from 1 on instead of texts."""
    numbers: Mapping[str, dict[str, int]] = {
        key: {text: n for n, text in enumerate(sorted({row[key] for row in rows}), start=1)} for key in keys
    }
    return [{**row, **{key: str(numbers[key][row[key]]) for key in keys}} for row in rows]


def test_small_numbers_identify_buyers_items_and_sizes_where_their_names_say_so() -> None:
    sizes = {"S": "36", "M": "40", "L": "44"}
    rows = [{**row, "size": sizes[row["size"]]} for row in numbered(flagged(), "buyer", "sku")]
    names = {key: name for key, name in FLAGGED.items() if key not in {"style", "group"}}
    draft, mapping = drafted(orders=as_table(rows, {**names, "buyer": "customer_id", "sku": "product_id"}))
    columns = mapping.columns
    assert (columns.customer_id, columns.item_id, columns.size) == ("customer_id", "product_id", NAMES["size"])
    assert not {"customer_id", "size"} & set(draft.verdict.figures.absent)


def test_a_seller_has_one_role_alone() -> None:
    rows = [{**row, "shop": f"seller {int(row['sku'][2:]) % 30}"} for row in flagged()]
    _, mapping = drafted(orders=as_table(rows, {"shop": "seller_id", **FLAGGED, "style": "c1", "group": "c2"}))
    assert (mapping.columns.seller, mapping.columns.item_group) == ("seller_id", "c1")


def test_several_currencies_are_told_of_before_a_run_refuses_them() -> None:
    rows = [{**row, "currency": ("EUR", "USD", "GBP")[place % 3]} for place, row in enumerate(flagged())]
    draft = looked_at(orders=as_table(rows, {**FLAGGED, "currency": "Currency"}))
    assert any("3 currencies (EUR, GBP, USD)" in doubt and "'Currency'" in doubt for doubt in draft.doubts)


def test_rows_without_a_currency_are_taken_to_be_in_the_only_one_and_told_of() -> None:
    rows = [{**row, "currency": "EUR" if place % 3 else ""} for place, row in enumerate(flagged())]
    draft, mapping = drafted(orders=as_table(rows, {**FLAGGED, "currency": "Currency"}))
    empty = f"'Currency' is empty on {len(rows[::3]):,} rows"
    assert mapping.currency == "EUR"
    assert any(empty in doubt and "in EUR" in doubt for doubt in draft.doubts)


def test_a_currency_that_is_no_code_is_never_filled_in() -> None:
    rows = [{**row, "currency": "Euro" if place % 3 else ""} for place, row in enumerate(flagged())]
    draft, mapping = drafted(orders=as_table(rows, {**FLAGGED, "currency": "Currency"}))
    assert mapping.currency == CurrencyColumn("Currency")
    assert any("which are set aside: if these are in Euro too" in doubt for doubt in draft.doubts)


def test_a_key_that_numbers_currencies_names_none() -> None:
    rows = [{**row, "currency": "1"} for row in flagged()]
    assert drafted(orders=as_table(rows, {**FLAGGED, "currency": "CurrencyKey"}))[1].currency == "XXX"


def test_surrogate_keys_identify_what_they_are_of() -> None:
    rows = numbered(flagged(), "order", "buyer", "sku")
    names = {**FLAGGED, "order": "ss_ticket_number", "buyer": "ss_customer_sk", "sku": "ss_item_sk"}
    columns = drafted(orders=as_table(rows, names))[1].columns
    assert (columns.order_id, columns.customer_id, columns.item_id) == (
        "ss_ticket_number",
        "ss_customer_sk",
        "ss_item_sk",
    )


def test_a_file_without_prices_says_to_join_the_one_that_has_them() -> None:
    names = {key: name for key, name in FLAGGED.items() if key != "price"}
    with pytest.raises(SourceError, match="no column can be the price") as raised:
        drafted(orders=as_table(flagged(), names))
    assert "join it to this one first" in raised.value.remedy


def test_a_brand_is_an_attribute_where_other_columns_are_its_labels() -> None:
    rows = [{**row, "brand": f"Brand {int(row['sku'][2:]) % 20 + 10}"} for row in flagged()]
    _, mapping = drafted(orders=as_table(rows, {**FLAGGED, "brand": "brand"}))
    assert mapping.attributes == {"brand": Attribute("brand", "categorical")}
    assert mapping.columns.size == FLAGGED["size"]


def first_rows_of_orders(rows: list[dict[str, str]]) -> list[bool]:
    return [place == 0 or rows[place - 1]["order"] != row["order"] for place, row in enumerate(rows)]


def test_what_stands_on_an_order_s_first_row_alone_is_no_line_s() -> None:
    rows = flagged()
    of_order = [
        {**row, "off": "3,00" if first else "", "paid": "99,00" if first else ""}
        for row, first in zip(rows, first_rows_of_orders(rows), strict=True)
    ]
    draft, mapping = drafted(orders=as_table(of_order, {"off": "Rabatt", "paid": "Preis", **FLAGGED}))
    assert (mapping.columns.discount, mapping.columns.unit_price) == (None, FLAGGED["price"])
    assert any("'Rabatt'" in doubt and "whole order's" in doubt for doubt in draft.doubts)


def test_what_is_the_same_on_all_rows_of_an_order_is_neither_price_nor_discount() -> None:
    rows = flagged()
    totals = {row["order"]: f"{n % 97 + 100},5" for n, row in enumerate(rows)}
    of_order = [
        {
            **row,
            "total": totals[row["order"]],
            "off": f"{int(row['order']) % 3},25" if int(row["order"]) % 2 else "0,00",
        }
        for row in rows
    ]
    draft, mapping = drafted(orders=as_table(of_order, {**FLAGGED, "total": "order price", "off": "cart discount"}))
    assert (mapping.columns.unit_price, mapping.columns.discount) == (FLAGGED["price"], None)
    assert mapping.attributes == {"cart_discount": Attribute("cart discount", "numeric")}
    assert any("'cart discount'" in doubt and "whole order's" in doubt for doubt in draft.doubts)


def test_a_word_for_whole_orders_is_said_to_be_one() -> None:
    rows = flagged()
    back = {row["order"] for row in rows if row["back"] == "Ja"}
    whole = [{**row, "back": "Ja" if row["order"] in back else "Nein"} for row in rows]
    assert any(
        "one word for all lines of an order" in doubt for doubt in looked_at(orders=as_table(whole, FLAGGED)).doubts
    )
    assert not any("for all lines" in doubt for doubt in looked_at(orders=as_table(rows, FLAGGED)).doubts)
    firsts = [
        {**row, "back": row["back"] if first else ""}
        for row, first in zip(whole, first_rows_of_orders(whole), strict=True)
    ]
    told = looked_at(orders=as_table(firsts, FLAGGED)).doubts
    assert any("fill it down to all rows of its order" in doubt for doubt in told)
    assert not any('add ""' in doubt for doubt in told)


def test_a_rare_discount_of_lines_is_taken_off_them() -> None:
    rows = [{**row, "off": "2,50" if place % 4 == 0 else ""} for place, row in enumerate(flagged())]
    _, mapping = drafted(orders=as_table(rows, {"off": "Rabatt", **FLAGGED}))
    assert mapping.columns.discount == Discount(amount="Rabatt")


def test_guests_whose_returns_name_no_order_are_told_of_and_match_nothing() -> None:
    rows = with_returns({"order": "9{order}"})
    some = [{**row, "buyer": "" if int(row["order"]) % 4 == 0 else row["buyer"]} for row in rows]
    for row in some[len(sales()) :]:
        row["units"] = f"-{row['units']}"
    draft, mapping = drafted(orders=as_table(some, NAMES))
    back = some[len(sales()) :]
    without = sum(1 for row in back if not row["buyer"])
    guests = sum(1 for row in some[: len(sales())] if not row["buyer"])
    assert mapping.return_order == "own"
    assert any(f"{guests:,} of {len(sales()):,} rows that sell name no buyer" in doubt for doubt in draft.doubts)
    share = draft.verdict.figures.orphan_share
    assert share is not None
    assert share >= without / len(back)


def test_returns_that_name_the_order_need_no_buyer() -> None:
    rows = with_returns({})
    some = [{**row, "buyer": "" if int(row["order"]) % 4 == 0 else row["buyer"]} for row in rows]
    for row in some[len(sales()) :]:
        row["units"] = f"-{row['units']}"
    draft, mapping = drafted(orders=as_table(some, NAMES))
    assert mapping.return_order == "original"
    assert not [doubt for doubt in draft.doubts if "name no buyer" in doubt]


def test_one_currency_throughout_raises_no_doubt() -> None:
    rows = [{**row, "currency": "EUR"} for row in flagged()]
    assert looked_at(orders=as_table(rows, {**FLAGGED, "currency": "Currency"})).doubts == ()


def test_a_discount_that_prices_are_after_is_left_out_of_the_mapping() -> None:
    rows = [{**row, "off": ("0", "0,2", "0,5")[place % 3]} for place, row in enumerate(flagged())]
    for row in rows:
        paid = float(row["price"].replace(",", ".")) * (1 - float(row["off"].replace(",", ".")))
        row["price"] = f"{paid:.2f}".replace(".", ",")
    draft, mapping = drafted(orders=as_table(rows, {**FLAGGED, "off": "Rabatt"}))
    assert mapping.columns.discount is None
    assert any("'Rabatt' is not taken off again" in doubt for doubt in draft.doubts)


def test_an_order_of_buyer_and_day_leaves_the_number_of_the_line_to_the_line() -> None:
    rows = [{**row, "line": str(place)} for place, row in enumerate(flagged())]
    names = {"line": "orderItemID", **{key: name for key, name in FLAGGED.items() if key != "order"}}
    _, mapping = drafted(orders=as_table(rows, names))
    assert mapping.columns.order_id == (NAMES["buyer"], NAMES["day"])
    assert mapping.columns.line_id == "orderItemID"
