"""Candidates: what is read of a row, what a candidate's line says, and that every row is accounted for."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.recommendation.candidate_history import KnownLines
from domain.recommendation.candidate_lines import place
from domain.recommendation.candidate_reading import read_candidate
from domain.recommendation.candidates import CANDIDATES, OPTIONAL, REQUIRED, Candidate, SetAside
from tests.contract.rule_cases import Row, a_line

DAY = date(2024, 5, 1)
START = datetime(2024, 5, 1, tzinfo=UTC)


def asked(**cells: str | None) -> dict[str, str | None]:
    return {"customer_id": "ann", "item_id": "shirt-m", **cells}


def known(candidates: list[Candidate], *lines: Row) -> KnownLines:
    found = KnownLines.asked_about(candidates, DAY)
    for line in lines:
        found.add(line)
    return found


def candidate(row: int = 1, **cells: Any) -> Candidate:
    given_cells = {"customer_id": "ann", "item_id": "shirt-m", "price": None, "quantity": 1, "discount": Decimal(0)}
    return Candidate(row, **{**given_cells, **cells})


def test_a_row_with_a_customer_and_an_item_alone_asks_about_one_unit_at_the_items_price() -> None:
    assert read_candidate(7, asked()) == candidate(7)


def test_an_empty_customer_is_a_guest() -> None:
    assert read_candidate(1, asked(customer_id=" ")) == candidate(customer_id=None)


def test_a_gift_has_a_discount_of_the_whole_price() -> None:
    assert read_candidate(1, asked(discount="1")) == candidate(discount=Decimal(1))


def test_amounts_are_read_to_the_places_of_money() -> None:
    found = read_candidate(1, asked(price=" 19.99999 ", quantity="2.0", discount="0.25"))
    assert found == candidate(price=Decimal("20.0000"), quantity=2, discount=Decimal("0.25"))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"item_id": None}, "item_id_missing"),
        ({"item_id": "  "}, "item_id_missing"),
        ({"price": "cheap"}, "price_not_a_number"),
        ({"price": "nan"}, "price_not_a_number"),
        ({"price": "12,50"}, "price_not_a_number"),
        ({"price": "-0.01"}, "price_negative"),
        ({"price": "1e11"}, "price_too_large"),
        ({"quantity": "0"}, "quantity_not_whole_units"),
        ({"quantity": "1.5"}, "quantity_not_whole_units"),
        ({"quantity": "-1"}, "quantity_not_whole_units"),
        ({"quantity": "1e9"}, "quantity_too_large"),
        ({"quantity": "two"}, "quantity_not_a_number"),
        ({"discount": "25"}, "discount_no_share"),
        ({"discount": "-0.1"}, "discount_no_share"),
    ],
)
def test_a_row_that_cannot_be_scored_is_set_aside_with_its_reason(cells: dict[str, str | None], reason: str) -> None:
    found = read_candidate(3, asked(**cells))
    assert isinstance(found, SetAside)
    assert (found.row, found.reason) == (3, reason)
    (column,) = cells
    assert f"'{column}'" in found.detail
    assert str(cells[column] or "") in found.detail or column == "item_id"


def test_a_candidates_line_is_as_its_items_latest_line_before_the_day() -> None:
    asked_about = [candidate()]
    old = a_line(1, START - timedelta(days=9), size="s", item_group="shirt", unit_price=Decimal("10.0000"))
    new = a_line(2, START - timedelta(days=2), size="m", item_group="shirt", unit_price=Decimal("12.0000"))
    of_the_day = a_line(3, START, size="xl", unit_price=Decimal("99.0000"))
    told_late = a_line(4, START - timedelta(days=1), size="xl", available_at=START)
    for lines in ((old, new, of_the_day, told_late), (told_late, of_the_day, new, old)):
        (placed,) = place(asked_about, known(asked_about, *lines), Decimal(1), "x").candidates
        assert (placed.line["size"], placed.line["unit_price"], placed.price_from) == ("m", 12, "latest line")
        assert placed.line["line_id"] == placed.line["order_id"] == "x-1"
        assert placed.line["ordered_at"] == placed.line["available_at"] == START


def test_what_belongs_to_an_order_alone_is_not_taken_from_the_latest_line() -> None:
    asked_about = [candidate()]
    before = a_line(1, START - timedelta(days=1), attr_country="de", customer_id="bob", quantity=3)
    (placed,) = place(asked_about, known(asked_about, before), Decimal(1), "x").candidates
    assert "attr_country" not in placed.line
    assert (placed.line["customer_id"], placed.line["quantity"]) == ("ann", 1)


def test_the_net_value_is_after_discount_and_less_tax() -> None:
    asked_about = [candidate(price=Decimal(120), quantity=2, discount=Decimal("0.5"))]
    (placed,) = place(asked_about, known(asked_about), Decimal("1.2"), "x").candidates
    assert (placed.line["net_value"], placed.price_from) == (Decimal("100.0000"), "file")


def test_lines_of_items_and_customers_are_counted_as_known_before_the_day() -> None:
    asked_about = [candidate(), candidate(2, customer_id="new", item_id="new")]
    lines = (
        a_line(1, START - timedelta(days=3)),
        a_line(2, START - timedelta(days=3), item_id="trousers"),
        a_line(3, START - timedelta(days=3), customer_id="bob"),
        a_line(4, START - timedelta(days=3), kind="service"),
        a_line(5, START),
    )
    found = known(asked_about, *lines)
    assert (found.item_lines["shirt-m"], found.customer_lines["ann"]) == (2, 2)
    assert (found.item_lines["new"], found.customer_lines["new"]) == (0, 0)


def test_candidates_are_bought_at_the_shops_usual_hour() -> None:
    lines = [a_line(n, START - timedelta(days=2) + timedelta(hours=hour)) for n, hour in enumerate((9, 20, 20, 9, 4))]
    assert known([], *lines).placed_at() == START + timedelta(hours=9)


def test_an_item_that_was_never_sold_needs_a_price() -> None:
    asked_about = [candidate(), candidate(2, price=Decimal(5))]
    placed = place(asked_about, known(asked_about), Decimal(1), "x")
    assert [(left_out.row, left_out.reason) for left_out in placed.set_aside] == [(1, "price_unknown")]
    assert [one.candidate.row for one in placed.candidates] == [2]


def test_what_is_sold_as_a_service_is_not_scored() -> None:
    asked_about = [candidate(price=Decimal(5))]
    service = a_line(1, START - timedelta(days=1), kind="service")
    (left_out,) = place(asked_about, known(asked_about, service), Decimal(1), "x").set_aside
    assert left_out.reason == "item_no_product"
    product = a_line(2, START - timedelta(days=5))
    assert not place(asked_about, known(asked_about, service, product), Decimal(1), "x").set_aside


def test_a_value_that_no_line_can_have_is_set_aside() -> None:
    asked_about = [candidate(price=Decimal(10) ** 10, quantity=10**6)]
    (left_out,) = place(asked_about, known(asked_about), Decimal(1), "x").set_aside
    assert left_out.reason == "value_too_large"
    just, above = (candidate(price=price, quantity=10**6) for price in (Decimal(10) ** 7, Decimal("10000000.01")))
    assert [one.candidate for one in place([just], known([just]), Decimal(1), "x").candidates] == [just]
    assert len(place([above], known([above]), Decimal(1), "x").set_aside) == 1


def test_the_first_of_equal_candidates_stands_and_the_others_are_counted() -> None:
    rows = [candidate(1), candidate(2, price=Decimal("10.0000")), candidate(3, quantity=2), candidate(4)]
    placed = place(rows, known(rows, a_line(1, START - timedelta(days=1))), Decimal(1), "x")
    assert [one.candidate.row for one in placed.candidates] == [1, 3]
    assert placed.duplicates == 2


CELLS = st.sampled_from((None, "", "ann", "shirt-m", "other", "1", "2", "10.00", "-1", "x", "nan", "0.5"))


@given(st.lists(st.fixed_dictionaries(dict.fromkeys((*REQUIRED, *OPTIONAL), CELLS)), max_size=12))
def test_every_row_is_kept_set_aside_or_a_duplicate(rows: list[dict[str, str | None]]) -> None:
    read = [read_candidate(row, cells) for row, cells in enumerate(rows, start=1)]
    candidates = [one for one in read if isinstance(one, Candidate)]
    placed = place(candidates, known(candidates, a_line(1, START - timedelta(days=1))), Decimal(1), "x")
    unreadable = sum(isinstance(one, SetAside) for one in read)
    assert len(placed.candidates) + len(placed.set_aside) + unreadable + placed.duplicates == len(rows)


def test_the_page_lists_exactly_the_columns_in_order_with_type_and_null() -> None:
    page = (Path(__file__).parents[2] / "docs" / "outputs.md").read_text(encoding="utf-8")
    section = page.split("\n## candidates\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (yes|no) \| (.+) \|$", section, flags=re.MULTILINE)
    assert rows == [(c.name, str(c.type), "yes" if c.nullable else "no", c.meaning) for c in CANDIDATES.columns]
