"""Metrics of predicted chances as weighted sums, for many vectors of weights at once.

Every function takes predictions with their outcomes and gives a `Metric`: weights, a row a resample,
to a value a resample, NaN where it is not defined. Chances are kept 1e-9 away from 0 and 1.
"""

import numpy as np

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation.bootstrap import Metric

BINS = 10
TOP_SHARE = 0.1
_SMALLEST = 1e-9
_NEWTON_STEPS = 60
_SETTLED = 1e-8  # a step that moves no logit by more
# A Newton step that moves no logit by more than 1 lowers the loss, whatever the data: its curvature changes by a factor
# of e at most on the way (Bach 2010, self-concordance of the logistic loss). Whole steps diverge from .02 to .20.
_LARGEST_STEP = 1.0
_BOUND = 100.0  # a steeper calibration line is that of chances which hardly differ


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
    """Slope of a logistic regression of the outcome on the logit of the chance; 1 is ideal (Cox 1958).

    Not defined where a class is missing, where a chance parts the classes, so that no slope is steep enough, and where
    the chances hardly differ.
    """
    logit = _logit(p)
    level = logit.mean() if len(logit) else 0.0
    spread = logit - level  # centred, so that level and slope hardly depend on each other

    def metric(weights: Numbers) -> Numbers:
        both = _has_both_classes(weights, y)
        intercept, slope = np.full(len(weights), level), np.ones(len(weights))
        moved = np.full(len(weights), np.inf)
        for _ in range(_NEWTON_STEPS):
            mu = _sigmoid(intercept[:, None] + slope[:, None] * spread)
            curvature = weights * mu * (1 - mu)
            gradient = weights * (y - mu)
            g0, g1 = gradient.sum(axis=1), gradient @ spread
            h0, h1, h2 = curvature.sum(axis=1), curvature @ spread, curvature @ spread**2
            determinant = h0 * h2 - h1**2
            steps = (h2 * g0 - h1 * g1) / determinant, (h0 * g1 - h1 * g0) / determinant
            moved = np.maximum(*(np.abs(steps[0] + steps[1] * end) for end in (spread.min(), spread.max())))
            damped = 1 / np.maximum(1, moved / _LARGEST_STEP)
            intercept, slope = intercept + damped * steps[0], slope + damped * steps[1]
            if not (both & (moved > _SETTLED)).any():
                break
        return np.where(both & (moved <= _SETTLED) & (np.abs(slope) < _BOUND), slope, np.nan)

    return metric if len(logit) and np.ptp(logit) > 0 else _undefined


def calibration_intercept(p: Numbers, y: Numbers) -> Metric:
    """Shift of the logit that makes the mean chance the observed rate, at slope 1; 0 is ideal (Cox 1958).

    Not defined where a class is missing: no shift is far enough.
    """
    logit = _logit(p)

    def metric(weights: Numbers) -> Numbers:
        both = _has_both_classes(weights, y)
        shift, step = np.zeros(len(weights)), np.full(len(weights), np.inf)
        for _ in range(_NEWTON_STEPS):
            mu = _sigmoid(shift[:, None] + logit)
            step = (weights * (y - mu)).sum(axis=1) / (weights * mu * (1 - mu)).sum(axis=1)
            shift = shift + np.clip(step, -_LARGEST_STEP, _LARGEST_STEP)
            if not (both & (np.abs(step) > _SETTLED)).any():
                break
        return np.where(both & (np.abs(step) <= _SETTLED), shift, np.nan)

    return metric


def _has_both_classes(weights: Numbers, y: Numbers) -> np.ndarray:
    """Whether each resample holds a returned and a kept line."""
    return np.asarray((weights @ y > 0) & (weights @ (1 - y) > 0))


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
