"""What a difference of logs of 1 + price says of the two prices, which it alone does not tell.

Of 1.00 against 0.50 the difference is log(2 / 1.5): the price is twice the other, and not a third above it. A line that
has one of the two prices in another feature has both.
"""

import math
from collections.abc import Iterable, Mapping

from domain.features.expressions import Expression
from domain.features.feature import Feature
from domain.features.terms import LOG_MONEY, LOG_RATIO

_LEAST_PRICE = 0.005  # less is told as 0.00, of which nothing is a share
_ROUNDING = 1e-6  # of a percent, that 10 % be no 9


def logs_told(numbers: Iterable[tuple[Feature, float]]) -> Mapping[Expression, float]:
    """The logs of 1 + amount that a line's features tell, by the rule that has them.

    They are the features that are such logs, and of those that compare two the other side.

    Args:
        numbers: the line's features with their values.
    """
    pairs = tuple(numbers)
    told = {feature.rule: number for feature, number in pairs if feature.unit == LOG_MONEY}
    for feature, difference in pairs:
        if feature.unit == LOG_RATIO:
            price, other = feature.rule.operands
            if price in told:
                told.setdefault(other, told[price] - difference)
            elif other in told:
                told[price] = told[other] + difference
    return told


def compared(difference: float, rule: Expression, told: Mapping[Expression, float]) -> str:
    """Both prices and how far they lie apart, such as `1.00 against 0.50, +100%`.

    Where the line tells neither, the least by which they differ: for a above b, a / b is above (1 + a) / (1 + b).

    Args:
        difference: log of 1 + price less that of the other price.
        rule: the difference that was taken.
        told: see `logs_told`.
    """
    price, other = rule.operands
    if price in told:
        return _against(told[price], told[price] - difference)
    if other in told:
        return _against(told[other] + difference, told[other])
    return _at_least(difference)


def _against(log_price: float, log_other: float) -> str:
    price, other = (max(0.0, math.expm1(log)) for log in (log_price, log_other))
    apart = round(100 * (price / other - 1)) if other >= _LEAST_PRICE else 0
    return f"{price:,.2f} against {other:,.2f}" + (f", {apart:+,}%" if apart else "")


def _at_least(difference: float) -> str:
    if difference == 0:
        return "the same"
    apart = math.floor(100 * abs(math.expm1(difference)) + _ROUNDING)
    return (f"at least {apart:,}% " if apart else "") + ("higher" if difference > 0 else "lower")
