"""Lines that say on their own row when they came back, as `init` drafts them."""

import pytest

from domain.source.mapping_parts import ReturnFlag
from tests.shops.undescribed import NAMES, as_table, drafted, sales

ROWS = [{**row, "flag": "yes" if row["back"] else "no"} for row in sales()]
BACK = sum(1 for row in ROWS if row["back"])


def test_a_day_of_return_beside_a_flag_is_drafted_and_the_lag_is_known() -> None:
    draft, mapping = drafted(orders=as_table(ROWS, {**NAMES, "flag": "returned", "back": "Return_Date"}))
    assert mapping.flag == ReturnFlag("returned", ("yes",), ("no",), returned_at="Return_Date")
    assert mapping.is_dated
    assert draft.verdict.figures.positives == BACK
    assert draft.verdict.figures.median_lag_days is not None


def test_a_day_of_any_name_that_falls_together_with_the_flag_is_the_day_of_return() -> None:
    _, mapping = drafted(orders=as_table(ROWS, {**NAMES, "flag": "returned", "back": "closed"}))
    assert mapping.flag is not None
    assert mapping.flag.returned_at == "closed"


def test_a_day_of_delivery_is_no_day_of_return() -> None:
    rows = [{**row, "arrived": row["back"]} for row in ROWS]
    _, mapping = drafted(orders=as_table(rows, {**NAMES, "flag": "returned", "arrived": "delivered_at"}))
    assert mapping.flag is not None
    assert mapping.flag.returned_at is None


@pytest.mark.parametrize("name", ["Return_Date", "returned_at", "Retourendatum"])
def test_a_day_alone_says_what_came_back(name: str) -> None:
    draft, mapping = drafted(orders=as_table(ROWS, {**NAMES, "back": name}))
    assert (mapping.shape, mapping.flag) == ("flag", ReturnFlag(returned_at=name))
    assert draft.verdict.figures.positives == BACK


def test_a_day_of_return_written_otherwise_than_the_order_has_a_format_of_its_own() -> None:
    rows = [{**row, "back": "-".join(reversed(row["back"].split(".")))} for row in ROWS]
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "flag": "returned", "back": "Return_Date"}))
    assert mapping.format.dates == ("d.M.yyyy", "iso")
    assert draft.verdict.figures.positives == BACK


@pytest.mark.parametrize("placeholder", ["01.01.1900", "31.12.9999"])
def test_a_day_far_from_all_orders_that_most_rows_have_stands_for_none(placeholder: str) -> None:
    rows = [{**row, "back": row["back"] or placeholder} for row in ROWS]
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "back": "Return_Date"}))
    assert (mapping.flag, mapping.format.nulls) == (ReturnFlag(returned_at="Return_Date"), (placeholder,))
    assert draft.verdict.figures.positives == BACK


def test_a_day_near_the_orders_that_many_rows_have_is_a_day() -> None:
    rows = [{**row, "back": row["back"] and "01.06.2023"} for row in ROWS]
    assert drafted(orders=as_table(rows, {**NAMES, "back": "Return_Date"}))[1].format.nulls == ()
