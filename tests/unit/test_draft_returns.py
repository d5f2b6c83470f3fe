"""What is drafted of a file of returns: its units, its signs, and how it is written."""

from collections.abc import Mapping

import pytest

from application.draft_mapping import Draft
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import SignedColumn
from tests.shops.undescribed import NAMES, as_table, drafted, sales

BACK = {"back": "returned", "order": "order", "sku": "sku"}


def beside(
    more: Mapping[str, str], orders: Mapping[str, str] | None = None, **also: str
) -> tuple[Draft, SourceMapping]:
    """The draft of the orders and of their returns; `more` are columns of the latter, of texts with a row's places."""
    rows = [{**row, **{key: text.format(**row) for key, text in (orders or {}).items()}} for row in sales()]
    back = [row for row in rows if row["back"]]
    held = [{**row, **{key: text.format(**row, n=n) for key, text in also.items()}} for n, row in enumerate(back)]
    return drafted("orders.csv", "returns.csv", orders=as_table(rows, NAMES), returns=as_table(held, {**BACK, **more}))


def test_a_code_of_reasons_is_no_number_of_units() -> None:
    rows = sales()
    back = [{**row, "code": str(1 + n % 9)} for n, row in enumerate(row for row in rows if row["back"])]
    draft, mapping = drafted(
        "orders.csv", "returns.csv", orders=as_table(rows, NAMES), returns=as_table(back, {**BACK, "code": "code"})
    )
    assert mapping.return_columns.quantity is None
    assert any("one unit" in doubt and "'code'" in doubt for doubt in draft.doubts)


def test_a_code_that_its_name_calls_a_reason_is_the_reason() -> None:
    rows = sales()
    back = [{**row, "code": str(1 + n % 9)} for n, row in enumerate(row for row in rows if row["back"])]
    _, mapping = drafted(
        "orders.csv",
        "returns.csv",
        orders=as_table(rows, NAMES),
        returns=as_table(back, {**BACK, "code": "reason_code"}),
    )
    assert (mapping.return_columns.quantity, mapping.return_columns.reason) == (None, "reason_code")


def test_what_never_exceeds_the_units_sold_is_units_with_a_doubt() -> None:
    draft, mapping = beside({"units": "c7"})
    assert mapping.return_columns.quantity == "c7"
    assert any("'c7' is taken" in doubt for doubt in draft.doubts)


def test_what_is_written_below_0_is_said_to_be() -> None:
    _, mapping = beside({"u": "quantity", "r": "refund"}, u="-{units}", r="-{price}")
    assert mapping.return_columns.quantity == SignedColumn("quantity", negative=True)
    assert mapping.return_columns.refund_amount == SignedColumn("refund", negative=True)


def test_another_date_format_leaves_the_marks_of_numbers_as_they_are() -> None:
    rows = sales()
    back = [{**row, "back": "-".join(row["back"].split(".")[::-1])} for row in rows if row["back"]]
    returns = as_table(back, {**BACK, "price": "refund"})
    _, mapping = drafted("orders.csv", "returns.csv", orders=as_table(rows, NAMES), returns=returns)
    assert mapping.format_of_returns.dates == ("iso",)
    assert (mapping.format.decimal, mapping.format_of_returns.decimal) == (",", ",")


def test_marks_of_the_returns_own_are_drafted() -> None:
    _, mapping = beside({"r": "refund"}, r="1,234.50")
    assert (mapping.format.decimal, mapping.format.thousands) == (",", "")
    assert (mapping.format_of_returns.decimal, mapping.format_of_returns.thousands) == (".", ",")
    assert mapping.format_of_returns.dates == mapping.format.dates


def test_whole_refunds_keep_the_marks_of_the_orders() -> None:
    _, mapping = beside({"r": "refund"}, r="500")
    assert mapping.returns_format is None


@pytest.mark.parametrize("proven", ["orders", "returns"])
def test_the_order_of_day_and_month_is_that_which_either_file_proves(proven: str) -> None:
    def american(day: str, *, early: bool) -> str:
        d, m, y = day.split(".")
        return f"{int(m)}/{1 + int(d) % 12 if early else int(d)}/{y}"

    rows = [
        {
            **row,
            "day": american(row["day"], early=proven != "orders"),
            "back": american(row["back"], early=proven != "returns") if row["back"] else "",
        }
        for row in sales()
    ]
    _, mapping = drafted(
        "orders.csv",
        "returns.csv",
        orders=as_table(rows, NAMES),
        returns=as_table([row for row in rows if row["back"]], BACK),
    )
    assert mapping.format.dates == ("M/d/yyyy",)
    assert mapping.format_of_returns.dates == ("M/d/yyyy",)


def test_days_that_tell_nothing_in_either_file_are_a_doubt() -> None:
    draft, _ = beside({"d": "returned"}, {"day": "{day[3]}{day[4]}.{day[3]}{day[4]}.2023"}, d="03.04.2023")
    assert any("tells day from month" in doubt for doubt in draft.doubts)
