"""Features of the price, and of the calendar: what is paid, against what is usual, and when."""

from domain.features.expressions import Expression, Literal
from domain.features.feature import Family
from domain.features.rules import Aggregate
from domain.features.terms import (
    CATEGORY,
    CUSTOMER,
    DAYS,
    DISCOUNT,
    ITEM,
    LOG_MONEY,
    LOG_PRICE,
    LOG_RATIO,
    NONE,
    ORDERED,
    PRICE,
    QUANTITY,
    SHARE,
    STYLE,
    UNIT_COST,
    VALUE,
    YES_OR_NO,
    Of,
    less,
    log,
    op,
    past,
    ratio,
)

_of = Of(Family.PRICE)
_when = Of(Family.CALENDAR)


def _against(value: Expression, aggregate: Aggregate, key: Expression) -> Expression:
    """A value less what it was on the key's past lines."""
    return less(value, past(aggregate, key, of=value))


PRICES = (
    _of("price", "Net price of a unit.", LOG_MONEY, LOG_PRICE),
    _of("quantity_ordered", "Units of the line.", "units", QUANTITY),
    _of("line_value", "Net value of the line.", LOG_MONEY, log(VALUE)),
    _of("discount_share", "Share of the price taken off.", SHARE, DISCOUNT),
    _of("is_discounted", "Whether anything is taken off the price.", YES_OR_NO, op("less", NONE, DISCOUNT)),
    _of("margin_share", "Share of the price above the unit's cost.", SHARE, ratio(less(PRICE, UNIT_COST), PRICE)),
    _of(
        "price_against_item",
        "Price against the item's typical price so far.",
        LOG_RATIO,
        _against(LOG_PRICE, Aggregate.MEAN, ITEM),
    ),
    _of(
        "price_against_item_highest",
        "Price against the item's highest price so far.",
        LOG_RATIO,
        _against(LOG_PRICE, Aggregate.MAX, ITEM),
    ),
    _of(
        "price_against_style",
        "Price against the style's typical price so far.",
        LOG_RATIO,
        _against(LOG_PRICE, Aggregate.MEAN, STYLE),
    ),
    _of(
        "price_against_category",
        "Price against the category's typical price so far.",
        LOG_RATIO,
        _against(LOG_PRICE, Aggregate.MEAN, CATEGORY),
    ),
    _of(
        "price_against_customer",
        "Price against the typical price the customer has paid so far.",
        LOG_RATIO,
        _against(LOG_PRICE, Aggregate.MEAN, CUSTOMER),
    ),
    _of(
        "price_against_customer_highest",
        "Price against the highest price the customer has paid so far.",
        LOG_RATIO,
        _against(LOG_PRICE, Aggregate.MAX, CUSTOMER),
    ),
    _of(
        "price_against_customer_last",
        "Price against the highest that the customer paid on the last day of buying.",
        LOG_RATIO,
        _against(LOG_PRICE, Aggregate.LAST, CUSTOMER),
    ),
    _of(
        "discount_against_item",
        "Discount less the item's mean discount so far.",
        SHARE,
        _against(DISCOUNT, Aggregate.MEAN, ITEM),
    ),
    _of(
        "discount_against_category",
        "Discount less the category's mean discount so far.",
        SHARE,
        _against(DISCOUNT, Aggregate.MEAN, CATEGORY),
    ),
)

_DAY = op("day_of_week", ORDERED)

CALENDAR = (
    _when("day_of_week", "Day of the week of the order, Monday being 0, in UTC.", DAYS, _DAY),
    _when(
        "is_weekend",
        "Whether the order was placed on a Saturday or Sunday, in UTC.",
        YES_OR_NO,
        op("less_equal", Literal(5.0), _DAY),
    ),
    _when("hour_of_day", "Hour of the order, in UTC.", "hours", op("hour", ORDERED)),
)
