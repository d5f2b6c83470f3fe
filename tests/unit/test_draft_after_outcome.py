"""Amounts that are known only once a line came back, under whatever name, and that no feature may see."""

import random
from collections.abc import Mapping

import pytest

from application.draft_mapping import Draft
from domain.drafting.outcome import tells_outcome
from domain.drafting.profiles import profile
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import Discount
from tests.shops.undescribed import NAMES, as_table, drafted, sales

FLAGGED = {**NAMES, "flag": "returned"}


def with_amounts(**amounts: str) -> list[dict[str, str]]:
    """Flagged sales; `amounts` are texts with a row's places, such as `{price}`, of the rows that came back."""
    rows = [{**row, "flag": "yes" if row["back"] else "no"} for row in sales()]
    return [
        {**row, **{key: text.format(**row) if row["back"] else "0,00" for key, text in amounts.items()}} for row in rows
    ]


def draft_of(rows: list[dict[str, str]], more: Mapping[str, str]) -> tuple[Draft, SourceMapping]:
    return drafted(orders=as_table(rows, {**FLAGGED, **more}))


@pytest.mark.parametrize(
    "name", ["Return Cost", "Return Shipping Cost", "Refund Cost", "Shipping Cost", "Freight cost"]
)
def test_the_cost_of_a_return_or_of_sending_is_not_what_a_unit_cost_the_shop(name: str) -> None:
    chance = random.Random(2)
    rows = [{**row, "cost": f"{chance.randrange(2, 9)},5"} for row in with_amounts()]
    assert draft_of(rows, {"cost": name})[1].columns.unit_cost is None
    assert draft_of(rows, {"cost": "Product cost"})[1].columns.unit_cost == "Product cost"


def test_what_a_return_costs_is_said_to_be_known_only_afterwards() -> None:
    draft, _ = draft_of(with_amounts(cost="4,90"), {"cost": "Return Cost"})
    assert "# Known only after the outcome, and therefore left out: Return Cost." in draft.mapping_text


def test_a_refund_between_gross_and_net_is_no_discount_and_the_net_no_price() -> None:
    rows = [
        {**row, "refund": f"-{row['price']}", "net": "0,00"}
        if row["back"]
        else {**row, "refund": "0,00", "net": row["price"]}
        for row in with_amounts()
    ]
    names = {**FLAGGED, "price": "gross sales", "refund": "refund amount", "net": "unit price net"}
    draft, mapping = drafted(orders=as_table(rows, names))
    assert mapping.columns.discount is None
    assert mapping.columns.unit_price == "gross sales"
    assert "left out: refund amount, unit price net." in draft.mapping_text


def test_a_cost_or_discount_that_only_returned_lines_have_is_left_out_with_a_doubt() -> None:
    rows = with_amounts(cost="3,50", off="1,00")
    draft, mapping = draft_of(rows, {"cost": "cost", "off": "discount"})
    assert (mapping.columns.unit_cost, mapping.columns.discount) == (None, None)
    for name in ("cost", "discount"):
        assert any(f"'{name}'" in doubt and "came back" in doubt for doubt in draft.doubts)
    assert "left out: cost, discount." in draft.mapping_text


def test_a_price_that_returned_lines_lack_gives_way_to_one_that_all_have() -> None:
    rows = [{**row, "revenue": "0,00" if row["back"] else row["price"]} for row in with_amounts()]
    draft, mapping = draft_of(rows, {"price": "list price", "revenue": "revenue"})
    assert (mapping.columns.unit_price, mapping.attributes) == ("list price", {})
    assert any("'revenue'" in doubt and "came back" in doubt for doubt in draft.doubts)


def test_the_only_price_that_returned_lines_lack_is_drafted_and_said_to_be_of_no_use() -> None:
    rows = [{**row, "price": "0,00" if row["back"] else row["price"]} for row in with_amounts()]
    draft, mapping = draft_of(rows, {})
    assert mapping.columns.unit_price == NAMES["price"]
    assert any("no other column is a price" in doubt for doubt in draft.doubts)


@pytest.mark.parametrize("share", [1, 4])
def test_what_only_returned_lines_have_is_no_attribute(share: int) -> None:
    rows = [
        {**row, "channel": ("post", "shop")[n % 2] if row["back"] and n % share == 0 else ""}
        for n, row in enumerate(with_amounts())
    ]
    draft, mapping = draft_of(rows, {"channel": "exchange channel"})
    assert mapping.attributes == {}
    assert "left out: exchange channel." in draft.mapping_text


def test_the_cost_of_a_whole_line_is_not_what_a_unit_cost() -> None:
    rows = [{**row, "cost": f"{int(row['price'].partition(',')[0]) * int(row['units'])},5"} for row in with_amounts()]
    draft, mapping = draft_of(rows, {"cost": "cost"})
    assert mapping.columns.unit_cost is None
    assert any("'cost' grows with the units" in doubt for doubt in draft.doubts)


def test_a_discount_on_any_line_stays() -> None:
    chance = random.Random(6)
    rows = [{**row, "off": chance.choice(("0,00", "1,00", "2,00"))} for row in with_amounts()]
    assert draft_of(rows, {"off": "discount"})[1].columns.discount == Discount(amount="discount")


@pytest.mark.parametrize(
    ("amounts", "tells"),
    [
        (["2", None, "1", "0"], True),
        (["0", "1", None, "1"], True),
        (["1", "1", "1", "1"], False),
        (["2", "1"] * 2, False),
    ],
)
def test_an_amount_tells_the_outcome_by_being_there_or_not(amounts: list[str | None], tells: bool) -> None:
    assert tells_outcome(profile("x", amounts * 9), [True, False, True, False] * 9) is tells
