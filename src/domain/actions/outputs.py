"""The columns of what leaves the pipeline about actions: one table of decisions, one of the reasons for them."""

from domain.schema import Column, Schema
from domain.schema import ColumnType as T

ACTS, HELD_OUT, FULL, NO_GAIN = "acts", "held out", "capacity", "does not pay"  # of the column `outcome`

ACTIONS = Schema(
    (
        Column("line_id", T.TEXT, meaning="the order line; unique"),
        Column("order_id", T.TEXT, meaning="the order that the line is part of"),
        Column("customer_id", T.TEXT, nullable=True, meaning="the buyer; null for a guest"),
        Column("item_id", T.TEXT, meaning="the stock-keeping unit (SKU)"),
        Column("ordered_at", T.MOMENT, meaning="when the order was placed, UTC"),
        Column("open_quantity", T.INTEGER, meaning="units neither returned nor cancelled, as known at as_of"),
        Column("net_value", T.MONEY, meaning="value of all units after discount, less tax included in prices"),
        Column("p_open", T.NUMBER, meaning="chance that it still comes back, given its age, 0 to 1"),
        Column("action", T.TEXT, meaning="what to do about the line today, or none"),
        Column("planned", T.TEXT, meaning="the plan's action, whether or not the line was held out; or none"),
        Column("outcome", T.TEXT, meaning=f"{ACTS}, {HELD_OUT}, {FULL} (others gain more by the places) or {NO_GAIN}"),
        Column("propensity", T.NUMBER, meaning="chance that the line got this action under the draw, above 0 to 1"),
        Column("eligible", T.TEXT, meaning="the actions whose conditions the line meets, with commas between"),
        Column(
            "expected_saving", T.NUMBER, meaning="net value of the planned action in the source's currency; 0 of none"
        ),
        Column("saving_low", T.NUMBER, meaning="the same at the unfavourable end of what is believed of the action"),
        Column("saving_high", T.NUMBER, meaning="the same at the favourable end"),
        Column(
            "reasons", T.TEXT, nullable=True, meaning="why the chance is high, in plain words; null where not explained"
        ),
        Column("model", T.TEXT, meaning="content digest of the model that gave the chance"),
    )
)

REASONS = Schema(
    (
        Column("line_id", T.TEXT, meaning="the order line, one with a planned action"),
        Column(
            "rank", T.INTEGER, meaning="0 for the start, then from the strongest part to the weakest; last the others"
        ),
        Column(
            "feature", T.TEXT, meaning="the feature; (start) for the average line, (others) for all that is not named"
        ),
        Column(
            "value", T.NUMBER, nullable=True, meaning="the feature's value of the line; null where absent or a text"
        ),
        Column(
            "contribution", T.NUMBER, meaning="its part of the logit of p; the parts of a line add up to that logit"
        ),
        Column("words", T.TEXT, meaning="the part in plain words"),
    )
)
