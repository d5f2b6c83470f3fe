"""Lines that were still out when another of their order had come back, and how much of their chance was left."""

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.example_rows import day_numbers, order_days
from adapters.sklearn.training.open_orders import open_chances
from domain.model.open_chance import LEFT_BEHIND

_NEVER = np.iinfo(np.int64).max
_PRIOR_RETURNS = 2.0  # expected returns at which what was seen weighs as much as what is declared
_HALVINGS = 40
_PLACES = 9


def left_at(rows: pa.Table, returned: Numbers) -> np.ndarray:
    """The age in days of every line when another of its order was known to be back before it; -1 where none was.

    An order is what was ordered under its number on one day: what is added later was not there to be left behind.

    Args:
        rows: lines with their orders.
        returned: 1.0 for those whose return was known at the fit.
    """
    dated = rows.column("return_known_on").is_valid().to_numpy() & (returned == 1)
    known_on = np.full(rows.num_rows, _NEVER)
    known_on[dated] = day_numbers(rows.filter(pa.array(dated)), "return_known_on")
    number = rows.column("order_id").combine_chunks().dictionary_encode().indices.to_numpy()
    ordered = order_days(rows)
    _, order = np.unique(number * (ordered.max(initial=0) + 1) + ordered, return_inverse=True)
    first = np.full(order.max(initial=-1) + 1, _NEVER)
    np.minimum.at(first, order, known_on)
    return np.where(known_on > first[order], first[order] - ordered, -1)


def share_left(followed: Numbers, weights: Numbers, chances: Numbers, shares_known: Numbers) -> float:
    """The share of their chances, 0 to 1, with which as many lines as did are expected to follow.

    Args:
        followed: of every line that was left behind, 1.0 where it came back later.
        weights: how many lines each stands for.
        chances: their chances at purchase.
        shares_known: share of returns that would have been known when they were left behind.
    """
    wanted = (weights * followed).sum() + _PRIOR_RETURNS
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        expected = (weights * open_chances(chances * middle, shares_known)).sum()
        low, high = (middle, high) if expected + _PRIOR_RETURNS * middle / LEFT_BEHIND < wanted else (low, middle)
    return round(high, _PLACES)
