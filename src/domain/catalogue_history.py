"""Features of the product's and of the customer's past."""

from domain.catalogue_terms import (
    CATEGORY,
    COLOUR,
    CUSTOMER,
    ITEM_RATE,
    ONE,
    ORDER,
    PRICE_BAND,
    SIZE,
    STYLE,
    less,
    op,
    past,
    ratio,
)
from domain.expressions import Literal
from domain.features import Family, Feature
from domain.rules import Aggregate, BackOffRate, Facts

_RELATIVE = "times the shop's rate"
_PRIOR_LINES = Literal(5.0)

PRODUCT = (
    Feature(
        "category_rate",
        "Return rate of the category so far, relative to the shop's.",
        Family.PRODUCT,
        _RELATIVE,
        BackOffRate(((CATEGORY,),)),
    ),
    Feature(
        "style_rate",
        "Return rate of the style so far, smoothed towards its category's.",
        Family.PRODUCT,
        _RELATIVE,
        BackOffRate(((CATEGORY,), (STYLE,))),
    ),
    Feature(
        "item_rate",
        "Return rate of this very item so far, smoothed towards its style's.",
        Family.PRODUCT,
        _RELATIVE,
        ITEM_RATE,
    ),
    Feature(
        "style_size_rate",
        "Return rate of the style in this size so far, smoothed towards the style's.",
        Family.PRODUCT,
        _RELATIVE,
        BackOffRate(((STYLE,), (STYLE, SIZE))),
    ),
    Feature(
        "style_colour_rate",
        "Return rate of the style in this colour so far, smoothed towards the style's.",
        Family.PRODUCT,
        _RELATIVE,
        BackOffRate(((STYLE,), (STYLE, COLOUR))),
    ),
    Feature(
        "style_rate_90_days",
        "Return rate of the style over the last 90 days, smoothed towards its category's.",
        Family.PRODUCT,
        _RELATIVE,
        BackOffRate(((CATEGORY,), (STYLE,)), window_days=90),
    ),
    Feature(
        "price_band_rate",
        "Return rate of lines at about this price so far, relative to the shop's.",
        Family.PRODUCT,
        _RELATIVE,
        BackOffRate(((PRICE_BAND,),)),
    ),
    Feature(
        "is_usual_size",
        "Whether this is the size in which the style was ordered most so far.",
        Family.PRODUCT,
        "1 or 0",
        op("equal", SIZE, past(Aggregate.MODE, STYLE, of=SIZE)),
    ),
)

_LINES = past(Aggregate.COUNT, CUSTOMER, facts=Facts.SALES)
_ORDERS = past(Aggregate.DISTINCT, CUSTOMER, of=ORDER)
_RETURNS = past(Aggregate.COUNT, CUSTOMER, facts=Facts.RETURNS)
_EXPOSURE = past(Aggregate.EXPOSURE, CUSTOMER, facts=Facts.SALES)
_SHOP_RATE = ratio(past(Aggregate.COUNT, facts=Facts.RETURNS), past(Aggregate.EXPOSURE, facts=Facts.SALES))
_EXPECTED = op("multiply", _SHOP_RATE, past(Aggregate.EXPOSURE, CUSTOMER, of=ITEM_RATE, facts=Facts.SALES))

CUSTOMER_PAST = (
    Feature(
        "customer_rate",
        "Return rate of the customer so far, relative to the shop's.",
        Family.CUSTOMER,
        _RELATIVE,
        BackOffRate(((CUSTOMER,),), smoothing=5.0),
    ),
    Feature(
        "customer_returns_against_expected",
        "Returns of the customer so far, relative to what the items bought made one expect.",
        Family.CUSTOMER,
        "times the expected returns",
        op("coalesce", ratio(op("add", _RETURNS, ONE), op("add", _EXPECTED, ONE)), ONE),
    ),
    Feature(
        "customer_exposure",
        "Lines the customer bought so far, each by the share of returns that would be known by now.",
        Family.CUSTOMER,
        "lines",
        _EXPOSURE,
    ),
    Feature(
        "customer_returns_90_days",
        "Lines the customer sent back in the last 90 days.",
        Family.CUSTOMER,
        "lines",
        past(Aggregate.COUNT, CUSTOMER, facts=Facts.RETURNS, days=90),
    ),
    Feature(
        "customer_lines_open",
        "Lines of the customer that may still come back.",
        Family.CUSTOMER,
        "lines",
        less(_LINES, _EXPOSURE),
    ),
    Feature("customer_orders", "Orders the customer placed so far.", Family.CUSTOMER, "orders", _ORDERS),
    Feature(
        "customer_lines_an_order",
        "Lines in an average order of the customer so far.",
        Family.CUSTOMER,
        "lines",
        ratio(past(Aggregate.COUNT, CUSTOMER), _ORDERS),
    ),
    Feature(
        "customer_days_since_order",
        "Days since the customer's last order.",
        Family.CUSTOMER,
        "days",
        past(Aggregate.DAYS_SINCE, CUSTOMER),
    ),
    Feature(
        "customer_days_since_return",
        "Days since the customer's last return.",
        Family.CUSTOMER,
        "days",
        past(Aggregate.DAYS_SINCE, CUSTOMER, facts=Facts.RETURNS),
    ),
    Feature(
        "customer_is_new",
        "Whether the customer never ordered before; a guest counts as new.",
        Family.CUSTOMER,
        "1 or 0",
        op("equal", past(Aggregate.COUNT, CUSTOMER), Literal(0.0)),
    ),
)
