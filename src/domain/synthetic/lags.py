"""When what a made-up shop sold comes back."""

import math
from itertools import accumulate

from domain.synthetic.shop import ShopLaw

SHAPE = 2.0  # of the gamma law


def middle_law(law: ShopLaw) -> list[float]:
    """Share of eventual returns that came by each age from 0 to the window, in the middle of the shop's history."""
    scale = law.lag_days * (1 + law.lag_drift / 2)
    weights = [
        age ** (SHAPE - 1) * math.exp(-age / scale * SHAPE) if age > law.cancel_days else 0.0
        for age in range(law.window_days + 1)
    ]
    came = list(accumulate(weights))
    return [share / came[-1] for share in came]
