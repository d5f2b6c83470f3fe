"""What becomes of the orders: cancelled, or returned in part on one day, or kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.synthetic.baskets import Lines, Orders
from adapters.synthetic.lags import drawn_ages
from adapters.synthetic.randomness import Draw, Flags, Integers, uniforms
from domain.synthetic.shop import ShopLaw

_WHOLE = 0.8  # share of returned lines that come back with all their units


@dataclass(frozen=True)
class Outcomes:
    """What happened.

    Args:
        shock: of each order: what befell it, from 0.
        cancelled: of each order.
        cancel_age: of each order: days until it would be cancelled.
        return_age: of each order: days until what it returns comes back.
        returned: of each line; nothing of a cancelled order.
        returned_units: of each line, 1 to all.
    """

    shock: Integers
    cancelled: Flags
    cancel_age: Integers
    return_age: Integers
    returned: Flags
    returned_units: Integers


def outcomes(law: ShopLaw, kind: Integers, orders: Orders, lines: Lines, p: NDArray[np.float64]) -> Outcomes:
    """Draw what happens to the orders.

    Args:
        law: the shop's law.
        kind: hidden type of each order's shopper.
        orders: the orders.
        lines: their lines.
        p: chances (line, type, shock).
    """
    shock = (uniforms(law.seed, Draw.SHOCK, orders.ids) < law.shock_share).astype(np.int64)
    cancelled = uniforms(law.seed, Draw.CANCELLED, orders.ids) < law.cancelled
    own = p[np.arange(len(lines.ids)), kind[lines.order], shock[lines.order]]
    came = uniforms(law.seed, Draw.RETURNED, lines.ids) < own
    in_part = 1 + np.asarray(uniforms(law.seed, Draw.RETURNED_UNITS, lines.ids) * lines.units, np.int64)
    whole = uniforms(law.seed, Draw.PARTIAL, lines.ids) < _WHOLE
    return Outcomes(
        shock=shock,
        cancelled=cancelled,
        cancel_age=np.asarray(uniforms(law.seed, Draw.CANCEL_DAY, orders.ids) * law.cancel_days, np.int64),
        return_age=drawn_ages(law, orders.day, uniforms(law.seed, Draw.LAG, orders.ids)),
        returned=came & ~cancelled[lines.order],
        returned_units=np.where(whole, lines.units, in_part),
    )
