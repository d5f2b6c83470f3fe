"""What a draft must not take for what it is not, and files at the edge of what can be looked at."""

from collections.abc import Sequence

import pytest

from domain.drafting.flag import find_flag
from domain.drafting.profiles import Look, profile
from domain.drafting.source import propose
from tests.shops.undescribed import NAMES, as_table, drafted, looked_at, sales, with_returns

Table = dict[str, list[str | None]]
ROWS = [{**row, "flag": "yes" if row["back"] else "no"} for row in sales()]


def with_column(name: str, texts: Sequence[str | None]) -> Table:
    table = as_table(ROWS, {**NAMES, "flag": "returned"})
    return {**table, name: [texts[place % len(texts)] for place in range(len(ROWS))]}


@pytest.mark.parametrize(
    ("name", "words"),
    [("payment_status", ["paid", "refunded"]), ("return_channel", ["web", "shop"]), ("return_country", ["DE", "FR"])],
)
def test_a_column_that_may_know_the_outcome_is_no_attribute(name: str, words: list[str]) -> None:
    _, mapping = drafted(orders=with_column(name, words))
    assert mapping.attributes == {}


def test_two_columns_that_would_have_one_key_are_two_attributes() -> None:
    table = with_column("Ship Country", ["DE", "FR"])
    table["ship_country"] = [text and text.lower() for text in table["Ship Country"]]
    _, mapping = drafted(orders=table)
    assert set(mapping.attributes) == {"ship_country", "ship_country_2"}


def test_a_name_of_two_lines_does_not_break_the_draft() -> None:
    draft, _ = drafted(orders=with_column("Remark\nof the clerk", ["a", "b", "c"]))
    assert "# Used for nothing: Remark of the clerk." in draft.mapping_text


@pytest.mark.parametrize("name", ["refund_method", "refund_id"])
def test_texts_about_a_refund_are_no_amount(name: str) -> None:
    back = [row for row in sales() if row["back"]]
    returns = {
        "order": [row["order"] for row in back],
        "sku": [row["sku"] for row in back],
        name: [("card", "bank", "cash")[place % 3] for place in range(len(back))],
        "refund_amount": [row["price"] for row in back],
        "returned": [row["back"] for row in back],
    }
    _, mapping = drafted("orders.csv", "returns.csv", orders=as_table(sales(), NAMES), returns=returns)
    assert mapping.return_columns.refund_amount == "refund_amount"


@pytest.mark.parametrize(
    ("name", "words"), [("returning_customer", ["yes", "no"]), ("visitor", ["Returning_Visitor", "New_Visitor"])]
)
def test_a_customer_who_returns_is_no_line_that_came_back(name: str, words: list[str]) -> None:
    flag = find_flag([profile(name, words * 50), profile("quantity", ["1", "2"] * 50)])
    assert flag is None or flag.doubt


@pytest.mark.parametrize(
    "name", ["date retour", "fecha devolución", "data reso", "Rückgabedatum", "Data zwrotu", "İade Tarihi", "Returdato"]
)
def test_a_day_of_return_is_known_by_its_name_in_any_of_the_languages(name: str) -> None:
    _, mapping = drafted(orders=as_table(sales(), {**NAMES, "back": name}))
    assert mapping.flag is not None
    assert mapping.flag.returned_at == name


@pytest.mark.parametrize("name", ["return_deadline_date", "expected_return_date", "last return date"])
def test_a_day_until_which_a_line_may_come_back_says_nothing(name: str) -> None:
    _, mapping = drafted(orders=as_table(ROWS, {**NAMES, "flag": "returned", "back": name}))
    assert mapping.flag is not None
    assert mapping.flag.returned_at is None


def test_rows_of_a_type_are_returns_where_no_column_counts_units() -> None:
    rows = [{**row, "type": "Return" if row["day"] == row["back"] else "Sale"} for row in with_returns({})]
    names = {key: held for key, held in NAMES.items() if key != "units"}
    _, mapping = drafted(orders=as_table(rows, {**names, "type": "Transaction Type"}))
    assert mapping.return_rows is not None
    assert (mapping.return_rows.told_by, mapping.return_rows.prefix) == ("marker", "Return")
    assert mapping.columns.quantity is None


def test_blanks_are_nothing() -> None:
    column = profile("note", ["", " ", "x", None])
    assert (column.texts, column.look) == ([None, None, "x", None], Look.CODE)
    table = as_table(ROWS, {**NAMES, "flag": "returned"})
    blank = {
        name: ["" if text is None or place % 7 == 0 else text for place, text in enumerate(texts)]
        for name, texts in table.items()
        if name == "Größe"
    }
    assert propose("orders.csv", {**table, **blank}).flag is not None


def test_days_that_do_not_tell_day_from_month_are_a_doubt() -> None:
    rows = [{**row, "day": f"{int(row['day'][:2]) % 12 + 1:02d}/{row['day'][3:5]}/2023"} for row in ROWS]
    draft = looked_at(orders=as_table(rows, {**NAMES, "flag": "returned"}))
    assert any("day and month may be mixed up" in doubt for doubt in draft.doubts)


def test_rows_without_a_word_are_told_beside_words_that_may_mean_either() -> None:
    flag = find_flag([profile("returned", ["alpha", "beta", "beta", None] * 30), profile("quantity", ["1", "2"] * 60)])
    assert flag is not None
    assert "alpha" in flag.doubt
    assert "is empty on 30 rows" in flag.doubt
