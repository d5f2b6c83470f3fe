"""Mappings of the three shapes, the first with every column that can be declared."""

from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import (
    Attribute,
    CurrencyColumn,
    Discount,
    LineTotal,
    OrderColumns,
    ReturnColumns,
    ReturnFlag,
    ReturnRows,
    SignedColumn,
    TakenActions,
    TextFormat,
    Vocabulary,
)

EVERYTHING = SourceMapping(
    name="everything",
    shape="table",
    orders="orders",
    returns="returns.csv",
    currency=CurrencyColumn("currency"),
    excluded_outcomes=("keep",),
    format=TextFormat(dates=("iso", "d/M/yyyy", "M/d/yyyy")),
    columns=OrderColumns(
        line_id="line",
        order_id=("transaction", "buyer"),
        customer_id="buyer",
        item_id="sku",
        ordered_at="ordered",
        quantity="units",
        unit_price=LineTotal("total", "priced units"),
        discount=Discount(amount="reduction", of="list total", negative=True),
        item_group="style",
        category="category",
        unit_cost="cost",
        kind="kind",
        available_at="known",
        dispatched_at="dispatched",
        delivered_at="delivered",
        returnable_until="until",
        cancelled_quantity=SignedColumn("cancelled", negative=True),
    ),
    return_columns=ReturnColumns(
        line_id="line",
        order_id=("transaction", "buyer"),
        item_id="sku",
        returned_at="returned",
        quantity="units",
        available_at="known",
        refund_amount="refund",
        reason="why",
        outcome="outcome",
        disposition="disposition",
        requested_at="requested",
        received_at="received",
        ordered_at="ordered",
    ),
    kinds=Vocabulary({"service": ("post",)}),
    attributes={"score": Attribute("score", "numeric"), "device": Attribute("device", "categorical")},
    taken_actions=TakenActions("actions.csv", line_id="position", available_at="known"),
)

_PLAIN = OrderColumns(
    order_id="order", customer_id="buyer", item_id="sku", ordered_at="day", quantity="units", unit_price="price"
)
SIGNED_ROWS = SourceMapping("signed", "rows", "orders.csv", _PLAIN, return_rows=ReturnRows())
FLAGGED = SourceMapping("flagged", "flag", "orders.csv", _PLAIN, flag=ReturnFlag("came back"))
