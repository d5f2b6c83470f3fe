"""Candidates: items that may be shown to customers, as a recommender asks about them and what it is told.

A candidate is judged as the one line of an order placed on the day. Each row asked about is kept, set aside with a
reason, or a duplicate of one before it, so that the three always add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from domain.schema import Column, Schema
from domain.schema import ColumnType as T

REQUIRED = ("customer_id", "item_id")
OPTIONAL = ("price", "quantity", "discount")

Asked: TypeAlias = Mapping[str, str | None]

CANDIDATES = Schema(
    (
        Column("row", T.INTEGER, meaning="row of the file, 1 for the first after the header; unique"),
        Column("customer_id", T.TEXT, nullable=True, meaning="whom the item may be shown to; null for a guest"),
        Column("item_id", T.TEXT, meaning="the stock-keeping unit (SKU)"),
        Column("quantity", T.INTEGER, meaning="units of the sale that is judged"),
        Column("unit_price", T.MONEY, meaning="price of a unit before discount, on the source's own tax basis"),
        Column("price_from", T.TEXT, meaning="file, or latest line: that of the item's latest line known before as_of"),
        Column("discount", T.NUMBER, meaning="share of the price taken off, 0 to 1"),
        Column("net_value", T.MONEY, meaning="value of all units after discount, less tax included in prices"),
        Column("p", T.NUMBER, meaning="chance that it comes back within the window if bought on as_of, 0 to 1"),
        Column("p_baseline", T.NUMBER, meaning="the same by the smoothed rates of item and category alone"),
        Column(
            "expected_return_cost",
            T.NUMBER,
            meaning="p times the cost of the units expected back if something comes, source's currency",
        ),
        Column(
            "margin_net_of_returns",
            T.NUMBER,
            meaning="margin of the units expected to be kept, less expected_return_cost, if bought",
        ),
        Column("penalty", T.NUMBER, meaning="expected_return_cost / margin, clipped to 0..1; a ranker subtracts it"),
        Column("item_lines", T.INTEGER, meaning="product lines of the item known before as_of; 0 for a new item"),
        Column(
            "customer_lines",
            T.INTEGER,
            nullable=True,
            meaning="product lines of the customer known before as_of; 0 for a new customer, null for a guest",
        ),
        Column("as_of", T.DAY, meaning="the day on which it would be bought"),
        Column("model", T.TEXT, meaning="content digest of the model that scored"),
    )
)

SET_ASIDE = Schema(
    (
        Column("row", T.INTEGER, meaning="row of the file, 1 for the first after the header; unique"),
        Column("customer_id", T.TEXT, nullable=True, meaning="as in the file"),
        Column("item_id", T.TEXT, nullable=True, meaning="as in the file"),
        Column("reason", T.TEXT, meaning="name of the rule that the row breaks"),
        Column("detail", T.TEXT, meaning="a sentence that names the column and the value"),
    )
)


@dataclass(frozen=True)
class Candidate:
    """An item that may be shown to a customer.

    Args:
        row: its place among the rows asked about, from 1.
        customer_id: whom it may be shown to; None for a guest.
        item_id: the stock-keeping unit.
        price: of a unit before discount, on the source's own tax basis; None for the item's latest.
        quantity: units, above 0.
        discount: share of the price taken off, 0 to 1.
    """

    row: int
    customer_id: str | None
    item_id: str
    price: Decimal | None
    quantity: int
    discount: Decimal


@dataclass(frozen=True)
class SetAside:
    """A row that cannot be scored: the rule it breaks, and a sentence that names column and value."""

    row: int
    customer_id: str | None
    item_id: str | None
    reason: str
    detail: str
