"""Features of the customer's past: how much was bought, how much came back, and when."""

from domain.features.feature import Family
from domain.features.rules import Aggregate, Facts
from domain.features.terms import (
    CUSTOMER,
    DAYS,
    DISCOUNT,
    ITEM_RATE,
    LINES,
    LOG_MONEY,
    LOG_ODDS,
    LOG_PRICE,
    LOG_RATIO,
    NONE,
    OF_ONE_CUSTOMER,
    ONE,
    ORDER,
    RELATIVE,
    SHARE,
    SHOP_RATE,
    VALUE,
    YES_OR_NO,
    Of,
    back_off,
    days_since,
    exposure_of,
    less,
    lines_of,
    log,
    log_odds,
    op,
    past,
    ratio,
    returns_of,
)

_of = Of(Family.CUSTOMER)

_ORDERS = past(Aggregate.DISTINCT, CUSTOMER, of=ORDER)
_RETURNS = returns_of(CUSTOMER)
_EXPOSURE = exposure_of(CUSTOMER)
_EXPECTED = op("multiply", op("coalesce", SHOP_RATE, NONE), exposure_of(CUSTOMER, of=ITEM_RATE))
_AGAINST_EXPECTED = ratio(op("add", _RETURNS, ONE), op("add", _EXPECTED, ONE))
_VALUE_BOUGHT = past(Aggregate.SUM, CUSTOMER, of=VALUE)
_VALUE_BACK = past(Aggregate.SUM, CUSTOMER, of=VALUE, facts=Facts.RETURNS)
_ORDERS_BACK = past(Aggregate.DISTINCT, CUSTOMER, of=ORDER, facts=Facts.RETURNS)

CUSTOMER_RATES = (
    _of(
        "customer_rate",
        "Return rate of the customer so far, relative to the shop's.",
        RELATIVE,
        back_off((CUSTOMER,), prior_returns=OF_ONE_CUSTOMER),
    ),
    _of(
        "customer_rate_365_days",
        "Return rate of the customer over the last 365 days, smoothed towards that of all history.",
        RELATIVE,
        back_off((CUSTOMER,), (CUSTOMER,), days=365, prior_returns=OF_ONE_CUSTOMER),
    ),
    _of(
        "customer_rate_90_days",
        "Return rate of the customer over the last 90 days, smoothed towards that of all history.",
        RELATIVE,
        back_off((CUSTOMER,), (CUSTOMER,), days=90, prior_returns=OF_ONE_CUSTOMER),
    ),
    _of(
        "customer_returns_against_expected",
        "Returns of the customer so far, relative to what the items bought made one expect.",
        "times the expected returns",
        _AGAINST_EXPECTED,
    ),
    _of(
        "item_and_customer_log_odds",
        "Log-odds of the item's return rate less the shop's, and the log of the customer's returns by those expected.",
        LOG_ODDS,
        op("add", log_odds(ITEM_RATE), log(less(_AGAINST_EXPECTED, ONE))),
    ),
    _of(
        "customer_share_of_value_back",
        "Share of the value the customer bought so far that came back.",
        SHARE,
        ratio(_VALUE_BACK, _VALUE_BOUGHT),
    ),
    _of(
        "customer_share_of_orders_back",
        "Share of the customer's orders so far of which something came back.",
        SHARE,
        ratio(_ORDERS_BACK, _ORDERS),
    ),
    _of(
        "customer_price_of_returns",
        "Typical price of what the customer sent back against the typical price of what was bought.",
        LOG_RATIO,
        less(
            past(Aggregate.MEAN, CUSTOMER, of=LOG_PRICE, facts=Facts.RETURNS),
            past(Aggregate.MEAN, CUSTOMER, of=LOG_PRICE),
        ),
    ),
)

CUSTOMER_COUNTS = (
    _of(
        "customer_exposure",
        "Lines the customer bought so far, each by the share of returns that would be known by now.",
        LINES,
        _EXPOSURE,
    ),
    _of("customer_returns", "Lines the customer sent back so far.", LINES, _RETURNS),
    *(
        _of(
            f"customer_returns_{days}_days",
            f"Lines the customer sent back in the last {days} days.",
            LINES,
            returns_of(CUSTOMER, days=days),
        )
        for days in (30, 90, 365)
    ),
    *(
        _of(
            f"customer_lines_{days}_days",
            f"Lines the customer bought in the last {days} days.",
            LINES,
            lines_of(CUSTOMER, days=days),
        )
        for days in (30, 90, 365)
    ),
    _of(
        "customer_lines_open",
        "Lines the customer bought, each by the share of returns that is still to come at its age.",
        LINES,
        less(past(Aggregate.COUNT, CUSTOMER, facts=Facts.SALES), _EXPOSURE),
    ),
    _of("customer_orders", "Orders the customer placed so far.", "orders", _ORDERS),
    _of(
        "customer_lines_an_order",
        "Lines in an average order of the customer so far.",
        LINES,
        ratio(lines_of(CUSTOMER), _ORDERS),
    ),
    _of(
        "customer_value_90_days",
        "Net value of what the customer bought in the last 90 days.",
        LOG_MONEY,
        log(past(Aggregate.SUM, CUSTOMER, of=VALUE, days=90)),
    ),
    _of(
        "customer_mean_price",
        "Typical price of what the customer bought so far.",
        LOG_MONEY,
        past(Aggregate.MEAN, CUSTOMER, of=LOG_PRICE),
    ),
    _of(
        "customer_mean_discount",
        "Mean discount of what the customer bought so far.",
        SHARE,
        past(Aggregate.MEAN, CUSTOMER, of=DISCOUNT),
    ),
    _of(
        "customer_days_since_order",
        "Days since the customer's last order.",
        DAYS,
        days_since(CUSTOMER),
    ),
    _of(
        "customer_days_since_return",
        "Days since the customer's last return.",
        DAYS,
        days_since(CUSTOMER, facts=Facts.RETURNS),
    ),
    _of(
        "customer_is_new",
        "Whether the customer never ordered before; a guest counts as new.",
        YES_OR_NO,
        op("equal", lines_of(CUSTOMER), NONE),
    ),
)
