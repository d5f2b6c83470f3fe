"""Features of the product's past: how often it, its style, its category and its price band came back."""

from domain.catalogue_terms import (
    CATEGORY,
    COLOUR,
    DAYS,
    ITEM,
    ITEM_RATE,
    PRICE_BAND,
    RELATIVE,
    SELLER,
    SHARE,
    STYLE,
    Of,
    back_off,
    days_since,
    less,
    lines_of,
    log,
    ratio,
)
from domain.features import Family
from domain.rules import Facts

_of = Of(Family.PRODUCT)

PRODUCT = (
    _of(
        "category_rate", "Return rate of the category so far, relative to the shop's.", RELATIVE, back_off((CATEGORY,))
    ),
    _of(
        "category_rate_30_days",
        "Return rate of the category over the last 30 days, relative to the shop's of all history.",
        RELATIVE,
        back_off((CATEGORY,), days=30),
    ),
    _of(
        "category_rate_90_days",
        "Return rate of the category over the last 90 days, relative to the shop's of all history.",
        RELATIVE,
        back_off((CATEGORY,), days=90),
    ),
    _of(
        "style_rate",
        "Return rate of the style so far, smoothed towards its category's.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,)),
    ),
    _of(
        "style_rate_30_days",
        "Return rate of the style over the last 30 days, smoothed towards its category's.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), days=30),
    ),
    _of(
        "style_rate_90_days",
        "Return rate of the style over the last 90 days, smoothed towards its category's.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), days=90),
    ),
    _of("item_rate", "Return rate of this very item so far, smoothed towards its style's.", RELATIVE, ITEM_RATE),
    _of(
        "item_rate_90_days",
        "Return rate of this very item over the last 90 days, smoothed towards its style's.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), (ITEM,), days=90),
    ),
    _of(
        "style_colour_rate",
        "Return rate of the style in this colour so far, smoothed towards the style's.",
        RELATIVE,
        back_off((STYLE,), (STYLE, COLOUR)),
    ),
    _of("seller_rate", "Return rate of the seller so far, relative to the shop's.", RELATIVE, back_off((SELLER,))),
    _of(
        "price_band_rate",
        "Return rate of lines at about this price so far, relative to the shop's.",
        RELATIVE,
        back_off((PRICE_BAND,)),
    ),
    _of(
        "price_band_rate_90_days",
        "Return rate of lines at about this price over the last 90 days, relative to the shop's of all history.",
        RELATIVE,
        back_off((PRICE_BAND,), days=90),
    ),
    _of(
        "category_price_band_rate",
        "Return rate of the category's lines at about this price so far, smoothed towards the category's.",
        RELATIVE,
        back_off((CATEGORY,), (CATEGORY, PRICE_BAND)),
    ),
    _of(
        "style_share_of_sales_30_days",
        "The style's share of the shop's lines over the last 30 days.",
        SHARE,
        ratio(lines_of(STYLE, days=30), lines_of(days=30)),
    ),
    _of(
        "category_share_of_sales_30_days",
        "The category's share of the shop's lines over the last 30 days.",
        SHARE,
        ratio(lines_of(CATEGORY, days=30), lines_of(days=30)),
    ),
    _of(
        "item_lines_90_days",
        "Lines of this very item over the last 90 days.",
        "log of 1 + lines",
        log(lines_of(ITEM, days=90)),
    ),
    _of(
        "style_trend",
        "How the style sells: lines of the last 30 days against those of the last 90.",
        "difference of logs of 1 + lines",
        less(log(lines_of(STYLE, days=30)), log(lines_of(STYLE, days=90))),
    ),
    _of("item_days_since_sale", "Days since this very item was last sold.", DAYS, days_since(ITEM)),
    _of(
        "style_days_since_return",
        "Days since a line of the style last came back.",
        DAYS,
        days_since(STYLE, facts=Facts.RETURNS),
    ),
)
