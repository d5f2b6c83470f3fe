"""When a return comes: the law of days from order to return, which drifts from month to month."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from adapters.synthetic.randomness import Integers, Numbers
from domain.synthetic.lags import SHAPE
from domain.synthetic.shop import ShopLaw

_MONTH_DAYS = 30


def law_month(day: Integers) -> Integers:
    """The row of `shares_by_age` that holds for orders of a day."""
    return day // _MONTH_DAYS


@cache
def shares_by_age(law: ShopLaw) -> NDArray[np.float64]:
    """Share of eventual returns that came by each age: an array (month, age from 0 to the window).

    A gamma law of shape 2 on whole days, cut off at the window, none before the order can have been sent. In the shape
    "flag" a return shows when the window is over, and at once.
    """
    age = np.arange(law.window_days + 1)
    months = np.arange(law.days // _MONTH_DAYS + 1)
    if law.shape == "flag":
        return np.repeat((age == law.window_days)[None, :].astype(float), len(months), axis=0)
    scale = law.lag_days * (1 + law.lag_drift * months * _MONTH_DAYS / law.days)
    weight = age ** (SHAPE - 1) * np.exp(-age / scale[:, None] * SHAPE) * (age > law.cancel_days)
    shares = np.cumsum(weight, axis=1)
    shares /= shares[:, -1:]
    shares[:, -1] = 1.0
    return np.asarray(shares)


def drawn_ages(law: ShopLaw, day: Integers, uniform: Numbers) -> Integers:
    """The age at which what an order returns comes back, by the law of its day."""
    shares = shares_by_age(law)[law_month(day)]
    return np.asarray((uniform[:, None] >= shares).sum(axis=1), np.int64)
