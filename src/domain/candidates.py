"""Candidates: items that may be shown to customers, as a recommender asks about them and what it is told.

A candidate is judged as the one line of an order placed on the day. Each row asked about is kept, set aside with a
reason, or a duplicate of one before it, so that the three always add up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from domain.money import MAX_AMOUNT, MAX_UNITS, MONEY_PLACES, SHARE_PLACES, rounded
from domain.number_format import read_number
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
            "expected_return_cost", T.NUMBER, meaning="p times the cost of its return, all units, source's currency"
        ),
        Column(
            "margin_net_of_returns", T.NUMBER, meaning="(1 - p) * margin - p * cost of its return, all units, if bought"
        ),
        Column("penalty", T.NUMBER, meaning="p * cost of a return / margin, clipped to 0..1; a ranker subtracts it"),
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


class _UnusableCellError(ValueError):
    """A cell that no candidate can have; the name of the rule and the sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def read_candidate(row: int, asked: Asked) -> Candidate | SetAside:
    """The candidate that a row's cells ask about, or why there is none.

    Args:
        row: its place among the rows asked about, from 1.
        asked: the cells by column; an absent one is as an empty one. Identifiers count as they stand.
    """
    customer_id, item_id = _present(asked.get("customer_id")), _present(asked.get("item_id"))
    try:
        return Candidate(
            row,
            customer_id,
            _item(item_id),
            _read(asked, "price", _amount),
            _read(asked, "quantity", _units) or 1,
            _read(asked, "discount", _share) or Decimal(0),
        )
    except _UnusableCellError as unusable:
        return SetAside(row, customer_id, item_id, unusable.reason, unusable.detail)


def _present(text: str | None) -> str | None:
    return text if text is not None and text.strip() else None


def _item(item_id: str | None) -> str:
    if item_id is None:
        raise _UnusableCellError("item_id_missing", "The column 'item_id' is empty.")
    return item_id


def _read[V](asked: Asked, column: str, value_of: Callable[[str, Decimal], V]) -> V | None:
    text = _present(asked.get(column))
    if text is None:
        return None
    number = read_number(text.strip(), ".", "")
    if number is None:
        raise _unusable(column, text, "not_a_number", "which is no number")
    return value_of(text, number)


def _amount(text: str, number: Decimal) -> Decimal:
    if number < 0:
        raise _unusable("price", text, "negative", "a price below 0")
    if number > MAX_AMOUNT:
        raise _unusable("price", text, "too_large", "too large to be true")
    return rounded(number, MONEY_PLACES)


def _units(text: str, number: Decimal) -> int:
    if number != int(number) or number <= 0:
        raise _unusable("quantity", text, "not_whole_units", "which is no whole number of at least 1")
    if number > MAX_UNITS:
        raise _unusable("quantity", text, "too_large", "too large to be true")
    return int(number)


def _share(text: str, number: Decimal) -> Decimal:
    if not 0 <= number <= 1:
        raise _unusable("discount", text, "no_share", "which is no share from 0 to 1")
    return rounded(number, SHARE_PLACES)


def _unusable(column: str, text: str, suffix: str, claim: str) -> _UnusableCellError:
    return _UnusableCellError(f"{column}_{suffix}", f"The column '{column}' holds '{text}', {claim}.")
