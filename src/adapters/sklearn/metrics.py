"""Metrics of predicted chances as weighted sums, for many vectors of weights at once.

Every function takes predictions with their outcomes and gives a `Metric`: weights, a row a resample,
to a value a resample, NaN where it is not defined. Chances are kept 1e-9 away from 0 and 1.
"""

import numpy as np

from adapters.sklearn.bootstrap import Metric
from adapters.sklearn.columns import Numbers

BINS = 10
TOP_SHARE = 0.1
_SMALLEST = 1e-9
_NEWTON_STEPS = 12
_BOUND = 100.0  # a calibration line steeper than this has diverged


def weighted_mean(values: Numbers) -> Metric:
    """The mean of a value a row."""
    return lambda weights: np.asarray(weights @ values / weights.sum(axis=1))


def log_losses(p: Numbers, y: Numbers) -> Numbers:
    """The negative log-likelihood of each row, in nats."""
    bounded = _bounded(p)
    return np.asarray(-np.where(y == 1, np.log(bounded), np.log1p(-bounded)))


def squared_errors(p: Numbers, y: Numbers) -> Numbers:
    """The squared difference of chance and outcome of each row; its mean is the Brier score (Brier 1950)."""
    return np.asarray((p - y) ** 2)


def skill(losses: Numbers, reference: Numbers) -> Metric:
    """Share by which the mean loss lies below a reference's: 1 is perfect, 0 no better."""
    own, other = weighted_mean(losses), weighted_mean(reference)
    return lambda weights: 1 - own(weights) / other(weights)


def roc_auc(p: Numbers, y: Numbers) -> Metric:
    """Chance that a returned line ranks above a kept one, ties counting half (Mann and Whitney 1947)."""
    order, starts = _tied(p)
    returned = y[order]

    def metric(weights: Numbers) -> Numbers:
        ranked = weights[:, order]
        positives = np.add.reduceat(ranked * returned, starts, axis=1)
        negatives = np.add.reduceat(ranked * (1 - returned), starts, axis=1)
        below = np.cumsum(negatives, axis=1) - negatives / 2
        pairs = positives.sum(axis=1) * negatives.sum(axis=1)
        return np.asarray((positives * below).sum(axis=1) / pairs)

    return metric


def average_precision(p: Numbers, y: Numbers) -> Metric:
    """Area under the precision-recall curve as the mean precision over the recall gained at each threshold."""
    order, starts = _tied(-p)
    returned = y[order]

    def metric(weights: Numbers) -> Numbers:
        ranked = weights[:, order]
        positives = np.add.reduceat(ranked * returned, starts, axis=1)
        lines = np.cumsum(np.add.reduceat(ranked, starts, axis=1), axis=1)
        precision = np.divide(np.cumsum(positives, axis=1), lines, out=np.zeros_like(lines), where=lines > 0)
        return np.asarray((positives * precision).sum(axis=1) / positives.sum(axis=1))

    return metric


def top_decile_lift(p: Numbers, y: Numbers) -> Metric:
    """Return rate of the tenth of lines with the highest chance against that of all; ties share the last place."""
    order, starts = _tied(-p)
    returned = y[order]

    def metric(weights: Numbers) -> Numbers:
        ranked = weights[:, order]
        positives = np.cumsum(np.add.reduceat(ranked * returned, starts, axis=1), axis=1)
        lines = np.cumsum(np.add.reduceat(ranked, starts, axis=1), axis=1)
        top = [
            np.interp(TOP_SHARE * n[-1], np.append(0, n), np.append(0, k))
            for n, k in zip(lines, positives, strict=True)
        ]
        return np.asarray(top) / TOP_SHARE / positives[:, -1]

    return metric


def bins_of(p: Numbers) -> np.ndarray:
    """Ten bins of equal count by predicted chance; equal chances share a bin. A bin number a row, from 0."""
    edges = np.unique(np.quantile(p, np.arange(1, BINS) / BINS, method="lower"))
    return np.unique(np.searchsorted(edges, p, side="right"), return_inverse=True)[1]


def calibration_error(p: Numbers, y: Numbers) -> Metric:
    """Expected calibration error: mean distance of predicted and observed rate over ten bins of equal count."""
    bins = bins_of(p)
    order = np.argsort(bins, kind="stable")
    starts = np.flatnonzero(np.diff(bins[order], prepend=-1))
    gap = (y - p)[order]

    def metric(weights: Numbers) -> Numbers:
        gaps = np.add.reduceat(weights[:, order] * gap, starts, axis=1)
        return np.asarray(np.abs(gaps).sum(axis=1) / weights.sum(axis=1))

    return metric


def calibration_slope(p: Numbers, y: Numbers) -> Metric:
    """Slope of a logistic regression of the outcome on the logit of the chance; 1 is ideal (Cox 1958)."""
    logit = _logit(p)

    def metric(weights: Numbers) -> Numbers:
        intercept, slope = np.zeros(len(weights)), np.ones(len(weights))
        for _ in range(_NEWTON_STEPS):
            mu = _sigmoid(intercept[:, None] + slope[:, None] * logit)
            curvature = weights * mu * (1 - mu)
            gradient = weights * (y - mu)
            g0, g1 = gradient.sum(axis=1), gradient @ logit
            h0, h1, h2 = curvature.sum(axis=1), curvature @ logit, curvature @ logit**2
            determinant = h0 * h2 - h1**2
            step_intercept = (h2 * g0 - h1 * g1) / determinant
            step_slope = (h0 * g1 - h1 * g0) / determinant
            intercept, slope = intercept + step_intercept, slope + step_slope
            if np.nanmax(np.abs(step_slope), initial=0.0) < 1e-8:
                break
        return np.where(np.abs(slope) < _BOUND, slope, np.nan)

    return metric if np.ptp(logit) > 0 else _undefined


def calibration_intercept(p: Numbers, y: Numbers) -> Metric:
    """Shift of the logit that makes the mean chance the observed rate, at slope 1; 0 is ideal (Cox 1958)."""
    logit = _logit(p)

    def metric(weights: Numbers) -> Numbers:
        shift = np.zeros(len(weights))
        for _ in range(_NEWTON_STEPS):
            mu = _sigmoid(shift[:, None] + logit)
            step = (weights * (y - mu)).sum(axis=1) / (weights * mu * (1 - mu)).sum(axis=1)
            shift = shift + step
            if np.nanmax(np.abs(step), initial=0.0) < 1e-8:
                break
        return np.where(np.abs(shift) < _BOUND, shift, np.nan)

    return metric


def _undefined(weights: Numbers) -> Numbers:
    return np.full(len(weights), np.nan)


def _tied(scores: Numbers) -> tuple[np.ndarray, np.ndarray]:
    """Rows by rising score, and where each run of equal scores starts."""
    order = np.argsort(scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], prepend=-np.inf))


def _bounded(p: Numbers) -> Numbers:
    return np.clip(p, _SMALLEST, 1 - _SMALLEST)


def _logit(p: Numbers) -> Numbers:
    bounded = _bounded(p)
    return np.asarray(np.log(bounded) - np.log1p(-bounded))


def _sigmoid(logit: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -500, 500))))
