"""Which column is drafted as the units sold, and which as the units returned."""

import pytest

from domain.drafting.flag import Flag, find_flag
from domain.drafting.profiles import Look, Profile, profile
from domain.drafting.return_units import find_returned_units
from domain.drafting.units import Units, find_units
from domain.source.mapping_parts import ReturnFlag
from tests.shops.undescribed import NAMES, NEUTRAL, as_table, drafted, sales, with_returns

Row = dict[str, str]


def whole(name: str, numbers: list[int], look: Look = Look.MONEY) -> Profile:
    """A column of whole numbers that range so widely that they look like anything but units."""
    return Profile(name, [str(number) for number in numbers], look)


def units_of(*columns: Profile) -> Units | None:
    return find_units(columns)


def own_column(back: str, *, name: str, sold: str = "0") -> list[Row]:
    rows = [{**row, name: "0"} for row in sales()]
    returns = [{**row, "day": row["back"], "units": sold, name: back.format(**row)} for row in rows if row["back"]]
    return [*rows, *returns]


@pytest.mark.parametrize("name", ["Quantity", "Qty", "units", "Menge", "quantité", "Stück", "Order_Quantity"])
@pytest.mark.parametrize("look", [Look.MONEY, Look.CODE])
def test_whole_numbers_that_a_name_calls_units_are_units_however_widely_they_range(name: str, look: Look) -> None:
    found = units_of(whole(name, [*range(1, 49), 144] * 4, look), profile("position", ["1", "2", "3", "4"] * 49))
    assert found is not None
    assert (found.quantity, found.told_by, found.doubt) == (name, None, "")


def test_units_that_range_widely_and_below_0_tell_returns() -> None:
    found = units_of(whole("Quantity", [*range(1, 49), -3, -17] * 4))
    assert found is not None
    assert (found.quantity, found.told_by, sum(found.returns)) == ("Quantity", "negative_quantity", 8)


@pytest.mark.parametrize("name", ["units_price", "Quantity discount"])
def test_amounts_whose_name_speaks_of_units_too_are_none(name: str) -> None:
    assert units_of(whole(name, list(range(1, 200)))) is None


def test_what_a_name_calls_returned_units_is_not_what_was_sold() -> None:
    found = units_of(
        profile("returnQuantity", ["0", "0", "2"] * 30), profile("quantity", ["1", "2", "4", "3"] * 22 + ["1"] * 2)
    )
    assert found is not None
    assert found.quantity == "quantity"


def test_returned_units_of_a_file_of_returns_may_range_widely() -> None:
    found = find_returned_units([whole("ReturnQty", list(range(1, 60)), Look.CODE)], [None] * 59)
    assert (found.column, found.doubt) == ("ReturnQty", "")


@pytest.mark.parametrize("name", ["cancelled_units", "refunded item count", "Retourenmenge"])
def test_a_column_that_its_name_calls_returned_units_counts_them_on_rows_that_sell_none(name: str) -> None:
    draft, mapping = drafted(orders=as_table(own_column("-{units}", name=name), {**NAMES, name: name}))
    assert mapping.return_rows is not None
    assert (mapping.return_rows.told_by, mapping.return_rows.column) == ("returned_quantity", name)
    assert draft.verdict.figures.orphan_share == 0


def test_a_column_without_a_name_counts_returned_units_where_its_rows_return_what_others_sold() -> None:
    _, mapping = drafted(orders=as_table(own_column("{units}", name="c99"), {**NEUTRAL, "c99": "c99"}))
    assert mapping.return_rows is not None
    assert (mapping.return_rows.told_by, mapping.return_rows.column) == ("returned_quantity", "c99")


@pytest.mark.parametrize("name", ["voucherAmount", "discount", "rabatt", "giftwrap", "days_to_return", "price points"])
def test_an_unrelated_column_does_not_count_returned_units_where_some_rows_sell_none(name: str) -> None:
    rows = [
        {**row, "units": "0" if place % 50 == 0 else row["units"], name: str(5 * (place % 10 == 0))}
        for place, row in enumerate(sales())
    ]
    found = find_units([profile(n, texts) for n, texts in as_table(rows, {**NAMES, name: name}).items()])
    assert found is not None
    assert (found.quantity, found.told_by) == (NAMES["units"], None)


def test_a_column_that_exceeds_what_was_sold_does_not_count_returned_units() -> None:
    rows = own_column("9", name="c99")
    found = find_units([profile(n, texts) for n, texts in as_table(rows, {**NAMES, "c99": "c99"}).items()])
    assert found is not None
    assert found.told_by is None


def test_units_returned_on_the_row_of_the_sale_are_no_rows_of_returns_where_few_sell_none() -> None:
    rows = [
        {**row, "u": "2" if none_sold else row["units"] if row["back"] else "0", "units": "0" if none_sold else "2"}
        for place, row in enumerate(sales())
        for none_sold in (place % 100 == 0,)
    ]
    _, mapping = drafted(orders=as_table(rows, {**NAMES, "u": "returnQuantity"}))
    assert (mapping.shape, mapping.columns.cancelled_quantity) == ("flag", None)


def test_units_returned_on_the_row_of_the_sale_are_counted_by_their_column() -> None:
    rows = [{**row, "u": row["units"] if row["back"] else "0"} for row in sales()]
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "u": "returnQuantity"}))
    assert (mapping.shape, mapping.flag) == ("flag", ReturnFlag(quantity="returnQuantity"))
    assert draft.verdict.figures.positives == sum(1 for row in rows if row["back"])


def counted(name: str, back: list[str | None], sold: list[str]) -> Flag | None:
    return find_flag([profile(name, back * 20), profile("quantity", sold * 20)])


def test_no_returned_units_may_be_left_empty() -> None:
    flag = counted("returned_qty", [None, "-1", None, "-3"], ["1", "1", "2", "3"])
    assert flag == Flag(quantity="returned_qty", negative=True)


@pytest.mark.parametrize(
    ("name", "back", "sold"),
    [
        ("returned_qty", ["0", "5", "7", "9"], ["1", "1", "2", "3"]),
        ("refund_amount", ["0", "1", "2", "3"], ["1", "1", "2", "3"]),
        ("days_to_return", ["0", "1", "2", "3"], ["1", "1", "2", "3"]),
        ("gifts", ["0", "1", "2", "3"], ["1", "1", "2", "3"]),
        ("returned_qty", ["1", "1", "2", "3"], ["1", "1", "2", "3"]),
    ],
)
def test_what_cannot_be_a_part_of_the_units_sold_is_no_flag(name: str, back: list[str | None], sold: list[str]) -> None:
    assert counted(name, back, sold) is None


def test_rows_of_returns_below_0_are_still_found_beside_every_other_column() -> None:
    _, mapping = drafted(orders=as_table(with_returns({"units": "-{units}"}), NAMES))
    assert mapping.return_rows is not None
    assert mapping.return_rows.told_by == "negative_quantity"


def test_returned_units_are_found_beside_sold_ones_that_no_name_speaks_of() -> None:
    rows = [{**row, "back": row["units"] if row["back"] else "0"} for row in sales()]
    names = {**NAMES, "units": "c7", "back": "Returned"}
    _, mapping = drafted(orders=as_table(rows, names))
    assert mapping.columns.quantity == "c7"
    assert mapping.flag == ReturnFlag(quantity="Returned")


def test_what_was_ordered_counts_units_and_names_no_order() -> None:
    _, mapping = drafted(
        orders=as_table(
            [{**r, "back": "yes" if r["back"] else "no"} for r in sales()],
            {**NAMES, "units": "Ordered", "back": "returned"},
        )
    )
    assert mapping.columns.quantity == "Ordered"
