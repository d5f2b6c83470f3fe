"""What can be known of a customer's hidden type before the day of an order: Bayes' rule over the earlier orders.

An earlier order is seen before day `d` at the age `a = d - 1 - day - feed delay`. With `p` of (line, type, shock), the
shocks' shares `q`, the lag law `F`, the share `c` of cancelled orders and their law `G`, it speaks for type `k` with

    something seen returned:   sum_j q_j prod_returned p prod_kept (1 - p)        (one parcel, so the rest was kept)
    seen cancelled:            1
    nothing seen:              c (1 - G(a)) + (1 - c) (1 - F(a) (1 - sum_j q_j prod (1 - p)))

since who cancels, and when things come back, is the same for all types.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.synthetic.lags import law_month, shares_by_age
from adapters.synthetic.randomness import Flags, Integers
from domain.synthetic.shop import ShopLaw


@dataclass(frozen=True)
class Histories:
    """Orders sorted by customer and day, and their lines in the same order.

    Args:
        customer: of each order.
        day: of each order.
        first_line: of each order.
        cancelled, cancel_age, return_age: of each order.
        returned: of each line.
        p: chances (line, type, shock).
    """

    customer: Integers
    day: Integers
    first_line: Integers
    cancelled: Flags
    cancel_age: Integers
    return_age: Integers
    returned: Flags
    p: NDArray[np.float64]


def beliefs(law: ShopLaw, seen: Histories) -> NDArray[np.float64]:
    """The chance of each type (order, type), given what was available before the order's day."""
    evidence = _Evidence.of(law, seen)
    number = len(seen.day)
    place = np.arange(number)
    first = np.searchsorted(seen.customer, seen.customer)
    weight = np.tile(np.log(np.maximum(law.type_shares, 1e-300)), (number, 1))
    settled = np.vstack([np.zeros((1, weight.shape[1])), np.cumsum(evidence.settled, axis=0)])
    waiting = place
    back = 1
    while True:
        waiting = waiting[waiting - back >= first[waiting]]
        if not len(waiting):
            break
        age = seen.day[waiting] - 1 - seen.day[waiting - back] - law.feed_delay_days
        is_over = age >= law.window_days
        over = waiting[is_over]
        # Whatever came before a settled order is settled too: one difference of sums for all of it.
        weight[over] += settled[over - back + 1] - settled[first[over]]
        waiting, age = waiting[~is_over], age[~is_over]
        weight[waiting] += evidence.at(waiting - back, age)
        back += 1
    chance = np.exp(weight - weight.max(axis=1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class _Evidence:
    """The logarithms of what each order says of the types, once it is settled and before."""

    law: ShopLaw
    seen: Histories
    any_returned: Flags
    log_outcome: NDArray[np.float64]
    kept_whole: NDArray[np.float64]

    @classmethod
    def of(cls, law: ShopLaw, seen: Histories) -> "_Evidence":
        share = np.array([q for q, _ in law.shocks])
        outcome = np.where(seen.returned[:, None, None], seen.p, 1 - seen.p)
        whole = np.multiply.reduceat(outcome, seen.first_line, axis=0) @ share
        kept = np.multiply.reduceat(1 - seen.p, seen.first_line, axis=0) @ share
        any_returned = np.logical_or.reduceat(seen.returned, seen.first_line)
        return cls(law, seen, any_returned, np.log(np.maximum(whole, 1e-300)), kept)

    @property
    def settled(self) -> NDArray[np.float64]:
        return np.where(self.seen.cancelled[:, None], 0.0, self.log_outcome)

    def at(self, orders: Integers, age: Integers) -> NDArray[np.float64]:
        """What these orders say at these ages, all below the window."""
        law, seen = self.law, self.seen
        cancel_seen = seen.cancelled[orders] & (age >= seen.cancel_age[orders]) & (age >= 0)
        return_seen = self.any_returned[orders] & (age >= seen.return_age[orders]) & (age >= 0)
        share = shares_by_age(law)[law_month(seen.day[orders]), np.maximum(age, 0)] * (age >= 0)
        still_hidden = law.cancelled * (1 - _cancelled_by(law, age))
        nothing = still_hidden[:, None] + (1 - law.cancelled) * (1 - share[:, None] * (1 - self.kept_whole[orders]))
        silent = np.where(cancel_seen[:, None], 0.0, np.log(np.maximum(nothing, 1e-300)))
        return np.where(return_seen[:, None], self.log_outcome[orders], silent)


def _cancelled_by(law: ShopLaw, age: Integers) -> NDArray[np.float64]:
    """Share of cancellations seen by an age."""
    if law.cancel_days == 0:
        return np.ones(len(age))
    return np.clip((age + 1) / law.cancel_days, 0.0, 1.0)
