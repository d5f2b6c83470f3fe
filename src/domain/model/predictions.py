"""The table of test predictions: what every learner said about lines it had not seen, and what became of them."""

from domain.schema import Column, Schema
from domain.schema import ColumnType as T

TEST_PREDICTIONS = Schema(
    (
        Column("line_id", T.TEXT, meaning="the order line; unique"),
        Column("order_id", T.TEXT),
        Column("customer_id", T.TEXT, nullable=True, meaning="null for a guest"),
        Column("item_id", T.TEXT),
        Column("category", T.TEXT, nullable=True),
        Column("ordered_at", T.MOMENT),
        Column("quantity", T.INTEGER),
        Column("net_value", T.MONEY),
        Column("p", T.NUMBER, meaning="chance of a return by the recipe's own learner"),
        Column("p_mean", T.NUMBER),
        Column("p_hgb", T.NUMBER),
        Column("p_logistic", T.NUMBER),
        Column("p_baseline", T.NUMBER),
        Column("p_constant", T.NUMBER, meaning="rate of the training lines"),
        Column("y", T.INTEGER, meaning="1 where a return in the window is known at as_of, else 0"),
        Column("returned_quantity", T.INTEGER, meaning="units that came back in the window, as known at as_of"),
        Column("unit_share", T.NUMBER, meaning="share of its units expected back, given that something comes"),
    )
)
