"""Points of the reliability, ROC and precision-recall curves, few enough to plot."""

import numpy as np

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation.metrics import bins_of
from domain.snapshot import Json

MAX_POINTS = 100


def reliability_points(learner: str, p: Numbers, y: Numbers) -> list[dict[str, Json]]:
    """One entry a bin of equal count: mean chance, share that came back with its Wilson interval, lines."""
    bins = bins_of(p)
    lines = np.bincount(bins)
    predicted, observed = np.bincount(bins, p) / lines, np.bincount(bins, y) / lines
    low, high = _wilson(observed, lines)
    columns = (predicted.tolist(), observed.tolist(), low.tolist(), high.tolist(), lines.tolist())
    names = ("predicted", "observed", "low", "high", "lines")
    return [{"learner": learner, **dict(zip(names, values, strict=True))} for values in zip(*columns, strict=True)]


def roc_points(learner: str, p: Numbers, y: Numbers) -> list[dict[str, Json]]:
    """False positive rate (x) and true positive rate (y) by falling threshold; none where only one class came."""
    true, false = _cumulated(p, y)
    if true[-1] == 0 or false[-1] == 0:
        return []
    return _points(learner, np.append(0, false / false[-1]), np.append(0, true / true[-1]))


def pr_points(learner: str, p: Numbers, y: Numbers) -> list[dict[str, Json]]:
    """Recall (x) and precision (y) by falling threshold; none where nothing came back."""
    true, false = _cumulated(p, y)
    return [] if true[-1] == 0 else _points(learner, true / true[-1], true / (true + false))


def _cumulated(p: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    order = np.argsort(-p, kind="stable")
    last_of_ties = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    true = np.cumsum(y[order])[last_of_ties]
    return true, last_of_ties + 1 - true


def _points(learner: str, x: Numbers, y: Numbers) -> list[dict[str, Json]]:
    kept = np.unique(np.linspace(0, len(x) - 1, min(MAX_POINTS, len(x))).round().astype(int))
    return [{"learner": learner, "x": a, "y": b} for a, b in zip(x[kept].tolist(), y[kept].tolist(), strict=True)]


def _wilson(share: Numbers, lines: np.ndarray) -> tuple[Numbers, Numbers]:
    z2 = 1.96**2
    centre = (share + z2 / (2 * lines)) / (1 + z2 / lines)
    half = 1.96 * np.sqrt(share * (1 - share) / lines + z2 / (4 * lines**2)) / (1 + z2 / lines)
    return np.asarray(np.maximum(centre - half, 0)), np.asarray(np.minimum(centre + half, 1))
