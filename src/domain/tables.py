"""The canonical tables every source is mapped onto, and those that matching derives from them.

Optional columns are always present: a source that lacks one gives a column of nulls, and the fact `absent` of step
ingest says so. Attributes that a mapping declares are added as `attr_<name>`.
"""

from domain.schema import Column, Schema
from domain.schema import ColumnType as T

ATTRIBUTE_PREFIX = "attr_"

PRODUCT = "product"
LINE_KINDS = (PRODUCT, "service", "gift card", "replacement", "bundle parent")
KEEP = "keep"  # the customer is refunded and keeps the item
OUTCOMES = ("refund", "exchange", "credit", KEEP)
RESTOCKED, PENDING = "restocked", "to be processed"
DISPOSITIONS = (RESTOCKED, "not restocked", PENDING, "missing")

ORDER_LINES = Schema(
    (
        Column("line_id", T.TEXT, meaning="identifies the line; unique"),
        Column("order_id", T.TEXT, meaning="the order; lines of one order are its basket"),
        Column("customer_id", T.TEXT, nullable=True, meaning="the buyer; null for a guest"),
        Column("item_id", T.TEXT, meaning="the stock-keeping unit (SKU)"),
        Column("ordered_at", T.MOMENT, meaning="when the order was placed, UTC"),
        Column("quantity", T.INTEGER, meaning="units sold, above 0"),
        Column("unit_price", T.MONEY, meaning="price of a unit before discount, on the source's own tax basis"),
        Column("discount", T.SHARE, meaning="share of the price taken off, 0 to 1; 0 where the source has none"),
        Column("net_value", T.MONEY, meaning="unit_price * quantity * (1 - discount), less tax included in prices"),
        Column("available_at", T.MOMENT, meaning="when the shop knew the row, UTC"),
        Column("kind", T.TEXT, meaning="one of " + ", ".join(LINE_KINDS) + "; only products are scored"),
        Column("item_group", T.TEXT, nullable=True, meaning="the style: the item in any size and colour"),
        Column("category", T.TEXT, nullable=True),
        Column("size", T.TEXT, nullable=True),
        Column("colour", T.TEXT, nullable=True),
        Column("seller", T.TEXT, nullable=True),
        Column("unit_cost", T.MONEY, nullable=True),
        Column("dispatched_at", T.MOMENT, nullable=True, meaning="never a feature"),
        Column("delivered_at", T.MOMENT, nullable=True, meaning="never a feature"),
        Column("returnable_until", T.MOMENT, nullable=True, meaning="never a feature"),
        Column("cancelled_quantity", T.INTEGER, meaning="units refunded in the very row that sells them"),
    )
)

RETURN_EVENTS = Schema(
    (
        Column("event_id", T.TEXT, meaning="identifies the event: its row digest and occurrence; unique"),
        Column("line_id", T.TEXT, nullable=True, meaning="the line the event names, if it names one"),
        Column("order_id", T.TEXT, nullable=True, meaning="the sale's order the event names, if it names one"),
        Column("customer_id", T.TEXT, nullable=True),
        Column("item_id", T.TEXT, nullable=True, meaning="null only where line_id is given"),
        Column("returned_at", T.MOMENT, nullable=True, meaning="null in a source of flags without dates"),
        Column("quantity", T.INTEGER, meaning="units that came back, above 0"),
        Column("available_at", T.MOMENT, meaning="when the shop knew the event, UTC"),
        Column("refund_amount", T.MONEY, nullable=True),
        Column("reason", T.TEXT, nullable=True),
        Column("outcome", T.TEXT, nullable=True, meaning="one of " + ", ".join(OUTCOMES)),
        Column("disposition", T.TEXT, nullable=True, meaning="one of " + ", ".join(DISPOSITIONS)),
        Column("requested_at", T.MOMENT, nullable=True),
        Column("received_at", T.MOMENT, nullable=True),
    )
)

TAKEN_ACTIONS = Schema(
    (
        Column("action_id", T.TEXT, meaning="identifies the row: its digest and occurrence; unique"),
        Column("line_id", T.TEXT, meaning="the order line that something was done about"),
        Column("action", T.TEXT, meaning="what was done, in the shop's own word"),
        Column("taken_at", T.MOMENT, meaning="when it was done, UTC"),
        Column("available_at", T.MOMENT, meaning="when the shop's records showed it, UTC"),
    )
)

QUARANTINE = Schema(
    (
        Column("reason", T.TEXT, meaning="name of the quality rule that the row breaks"),
        Column("detail", T.TEXT, meaning="a sentence that names the column and the value"),
        Column(
            "table", T.TEXT, meaning="order_lines, return_events or taken_actions, which the row would have entered"
        ),
        Column(
            "known_at", T.MOMENT, nullable=True, meaning="when the row would have been known, where that can be read"
        ),
        Column("row", T.TEXT, meaning="the source row as JSON text"),
    )
)

LINE_RETURNS = Schema(
    (
        Column("line_id", T.TEXT, meaning="the line that the units came back to"),
        Column("event_id", T.TEXT, meaning="the event; empty for a cancellation in the selling row"),
        Column("fate", T.TEXT, meaning="matched or cancelled"),
        Column("quantity", T.INTEGER, meaning="units of this event that closed units of this line, above 0"),
        Column("ordered_at", T.MOMENT, meaning="of the line"),
        Column("returned_at", T.MOMENT, nullable=True),
        Column("available_at", T.MOMENT, meaning="when the shop knew it, UTC"),
        Column("disposition", T.TEXT, nullable=True),
        Column("outcome", T.TEXT, nullable=True, meaning="of the event"),
        Column("received_at", T.MOMENT, nullable=True, meaning="when the dock had it; for the stock alone"),
    )
)

ORPHANS = Schema(
    (
        Column("event_id", T.TEXT),
        Column("order_id", T.TEXT, nullable=True),
        Column("customer_id", T.TEXT, nullable=True),
        Column("item_id", T.TEXT, nullable=True),
        Column("returned_at", T.MOMENT, nullable=True),
        Column("available_at", T.MOMENT),
        Column("quantity", T.INTEGER, meaning="units of the event that no line took"),
    )
)
