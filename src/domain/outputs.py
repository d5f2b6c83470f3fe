"""The contracts of what leaves the pipeline: versioned, so that a reader outside can rely on the columns.

A change that would break a reader (a column gone, renamed, retyped or of another meaning) raises the
version; a further column at the end does not. `docs/outputs.md` says what the numbers are good for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.actions.outputs import ACTIONS, REASONS
from domain.recommendation.substitutes import SUBSTITUTES
from domain.schema import Column, Schema
from domain.schema import ColumnType as T
from domain.tables import QUARANTINE


@dataclass(frozen=True)
class OutputContract:
    """A published table: its name, the version of its columns, and what one row is.

    Args:
        name: the output's name, as in `published/<name>/`.
        version: of the columns; raised when a reader would break.
        grain: a sentence that says what one row is.
        schema: the columns in order, each with its meaning.
    """

    name: str
    version: str
    grain: str
    schema: Schema


SCORES = Schema(
    (
        Column("line_id", T.TEXT, meaning="the order line; unique"),
        Column("order_id", T.TEXT, meaning="the order that the line is part of"),
        Column("customer_id", T.TEXT, nullable=True, meaning="the buyer; null for a guest"),
        Column("item_id", T.TEXT, meaning="the stock-keeping unit (SKU)"),
        Column("category", T.TEXT, nullable=True, meaning="the item's category; null where the source has none"),
        Column("ordered_at", T.MOMENT, meaning="when the order was placed, UTC"),
        Column("quantity", T.INTEGER, meaning="units sold"),
        Column("open_quantity", T.INTEGER, meaning="units that are neither returned nor cancelled, as known at as_of"),
        Column("net_value", T.MONEY, meaning="value of all units after discount, less tax included in prices"),
        Column("p", T.NUMBER, meaning="chance at purchase that the line comes back within the window, 0 to 1"),
        Column("p_open", T.NUMBER, meaning="chance that it still comes, given its age; 0 where nothing is open"),
        Column("returned", T.FLAG, meaning="whether a return within the window is known at as_of"),
        Column(
            "expected_return_cost",
            T.NUMBER,
            meaning="p times the cost of the units expected back if something comes, in the source's currency",
        ),
        Column("action", T.TEXT, meaning="advise where acting pays under the cost policy, else none"),
        Column("reasons", T.TEXT, nullable=True, meaning="why, in plain words, for lines acted on; null for others"),
        Column("model", T.TEXT, meaning="content digest of the model that scored"),
        Column("feature_set", T.TEXT, meaning="digest of the feature set that the model reads"),
    )
)

ORDERS = Schema(
    (
        Column("order_id", T.TEXT, meaning="the order; unique"),
        Column("customer_id", T.TEXT, nullable=True, meaning="the buyer; null for a guest"),
        Column("ordered_at", T.MOMENT, meaning="when the order was placed (its first scored line), UTC"),
        Column("lines", T.INTEGER, meaning="scored lines of the order"),
        Column("open_lines", T.INTEGER, meaning="lines with units neither returned nor cancelled, as known at as_of"),
        Column("p_any", T.NUMBER, meaning="chance at purchase that anything of the order comes back, 0 to 1"),
        Column("p_any_open", T.NUMBER, meaning="chance that anything (more) still comes; 0 where nothing is open"),
        Column(
            "expected_parcels",
            T.NUMBER,
            meaning="parcels still to be sent; none where a customer is refunded and keeps all",
        ),
        Column(
            "expected_units", T.NUMBER, meaning="returned units still to come, those that customers keep among them"
        ),
        Column("expected_refund_value", T.NUMBER, meaning="net value of the units still to come, source's currency"),
        Column(
            "expected_return_cost",
            T.NUMBER,
            meaning="fixed cost by the parcel plus the share of value, still to come, source's currency",
        ),
    )
)

_DAY = (
    Column("day", T.DAY, meaning="the day of arrival, UTC"),
    Column("days_ahead", T.INTEGER, meaning="days from as_of to the day, 0 to 27"),
)
_UNITS = (
    Column("expected_units", T.NUMBER, meaning="mean returned units of lines ordered before as_of that are still open"),
    Column("units_p10", T.INTEGER, meaning="10 % quantile of those units"),
    Column("units_p50", T.INTEGER, meaning="median of those units"),
    Column("units_p90", T.INTEGER, meaning="90 % quantile of those units"),
    Column(
        "expected_sellable_units",
        T.NUMBER,
        nullable=True,
        meaning="part of expected_units that will be restocked; null where no disposition is known",
    ),
)
_ARRIVALS = (
    Column(
        "expected_units_future_orders",
        T.NUMBER,
        meaning="mean returned units of orders placed from as_of on, at the recent rate of sales",
    ),
    Column("expected_arrivals", T.NUMBER, meaning="expected_units + expected_units_future_orders"),
    Column("arrivals_p10", T.INTEGER, meaning="10 % quantile of all arrivals of the day"),
    Column("arrivals_p50", T.INTEGER, meaning="median of all arrivals of the day"),
    Column("arrivals_p90", T.INTEGER, meaning="90 % quantile of all arrivals of the day"),
)
_ITEM_CATEGORY = Column("category", T.TEXT, nullable=True, meaning="category of the item's latest known line")

STOCK_ITEM = Schema((Column("item_id", T.TEXT, meaning="the stock-keeping unit (SKU)"), _ITEM_CATEGORY, *_DAY, *_UNITS))
STOCK_CATEGORY = Schema((_ITEM_CATEGORY, *_DAY, *_UNITS, *_ARRIVALS))
STOCK_TOTAL = Schema((*_DAY, *_UNITS, *_ARRIVALS))
STOCK_WEEK = Schema(
    (
        Column("level", T.TEXT, meaning="item, category or shop: what the row adds up"),
        Column("item_id", T.TEXT, nullable=True, meaning="the stock-keeping unit (SKU); null above the item"),
        Column(
            "category", T.TEXT, nullable=True, meaning="category of the item's latest known line; null for the shop"
        ),
        Column("first_day", T.DAY, meaning="first day of arrival that counts, UTC"),
        Column("last_day", T.DAY, meaning="last day of arrival that counts, UTC"),
        Column("days", T.INTEGER, meaning="7 for a week, 28 for all four"),
        *_UNITS[:4],
        Column("expected_arrivals", T.NUMBER, nullable=True, meaning="with orders still to come; null for an item"),
        Column("arrivals_p10", T.INTEGER, nullable=True, meaning="10 % quantile of all arrivals; null for an item"),
        Column("arrivals_p50", T.INTEGER, nullable=True, meaning="median of all arrivals; null for an item"),
        Column("arrivals_p90", T.INTEGER, nullable=True, meaning="90 % quantile of all arrivals; null for an item"),
    )
)

ITEMS = Schema(
    (
        Column("item_id", T.TEXT, meaning="the stock-keeping unit (SKU); unique"),
        Column("item_group", T.TEXT, nullable=True, meaning="the style, as on the item's latest line"),
        Column("category", T.TEXT, nullable=True, meaning="the category, as on the item's latest line"),
        Column("lines", T.INTEGER, meaning="product lines sold and not cancelled, as known at as_of"),
        Column("returned_lines", T.INTEGER, meaning="of those, lines with a return within the window known at as_of"),
        Column("support", T.NUMBER, meaning="mature lines behind the item's own rate; 0 leaves it to its group"),
        Column("return_probability", T.NUMBER, meaning="smoothed share of mature lines that came back, 0 to 1"),
        Column("mean_net_price", T.NUMBER, meaning="net value a unit over all its lines, source's currency"),
        Column("expected_cost_of_sale", T.NUMBER, meaning="chance of a unit times the cost of its return"),
        Column("margin_net_of_returns", T.NUMBER, meaning="(1 - p) * margin - p * cost of a return, a unit"),
        Column("penalty", T.NUMBER, meaning="p * cost of a return / margin, clipped to 0..1; a ranker subtracts it"),
        Column("last_sold_on", T.DAY, meaning="day of the item's latest known line, UTC"),
        Column("units", T.INTEGER, meaning="units of these lines"),
    )
)

MONITORING = Schema(
    (
        Column("as_of", T.DAY, meaning="the day of the run"),
        Column("measure", T.TEXT, meaning="what was measured, as family.subject; unique"),
        Column("value", T.NUMBER, nullable=True, meaning="the figure of this run; null where it cannot be had"),
        Column("reference", T.NUMBER, nullable=True, meaning="what it is held against; null where nothing is"),
        Column(
            "threshold",
            T.NUMBER,
            nullable=True,
            meaning="the bound of the value, or for lag and realised rates of its distance from the reference: "
            "see crossed; null where there is none",
        ),
        Column("crossed", T.FLAG, meaning="whether the bound was crossed"),
        Column("detail", T.TEXT, meaning="a sentence that explains the figure"),
        Column("alert", T.FLAG, meaning="whether a person should look: crossed, and no shift of a feature or the lag"),
    )
)

CONTRACTS: Mapping[str, OutputContract] = {
    contract.name: contract
    for contract in (
        OutputContract("scores", "1", "One row a product line ordered in the label window before as_of.", SCORES),
        OutputContract("orders", "1", "One row an order with a scored line.", ORDERS),
        OutputContract("actions", "1", "One row a line that is eligible for an action today.", ACTIONS),
        OutputContract("reasons", "1", "One row a part of the chance of a line with a planned action.", REASONS),
        OutputContract("stock_item", "1", "One row an item with open units and a day ahead.", STOCK_ITEM),
        OutputContract("stock_category", "1", "One row a category and a day ahead.", STOCK_CATEGORY),
        OutputContract("stock_total", "1", "One row a day ahead, for the whole shop.", STOCK_TOTAL),
        OutputContract("stock_week", "1", "One row an item, category or shop and a week or all four.", STOCK_WEEK),
        OutputContract("items", "1", "One row an item sold before as_of.", ITEMS),
        OutputContract(
            "substitutes",
            "2",
            "One row an item and another of its group that costs less in returns and earns no less.",
            SUBSTITUTES,
        ),
        OutputContract("monitoring", "2", "One row a measure of the run.", MONITORING),
        OutputContract("quarantine", "1", "One row a source row that was set aside.", QUARANTINE),
    )
}
