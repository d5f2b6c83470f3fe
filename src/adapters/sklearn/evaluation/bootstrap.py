"""Intervals by the bootstrap over customers: lines of one customer come and go together (Efron and Tibshirani 1993).

A guest has no past that would tie orders together, but the lines of an order come back together: so it stands as the
order. A resample is a vector of multiplicities, a number a row, so that a metric is computed for many resamples
at once as a weighted one, and two models are compared on the same resamples.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from adapters.sklearn.columns import Numbers
from domain.model.decision import Interval

Weights: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
Metric: TypeAlias = Callable[[Numbers], Numbers]  # weights, a row a resample, to a value a resample

RESAMPLES = 300
RESAMPLES_OF_MANY_ROWS = 100
MANY_ROWS = 100_000
_CELLS_AT_ONCE = 2_000_000


def customer_codes(customers: Sequence[str | None], orders: Sequence[str]) -> np.ndarray:
    """A code a row, equal for rows of one customer and for rows of one order of a guest (None)."""
    codes: dict[str | tuple[str, str], int] = {}  # a pair, since an order may be called as a customer is
    drawn = (("order", order) if who is None else who for who, order in zip(customers, orders, strict=True))
    return np.array([codes.setdefault(unit, len(codes)) for unit in drawn], int)


def customer_resamples(codes: np.ndarray, seed: int = 0) -> Weights:
    """Multiplicities of every row in every resample of the customers; a row a resample."""
    resamples = RESAMPLES if len(codes) <= MANY_ROWS else RESAMPLES_OF_MANY_ROWS
    customers = int(codes.max()) + 1 if len(codes) else 0
    draws = np.random.default_rng(seed)
    weights = np.empty((resamples, len(codes)), np.uint8)
    for resample in range(resamples if customers else 0):
        drawn = draws.integers(0, customers, customers)
        weights[resample] = np.bincount(drawn, minlength=customers)[codes]
    return weights


def point(metric: Metric, rows: int) -> float | None:
    """The metric on the rows as they are; None where it is not defined."""
    with np.errstate(all="ignore"):
        value = float(metric(np.ones((1, rows)))[0])
    return value if np.isfinite(value) else None


def interval(metric: Metric, weights: Weights) -> Interval | None:
    """The metric with its 95 % percentile interval; None where it is not defined on the rows as they are.

    Resamples on which it is not defined are left out; where none is left, nothing is known of the metric: None.
    The interval is widened to hold the value itself, which the calibration error, larger in resamples than in
    the rows they come from, can make necessary.
    """
    rows = weights.shape[1]
    value = point(metric, rows) if rows else None
    if value is None:
        return None
    step = max(1, _CELLS_AT_ONCE // rows)
    with np.errstate(all="ignore"):
        values = np.concatenate(
            [metric(weights[start : start + step].astype(np.float64)) for start in range(0, len(weights), step)]
        )
    defined = values[np.isfinite(values)]
    if not len(defined):
        return None
    low, high = np.quantile(defined, (0.025, 0.975))
    return Interval(value, min(float(low), value), max(float(high), value))
