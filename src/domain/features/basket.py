"""Features of the basket: what else is in the order, and what those things' past says."""

from domain.features.expressions import Expression
from domain.features.feature import Family
from domain.features.rules import Aggregate, Basket, Share
from domain.features.terms import (
    CATEGORY,
    COLOUR,
    DISCOUNT,
    ITEM,
    ITEM_RATE,
    LINES,
    LOG_MONEY,
    LOG_PRICE,
    LOG_RATIO,
    ONE,
    QUANTITY,
    RELATIVE,
    SHARE,
    SIZE,
    STYLE,
    VALUE,
    Of,
    back_off,
    less,
    log,
    ratio,
)

_of = Of(Family.BASKET)


def _distinct(value: Expression) -> Basket:
    return Basket(Aggregate.DISTINCT, value)


def _others(*same: Expression, unlike: tuple[Expression, ...] = ()) -> Basket:
    return Basket(Aggregate.COUNT, same=same, different=unlike, own=False)


_OTHER_SIZE = _others(STYLE, unlike=(SIZE,))
_LOWEST, _HIGHEST = Basket(Aggregate.MIN, LOG_PRICE), Basket(Aggregate.MAX, LOG_PRICE)

BASKET_CONTENTS = (
    _of("basket_lines", "Lines of the order.", LINES, Basket(Aggregate.COUNT)),
    _of("basket_units", "Units of the order.", "units", Basket(Aggregate.SUM, QUANTITY)),
    _of("basket_items", "Different items in the order.", "items", _distinct(ITEM)),
    _of("basket_styles", "Different styles in the order.", "styles", _distinct(STYLE)),
    _of(
        "basket_styles_a_line",
        "Different styles for each line of the order; few say that one tries sizes.",
        "styles a line",
        ratio(_distinct(STYLE), Basket(Aggregate.COUNT)),
    ),
    _of("basket_style_share", "Share of the order's lines that have the style.", SHARE, Share(ONE, (STYLE,))),
    _of("basket_most_units", "Most units on one line of the order.", "units", Basket(Aggregate.MAX, QUANTITY)),
    _of("basket_categories", "Different categories in the order.", "categories", _distinct(CATEGORY)),
    _of("basket_sizes", "Different sizes in the order.", "sizes", _distinct(SIZE)),
    _of("basket_colours", "Different colours in the order.", "colours", _distinct(COLOUR)),
    _of("basket_same_style", "Other lines of the order with the same style.", LINES, _others(STYLE)),
    _of(
        "basket_same_style_other_size",
        "Other lines of the order with the same style in another size.",
        LINES,
        _OTHER_SIZE,
    ),
    _of(
        "basket_same_style_other_colour",
        "Other lines of the order with the same style in another colour.",
        LINES,
        _others(STYLE, unlike=(COLOUR,)),
    ),
    _of("basket_same_category", "Other lines of the order in the same category.", LINES, _others(CATEGORY)),
    _of(
        "basket_same_category_other_size",
        "Other lines of the order in the same category and another size.",
        LINES,
        _others(CATEGORY, unlike=(SIZE,)),
    ),
    _of("basket_same_size", "Other lines of the order in the same size.", LINES, _others(SIZE)),
    _of(
        "basket_duplicate_share",
        "Share of the order's other lines that hold the same item.",
        SHARE,
        Share(ONE, (ITEM,), own=False),
    ),
    _of(
        "basket_category_share",
        "Share of the order's lines that are in the category.",
        SHARE,
        Share(ONE, (CATEGORY,)),
    ),
    _of(
        "basket_tries_sizes",
        "Most lines of its own style in other sizes that any line of the order has beside it.",
        LINES,
        Basket(Aggregate.MAX, _OTHER_SIZE),
    ),
)

BASKET_VALUES = (
    _of("basket_mean_discount", "Mean discount on the lines of the order.", SHARE, Basket(Aggregate.MEAN, DISCOUNT)),
    _of("basket_value", "Net value of the order.", LOG_MONEY, log(Basket(Aggregate.SUM, VALUE))),
    _of(
        "basket_item_rate_mean",
        "Mean return rate of the items on the other lines of the order.",
        RELATIVE,
        Basket(Aggregate.MEAN, ITEM_RATE, own=False),
    ),
    _of(
        "basket_item_rate_max",
        "Highest return rate among the items on the other lines of the order.",
        RELATIVE,
        Basket(Aggregate.MAX, ITEM_RATE, own=False),
    ),
    _of(
        "basket_item_rate_above",
        "Return rate of the item less the mean of the order.",
        RELATIVE,
        less(ITEM_RATE, Basket(Aggregate.MEAN, ITEM_RATE)),
    ),
    _of(
        "basket_category_rate_mean",
        "Mean return rate of the categories of the other lines of the order.",
        RELATIVE,
        Basket(Aggregate.MEAN, back_off((CATEGORY,)), own=False),
    ),
    _of(
        "basket_value_share",
        "Share of the order's value that is this line's.",
        SHARE,
        ratio(VALUE, Basket(Aggregate.SUM, VALUE)),
    ),
    _of(
        "basket_mean_price",
        "Typical price of the other lines of the order.",
        LOG_MONEY,
        Basket(Aggregate.MEAN, LOG_PRICE, own=False),
    ),
    _of(
        "basket_price_above_lowest",
        "Price against the lowest of the order.",
        LOG_RATIO,
        less(LOG_PRICE, _LOWEST),
    ),
    _of(
        "basket_price_below_highest",
        "The highest price of the order against this one.",
        LOG_RATIO,
        less(_HIGHEST, LOG_PRICE),
    ),
    _of(
        "basket_price_spread", "The highest price of the order against the lowest.", LOG_RATIO, less(_HIGHEST, _LOWEST)
    ),
    _of(
        "basket_price_rank",
        "Where the price lies between the lowest of the order (0) and the highest (1).",
        SHARE,
        ratio(less(LOG_PRICE, _LOWEST), less(_HIGHEST, _LOWEST)),
    ),
)
