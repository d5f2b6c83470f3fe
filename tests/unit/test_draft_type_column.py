"""When a word for the type of a row tells rows that return from rows that sell, and when it is a flag of the sale's."""

import random
from collections.abc import Mapping, Sequence

import pytest

from application.draft_mapping import Draft
from domain.drafting.profiles import profile
from domain.drafting.units import Units, find_units
from domain.source.mapping import SourceMapping
from tests.shops.undescribed import NAMES, NEUTRAL, as_table, drafted, sales

Row = dict[str, str]
AMOUNT, TYPE = "Betrag", "Vorgang"


def amount(row: Mapping[str, str], sign: int = 1) -> str:
    return f"{sign * int(row['units']) * float(row['price'].replace(',', '.')):.2f}".replace(".", ",")


def typed(back: str = "Return", sold: str = "Sale", sign: int = 1, *, own_orders: bool = False) -> list[Row]:
    """Rows that sell and rows that return, the latter with amounts of that sign and perhaps orders of their own."""
    rows = [{**row, "type": sold, "amount": amount(row)} for row in sales()]
    returns = [
        {
            **row,
            "type": back,
            "day": row["back"],
            "amount": amount(row, sign),
            **({"order": f"{90000 + place}"} if own_orders else {}),
        }
        for place, row in enumerate(rows)
        if row["back"]
    ]
    return [*rows, *returns]


def draft_of(rows: Sequence[Row], names: Mapping[str, str] = NAMES, kind: str = TYPE) -> tuple[Draft, SourceMapping]:
    return drafted(orders=as_table(rows, {**names, "type": kind, "amount": AMOUNT}))


def units_of(rows: Sequence[Row]) -> Units | None:
    table = as_table(rows, {**NAMES, "type": TYPE, "amount": AMOUNT})
    return find_units([profile(name, texts) for name, texts in table.items()])


def told(mapping: SourceMapping) -> tuple[str, str | None, str | None]:
    assert mapping.return_rows is not None
    return mapping.return_rows.told_by, mapping.return_rows.column, mapping.return_rows.prefix


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("own_orders", [False, True])
def test_rows_of_a_type_that_repeat_earlier_rows_are_returns_and_no_flag(sign: int, own_orders: bool) -> None:
    draft, mapping = draft_of(typed(sign=sign, own_orders=own_orders))
    assert (mapping.shape, mapping.flag) == ("rows", None)
    assert told(mapping) == ("marker", TYPE, "Return")
    assert mapping.return_order == ("own" if own_orders else "original")
    assert draft.verdict.figures.lines == len(sales())
    assert draft.verdict.figures.orphan_share == 0


def test_columns_without_telling_names_do_not_hide_rows_that_repeat_earlier_ones() -> None:
    _, mapping = draft_of(typed(), NEUTRAL, "c99")
    assert told(mapping) == ("marker", "c99", "Return")


def test_a_type_written_as_yes_and_no_tells_returns_as_well() -> None:
    _, mapping = draft_of(typed(back="1", sold="0", own_orders=True), kind="is_return")
    assert told(mapping) == ("marker", "is_return", "1")


def test_a_type_that_is_empty_on_sales_tells_returns_as_well() -> None:
    assert told(draft_of(typed(sold=""))[1]) == ("marker", TYPE, "Return")


def test_units_below_0_under_a_type_are_returns_of_that_type() -> None:
    rows = [{**row, "units": f"-{row['units']}"} if row["type"] == "Return" else row for row in typed(sign=-1)]
    assert told(draft_of(rows)[1]) == ("marker", TYPE, "Return")


def test_a_type_that_speaks_of_no_return_tells_one_by_what_it_pays_back_with_a_doubt() -> None:
    draft, mapping = draft_of(typed(back="Gutschrift", sold="Rechnung", sign=-1, own_orders=True))
    assert told(mapping) == ("marker", TYPE, "Gutschrift")
    assert any("'Gutschrift' are taken for returns" in doubt for doubt in draft.doubts)


def test_two_words_for_returns_are_told_by_how_both_begin() -> None:
    rows = [
        {**row, "type": "Return in shop"} if row["type"] == "Return" and place % 2 else row
        for place, row in enumerate(typed())
    ]
    assert told(draft_of(rows)[1]) == ("marker", TYPE, "Return")


def test_words_for_returns_that_begin_otherwise_are_a_doubt() -> None:
    rows = [
        {**row, "type": "Zurück"} if row["type"] == "Return" and place % 4 == 0 else row
        for place, row in enumerate(typed())
    ]
    draft, mapping = draft_of(rows)
    assert told(mapping) == ("marker", TYPE, "Return")
    assert any("'Zurück'" in doubt and "read as a sale" in doubt for doubt in draft.doubts)


def test_a_type_of_neither_sale_nor_return_is_a_doubt() -> None:
    rows = typed()
    rows += [{**row, "type": "Void", "day": row["day"]} for row in rows[:40]]
    draft, _ = draft_of(rows)
    assert any("40 rows" in doubt and "'Void'" in doubt and TYPE in doubt for doubt in draft.doubts)


def test_a_flag_on_the_line_of_the_sale_stays_a_flag() -> None:
    rows = [{**row, "type": "Returned" if row["back"] else "Sold", "amount": amount(row)} for row in sales()]
    draft, mapping = draft_of(rows)
    assert mapping.shape == "flag"
    assert draft.doubts == ()


def test_a_profit_lost_on_a_returned_line_does_not_make_it_a_row_of_its_own() -> None:
    chance = random.Random(2)
    rows = [
        {
            **row,
            "type": "Returned" if row["back"] else "Sold",
            "amount": f"-{chance.randrange(300, 700) / 100:.2f}".replace(".", ",") if row["back"] else amount(row),
        }
        for row in sales()
    ]
    assert draft_of(rows)[1].shape == "flag"


def test_buyers_who_buy_the_same_again_and_again_do_not_make_flags_rows_of_their_own() -> None:
    rows = [
        {**row, "buyer": f"K{int(row['sku'][2:]) % 9}", "type": "Returned" if row["back"] else "Sold"}
        for row in sales()
    ]
    units = units_of([{**row, "amount": amount(row)} for row in rows])
    assert units is not None
    assert units.told_by is None


def test_lines_that_are_split_where_a_part_came_back_are_a_doubt() -> None:
    rows = [{**row, "type": "Sold", "amount": amount(row)} for row in sales()]
    rows += [{**row, "type": "Returned"} for row in rows if row["back"]]
    draft, mapping = draft_of(rows)
    assert mapping.shape == "flag"
    assert any("another row of their day" in doubt and f"'{TYPE}'" in doubt for doubt in draft.doubts)
