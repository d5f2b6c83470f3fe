"""Which column is drafted as the price, and whether a discount is still to be taken off it."""

import random
from collections.abc import Callable, Sequence

import pytest

from domain.drafting.money import MoneyColumns, find_money, money_profiles
from domain.drafting.profiles import profile
from tests.shops.undescribed import NAMES, as_table, drafted, sales


def money_of(
    columns: dict[str, Sequence[object]], items: Sequence[str], units: Sequence[int] | None = None
) -> MoneyColumns:
    profiles = [profile(name, [str(value) for value in values]) for name, values in columns.items()]
    quantity = profile("quantity", [str(n) for n in units or [1] * len(items)])
    return find_money(money_profiles(profiles), quantity, items, range(len(items)))


ITEMS = [f"sku-{n % 40}" for n in range(800)]
LIST = [20.0 + 3 * (n % 40) for n in range(800)]
AGES = [random.Random(n).randint(18, 67) for n in range(800)]
SHARES = [random.Random(n).choice((0, 0, 0.2, 0.3, 0.5)) for n in range(800)]


def test_a_price_in_whole_units_is_found_beside_another_number() -> None:
    found = money_of({"age": AGES, "sale_price": [int(40 * price) for price in LIST]}, ITEMS)
    assert (found.price, found.doubts) == ("sale_price", ())


def test_a_price_in_whole_units_is_found_alone() -> None:
    assert money_of({"Amount": [f"{40 * price:.1f}" for price in LIST]}, ITEMS).price == "Amount"


def test_a_price_that_no_name_speaks_for_is_doubted() -> None:
    rows = [{**row, "price": str(AGES[place % 800])} for place, row in enumerate(sales())]
    flagged = [{**row, "back": "yes" if row["back"] else "no"} for row in rows]
    draft, mapping = drafted(orders=as_table(flagged, {**NAMES, "price": "age", "back": "returned"}))
    assert mapping.columns.unit_price == "age"
    assert any("'age' is taken for it" in doubt and "unit_price" in doubt for doubt in draft.doubts)


def test_without_a_name_the_amount_that_items_determine_is_the_price() -> None:
    found = money_of({"age": [10 * age + 0.5 for age in AGES], "x": LIST}, ITEMS)
    assert found.price == "x"


def test_a_price_below_0_on_a_corrected_row_is_a_price_still() -> None:
    found = money_of({"Unit Price": [-1100.5, *(price + 0.5 for price in LIST[1:])], "age": AGES}, ITEMS)
    assert found.price == "Unit Price"


def test_a_share_that_prices_fall_by_is_not_taken_off_again() -> None:
    paid = [round(price * (1 - share), 2) for price, share in zip(LIST, SHARES, strict=True)]
    found = money_of({"Sales": paid, "Discount": SHARES}, ITEMS)
    assert (found.price, found.discount, found.left_out) == ("Sales", None, "Discount")
    assert any("'Discount' is not taken off again" in doubt for doubt in found.doubts)


def test_a_share_that_prices_do_not_fall_by_is_taken_off() -> None:
    found = money_of({"price": [price + 0.5 for price in LIST], "Discount": SHARES}, ITEMS)
    assert (found.discount, found.is_share, found.doubts) == ("Discount", True, ())


def test_percent_that_the_prices_of_lines_fall_by_are_not_taken_off_again() -> None:
    units = [1 + n % 3 for n in range(800)]
    paid = [round(p * u * (1 - s), 2) for p, u, s in zip(LIST, units, SHARES, strict=True)]
    found = money_of({"line total": paid, "discount %": [int(100 * share) for share in SHARES]}, ITEMS, units)
    assert (found.is_total, found.discount, found.left_out) == (True, None, "discount %")


def amounts_off(price: Callable[[float, float], float]) -> MoneyColumns:
    units = [1 + n % 2 for n in range(800)]
    off = [round(p * u * s, 2) for p, u, s in zip(LIST, units, SHARES, strict=True)]
    prices = [round(price(p, o / u), 2) for p, o, u in zip(LIST, off, units, strict=True)]
    return money_of({"price": prices, "discount": off}, ITEMS, units)


def test_an_amount_that_prices_fall_by_is_not_taken_off_again() -> None:
    assert amounts_off(lambda price, off: price - off).left_out == "discount"


def test_an_amount_that_prices_do_not_fall_by_is_taken_off() -> None:
    assert amounts_off(lambda price, off: price).discount == "discount"


def test_what_was_paid_is_not_the_price_where_both_and_the_discount_add_up() -> None:
    off = [round(price * share, 2) for price, share in zip(LIST, SHARES, strict=True)]
    paid = [round(price - amount, 2) for price, amount in zip(LIST, off, strict=True)]
    found = money_of({"amount": paid, "discount": off, "before": LIST}, ITEMS)
    assert (found.price, found.discount) == ("before", "discount")


def test_a_discount_of_more_than_the_price_on_many_rows_is_doubted() -> None:
    chance = random.Random(7)
    columns = {
        "price": [round(chance.uniform(5, 500), 2) for _ in ITEMS],
        "Discount_Applied": [round(chance.uniform(0, 50), 2) for _ in ITEMS],
    }
    found = money_of(columns, ITEMS)
    assert found.discount == "Discount_Applied"
    assert any("'Discount_Applied' is more than the line's price" in doubt for doubt in found.doubts)


def test_numbers_beside_a_percent_sign_are_a_share_that_is_taken_off() -> None:
    percents = [f"{int(100 * share)} %" for share in SHARES]
    found = money_of({"price": [price + 0.5 for price in LIST], "Rabatt": percents}, ITEMS)
    assert (found.price, found.discount, found.is_share, found.percent) == ("price", "Rabatt", True, True)
    assert money_of({"Preis": percents, "x": LIST}, ITEMS).price == "x"


def discounted(name: str) -> MoneyColumns:
    """Prices of which some are lower than the 5 to 20 that stand as a discount beside them."""
    chance = random.Random(8)
    prices = [round(chance.uniform(4, 300), 2) for _ in ITEMS]
    return money_of({"price": prices, name: [chance.choice((0, 5, 10, 20)) for _ in ITEMS]}, ITEMS)


def test_a_discount_above_prices_and_never_above_100_is_percent_with_a_doubt() -> None:
    found = discounted("Discount")
    assert (found.discount, found.is_share, found.percent) == ("Discount", True, True)
    assert any("'Discount' is more than the line's price" in doubt and "percent" in doubt for doubt in found.doubts)


def test_what_its_name_calls_an_amount_is_no_percent_whatever_it_exceeds() -> None:
    found = discounted("Discount amount")
    assert (found.discount, found.is_share) == ("Discount amount", False)
    assert any("correct discount or leave it out" in doubt for doubt in found.doubts)


def test_a_number_of_discounted_units_is_no_discount() -> None:
    units = [1 + n % 3 for n in range(800)]
    columns = {"UnitPrice": LIST, "DiscountQuantity": [n % 2 for n in range(800)]}
    assert money_of(columns, ITEMS, units).discount is None
    off = [round(price * share, 2) for price, share in zip(LIST, SHARES, strict=True)]
    assert money_of({**columns, "DiscountAmount": off}, ITEMS, units).discount == "DiscountAmount"


@pytest.mark.parametrize("name", ["discounted_price", "amount_after_discount", "Preis nach Rabatt"])
def test_what_a_discount_leaves_is_the_price_and_no_discount(name: str) -> None:
    paid = [round(price * (1 - share), 2) + 0.01 for price, share in zip(LIST, SHARES, strict=True)]
    found = money_of({"retail_price": LIST, name: paid}, ITEMS)
    assert (found.price, found.discount) == (name, None)


def test_an_amount_that_is_most_of_nearly_every_price_is_no_discount() -> None:
    paid = [round(price * (1 - share / 2), 2) for price, share in zip(LIST, SHARES, strict=True)]
    assert money_of({"price": LIST, "Rabattpreis": paid}, ITEMS).discount is None


def test_a_discount_and_a_full_refund_that_make_the_price_are_no_rest_of_a_refund() -> None:
    off = [round(price * share, 2) for price, share in zip(LIST, SHARES, strict=True)]
    refunds = [round(price - o, 2) if n % 5 == 0 else 0.0 for n, (price, o) in enumerate(zip(LIST, off, strict=True))]
    found = money_of({"price": LIST, "discount_amount": off, "amount_refunded": refunds}, ITEMS)
    assert (found.price, found.discount, found.after) == ("price", "discount_amount", ())


def test_the_price_of_a_line_is_without_what_sending_it_cost() -> None:
    postage = [(0.0, 3.9, 7.9)[n % 3] for n in range(800)]
    total = [round(price + sent, 2) for price, sent in zip(LIST, postage, strict=True)]
    assert money_of({"goods": LIST, "Postage": postage, "Total Price": total}, ITEMS).price == "goods"


@pytest.mark.parametrize(
    ("name", "is_included"),
    [
        ("price_incl_vat", True),
        ("Item price (gross)", True),
        ("PU TTC", True),
        ("VK Preis brutto", True),
        ("Unit Price excl. VAT", False),
        ("Prix unitaire HT", False),
    ],
)
def test_the_name_of_a_price_tells_whether_tax_is_in_it(name: str, is_included: bool) -> None:
    prices = [price + 0.5 for price in LIST]
    found = money_of({name: prices}, ITEMS)
    assert (found.price, found.includes_tax, bool(found.doubts)) == (name, False, is_included)
    known = money_of({name: prices, "vat rate": [19] * len(prices)}, ITEMS)
    assert (known.includes_tax, known.tax_rate, known.doubts) == (is_included, 0.19 if is_included else 0.0, ())
    assert not money_of({"gross sales": prices}, ITEMS).why


def test_of_two_prices_that_with_tax_is_not_taken() -> None:
    net = [price + 0.5 for price in LIST]
    gross = [round(price * 1.19, 2) for price in net]
    assert money_of({"Unit Price incl. VAT": gross, "Unit Price excl. VAT": net}, ITEMS).price == "Unit Price excl. VAT"


def test_what_was_paid_is_the_price_rather_than_what_a_catalogue_asks() -> None:
    paid = [price * 0.7 for price in LIST]
    found = money_of({"retail_price": LIST, "sale_price": paid, "list price": LIST}, ITEMS)
    assert found.price == "sale_price"
    assert money_of({"list price": LIST, "age": AGES}, ITEMS).price == "list price"
    shipping = [4.9 + price / 100 for price in LIST]
    assert money_of({"retail_price": LIST, "shipping_price": shipping}, ITEMS).price == "retail_price"
