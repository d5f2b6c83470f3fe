"""Features of this customer with this product: bought before, sent back before, and when."""

from domain.features.feature import Family
from domain.features.rules import Aggregate, Facts
from domain.features.terms import (
    CATEGORY,
    CUSTOMER,
    DAYS,
    ITEM,
    LINES,
    LOG_PRICE,
    LOG_RATIO,
    OF_ONE_CUSTOMER,
    RELATIVE,
    SHARE,
    STYLE,
    Of,
    back_off,
    days_since,
    less,
    lines_of,
    past,
    ratio,
    returns_of,
)

_of = Of(Family.AFFINITY)

AFFINITY = (
    _of("customer_item_lines", "Lines of this item that the customer bought so far.", LINES, lines_of(CUSTOMER, ITEM)),
    _of(
        "customer_item_returns",
        "Lines of this item that the customer sent back so far.",
        LINES,
        returns_of(CUSTOMER, ITEM),
    ),
    _of(
        "customer_item_days_since",
        "Days since the customer last bought this item.",
        DAYS,
        days_since(CUSTOMER, ITEM),
    ),
    _of(
        "customer_style_lines", "Lines of this style that the customer bought so far.", LINES, lines_of(CUSTOMER, STYLE)
    ),
    _of(
        "customer_style_lines_30_days",
        "Lines of this style that the customer bought in the last 30 days, as one who exchanges does.",
        LINES,
        lines_of(CUSTOMER, STYLE, days=30),
    ),
    _of(
        "customer_style_returns",
        "Lines of this style that the customer sent back so far.",
        LINES,
        returns_of(CUSTOMER, STYLE),
    ),
    _of(
        "customer_style_days_since",
        "Days since the customer last bought this style.",
        DAYS,
        days_since(CUSTOMER, STYLE),
    ),
    _of(
        "customer_style_rate",
        "Return rate of the customer with this style so far, smoothed towards the customer's in the category.",
        RELATIVE,
        back_off((CUSTOMER,), (CUSTOMER, CATEGORY), (CUSTOMER, STYLE), prior_returns=OF_ONE_CUSTOMER),
    ),
    _of(
        "customer_category_lines",
        "Lines of this category that the customer bought so far.",
        LINES,
        lines_of(CUSTOMER, CATEGORY),
    ),
    _of(
        "customer_category_returns",
        "Lines of this category that the customer sent back so far.",
        LINES,
        returns_of(CUSTOMER, CATEGORY),
    ),
    _of(
        "customer_category_rate",
        "Return rate of the customer in the category so far, smoothed towards the customer's.",
        RELATIVE,
        back_off((CUSTOMER,), (CUSTOMER, CATEGORY), prior_returns=OF_ONE_CUSTOMER),
    ),
    _of(
        "customer_category_share",
        "Share of the customer's lines so far that were in this category.",
        SHARE,
        ratio(lines_of(CUSTOMER, CATEGORY), lines_of(CUSTOMER)),
    ),
    _of(
        "customer_category_days_since",
        "Days since the customer last bought in this category.",
        DAYS,
        days_since(CUSTOMER, CATEGORY),
    ),
    _of(
        "customer_category_days_since_return",
        "Days since the customer last sent back something of this category.",
        DAYS,
        days_since(CUSTOMER, CATEGORY, facts=Facts.RETURNS),
    ),
    _of(
        "customer_category_price",
        "Price against the typical price that the customer paid in the category so far.",
        LOG_RATIO,
        less(LOG_PRICE, past(Aggregate.MEAN, CUSTOMER, CATEGORY, of=LOG_PRICE)),
    ),
)
