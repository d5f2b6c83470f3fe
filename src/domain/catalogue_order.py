"""Features of the order itself: its basket, its prices, its hour."""

from domain.catalogue_terms import (
    CATEGORY,
    COLOUR,
    CUSTOMER,
    ITEM,
    ITEM_RATE,
    LOG_PRICE,
    ONE,
    QUANTITY,
    SIZE,
    STYLE,
    VALUE,
    less,
    log,
    op,
    past,
    ratio,
)
from domain.expressions import Column
from domain.features import Family, Feature
from domain.rules import Aggregate, Basket, Share

BASKET = (
    Feature("basket_lines", "Lines of the order.", Family.BASKET, "lines", Basket(Aggregate.COUNT)),
    Feature(
        "basket_value",
        "Net value of the order.",
        Family.BASKET,
        "log of 1 + currency",
        log(Basket(Aggregate.SUM, VALUE)),
    ),
    Feature(
        "basket_sizes",
        "Different sizes in the order.",
        Family.BASKET,
        "sizes",
        Basket(Aggregate.DISTINCT, SIZE),
    ),
    Feature(
        "basket_same_style",
        "Other lines of the order with the same style.",
        Family.BASKET,
        "lines",
        Basket(Aggregate.COUNT, same=(STYLE,), own=False),
    ),
    Feature(
        "basket_same_style_other_size",
        "Other lines of the order with the same style in another size.",
        Family.BASKET,
        "lines",
        Basket(Aggregate.COUNT, same=(STYLE,), different=(SIZE,), own=False),
    ),
    Feature(
        "basket_same_style_other_colour",
        "Other lines of the order with the same style in another colour.",
        Family.BASKET,
        "lines",
        Basket(Aggregate.COUNT, same=(STYLE,), different=(COLOUR,), own=False),
    ),
    Feature(
        "basket_same_category",
        "Other lines of the order in the same category.",
        Family.BASKET,
        "lines",
        Basket(Aggregate.COUNT, same=(CATEGORY,), own=False),
    ),
    Feature(
        "basket_duplicate_share",
        "Share of the order's other lines that hold the same item.",
        Family.BASKET,
        "share",
        Share(ONE, (ITEM,), own=False),
    ),
    Feature(
        "basket_item_rate_mean",
        "Mean return rate of the items on the other lines of the order.",
        Family.BASKET,
        "times the shop's rate",
        Basket(Aggregate.MEAN, ITEM_RATE, own=False),
    ),
    Feature(
        "basket_item_rate_max",
        "Highest return rate among the items on the other lines of the order.",
        Family.BASKET,
        "times the shop's rate",
        Basket(Aggregate.MAX, ITEM_RATE, own=False),
    ),
    Feature(
        "basket_value_share",
        "Share of the order's value that is this line's.",
        Family.BASKET,
        "share",
        ratio(VALUE, Basket(Aggregate.SUM, VALUE)),
    ),
    Feature(
        "basket_price_above_lowest",
        "Price against the lowest of the order.",
        Family.BASKET,
        "difference of logs",
        less(LOG_PRICE, Basket(Aggregate.MIN, LOG_PRICE)),
    ),
)

PRICES = (
    Feature("price", "Net price of a unit.", Family.PRICE, "log of 1 + currency", LOG_PRICE),
    Feature("quantity_ordered", "Units of the line.", Family.PRICE, "units", QUANTITY),
    Feature("discount_share", "Share of the price taken off.", Family.PRICE, "share", Column("discount")),
    Feature(
        "price_against_item",
        "Price against the item's mean price so far.",
        Family.PRICE,
        "difference of logs",
        less(LOG_PRICE, past(Aggregate.MEAN, ITEM, of=LOG_PRICE)),
    ),
    Feature(
        "price_against_item_highest",
        "Price against the item's highest price so far.",
        Family.PRICE,
        "difference of logs",
        less(LOG_PRICE, past(Aggregate.MAX, ITEM, of=LOG_PRICE)),
    ),
    Feature(
        "price_against_category",
        "Price against the category's mean price so far.",
        Family.PRICE,
        "difference of logs",
        less(LOG_PRICE, past(Aggregate.MEAN, CATEGORY, of=LOG_PRICE)),
    ),
    Feature(
        "price_against_customer",
        "Price against the mean price the customer has paid so far.",
        Family.PRICE,
        "difference of logs",
        less(LOG_PRICE, past(Aggregate.MEAN, CUSTOMER, of=LOG_PRICE)),
    ),
    Feature(
        "price_against_customer_last",
        "Price against the highest that the customer paid on the last day of buying.",
        Family.PRICE,
        "difference of logs",
        less(LOG_PRICE, past(Aggregate.LAST, CUSTOMER, of=LOG_PRICE)),
    ),
)

CALENDAR = (
    Feature(
        "day_of_week",
        "Day of the week of the order, Monday being 0, in UTC.",
        Family.CALENDAR,
        "days",
        op("day_of_week", Column("ordered_at")),
    ),
)
