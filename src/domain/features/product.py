"""Features of the product's past: how often it, its style, its category and its price band came back."""

from domain.features.feature import Family
from domain.features.terms import (
    CATEGORY,
    COLOUR,
    ITEM,
    ITEM_RATE,
    LOG_ODDS,
    PRICE_BAND,
    RELATIVE,
    SELLER,
    STYLE,
    Of,
    back_off,
    log_odds,
)

_of = Of(Family.PRODUCT)

PRODUCT = (
    _of(
        "category_rate", "Return rate of the category so far, relative to the shop's.", RELATIVE, back_off((CATEGORY,))
    ),
    _of(
        "category_rate_30_days",
        "Return rate of the category over the last 30 days, smoothed towards that of all its history.",
        RELATIVE,
        back_off((CATEGORY,), (CATEGORY,), days=30),
    ),
    _of(
        "category_rate_90_days",
        "Return rate of the category over the last 90 days, smoothed towards that of all its history.",
        RELATIVE,
        back_off((CATEGORY,), (CATEGORY,), days=90),
    ),
    _of(
        "style_rate",
        "Return rate of the style so far, smoothed towards its category's.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,)),
    ),
    _of(
        "style_rate_30_days",
        "Return rate of the style over the last 30 days, smoothed towards that of all its history.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), (STYLE,), days=30),
    ),
    _of(
        "style_rate_90_days",
        "Return rate of the style over the last 90 days, smoothed towards that of all its history.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), (STYLE,), days=90),
    ),
    _of("item_rate", "Return rate of this very item so far, smoothed towards its style's.", RELATIVE, ITEM_RATE),
    _of(
        "item_log_odds",
        "Return rate of this very item so far on the scale of log-odds, less the shop's.",
        LOG_ODDS,
        log_odds(ITEM_RATE),
    ),
    _of(
        "item_rate_90_days",
        "Return rate of this very item over the last 90 days, smoothed towards that of all its history.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), (ITEM,), (ITEM,), days=90),
    ),
    _of(
        "style_colour_rate",
        "Return rate of the style in this colour so far, smoothed towards the style's.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), (STYLE, COLOUR)),
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
        "Return rate of lines at about this price over the last 90 days, smoothed towards that of all their history.",
        RELATIVE,
        back_off((PRICE_BAND,), (PRICE_BAND,), days=90),
    ),
    _of(
        "category_price_band_rate",
        "Return rate of the category's lines at about this price so far, smoothed towards the category's.",
        RELATIVE,
        back_off((CATEGORY,), (CATEGORY, PRICE_BAND)),
    ),
)
