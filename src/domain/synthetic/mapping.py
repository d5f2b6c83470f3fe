"""The files of a made-up shop: their columns, and the mapping that describes them as any shop's."""

from dataclasses import asdict

from domain.features.lag_steps import steps_of
from domain.schema import Column, Schema
from domain.schema import ColumnType as T
from domain.snapshot import digest_of
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import Attribute, OrderColumns, ReturnColumns, ReturnFlag, ReturnRows
from domain.synthetic.lags import middle_law
from domain.synthetic.shop import ShopLaw

ORDERS, RETURNS, TRUTH = "orders", "returns", "truth"

_LINE = (
    Column("line_no", T.TEXT, nullable=True, meaning="the line; null in a row that is a return"),
    Column("order_no", T.TEXT),
    Column("customer_no", T.TEXT, nullable=True, meaning="null for a guest"),
    Column("sku", T.TEXT, meaning="style and size"),
    Column("style", T.TEXT),
    Column("category", T.TEXT),
    Column("size", T.TEXT),
    Column("placed_at", T.MOMENT, meaning="of a return row: when it came back"),
    Column("units", T.INTEGER),
    Column("price", T.MONEY, meaning="of a unit before discount"),
    Column("discount", T.SHARE),
    Column("cost", T.MONEY, meaning="of a unit"),
    Column("device", T.TEXT),
    Column("cancelled_units", T.INTEGER),
)
_SHIPPED = (Column("shipped_at", T.MOMENT),)
_RETURNED_LINE = (Column("returned_line", T.TEXT, nullable=True, meaning="null in a row that is a sale"),)
_FLAG = (Column("returned", T.TEXT, meaning="yes or no"),)
ORDER_FILES = {
    "table": Schema((*_LINE, *_SHIPPED)),
    "rows": Schema((*_LINE, *_RETURNED_LINE)),
    "flag": Schema((*_LINE, *_FLAG)),
}
RETURN_FILE = Schema((Column("line_no", T.TEXT), Column("came_back_at", T.MOMENT), Column("units", T.INTEGER)))
TRUTH_FILE = Schema(
    (
        Column("line_id", T.TEXT, meaning="as in order_lines"),
        Column("p_prior", T.NUMBER, meaning="chance of a return, of a customer of whom nothing is known"),
        Column("p_known", T.NUMBER, meaning="the same, given what was available before the order's day"),
        Column("p_type", T.NUMBER, meaning="the same, given the customer's hidden type"),
        Column("p_full", T.NUMBER, meaning="the same, given the type and what befell the order"),
        Column("returned", T.INTEGER, meaning="1 where it came, or will come, else 0"),
        Column("cancelled", T.INTEGER, meaning="1 where the order was cancelled; no chance is meant then"),
    )
)


def shop_name(law: ShopLaw) -> str:
    """The shop's name: one a law, so that models of different laws never compete."""
    return f"synthetic-{law.preset}-{digest_of(asdict(law))[:8]}"


def mapping_of(law: ShopLaw) -> SourceMapping:
    """The mapping of the shop's files."""
    shape = law.shape
    columns = OrderColumns(
        line_id="line_no",
        order_id="order_no",
        customer_id="customer_no",
        item_id="sku",
        item_group="style",
        category="category",
        size="size",
        ordered_at="placed_at",
        quantity="units",
        unit_price="price",
        discount="discount",
        unit_cost="cost",
        cancelled_quantity="cancelled_units" if law.cancel_days == 0 else None,
        dispatched_at="shipped_at" if shape == "table" else None,
    )
    return SourceMapping(
        name=shop_name(law),
        shape=shape,
        orders=ORDERS,
        columns=columns,
        returns=RETURNS if shape == "table" else None,
        currency="EUR",
        window_days=law.window_days,
        feed_delay_days=0 if shape == "flag" else law.feed_delay_days,
        recording_lag_days=law.feed_delay_days,
        return_columns=_return_columns(law),
        return_rows=ReturnRows() if shape == "rows" else None,
        flag=ReturnFlag("returned") if shape == "flag" else None,
        attributes={"device": Attribute("device", "categorical")},
        lag_law=None if shape == "flag" else steps_of(middle_law(law)),
    )


def _return_columns(law: ShopLaw) -> ReturnColumns:
    if law.shape == "table":
        return ReturnColumns(line_id="line_no", returned_at="came_back_at", quantity="units")
    return ReturnColumns(line_id="returned_line") if law.shape == "rows" else ReturnColumns()
