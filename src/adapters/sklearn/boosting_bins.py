"""Boosting on ranks of bins that are found once, without the weights of the lines.

scikit-learn finds the bins of weighted rows by a weighted percentile for each edge, which takes four fifths of a fit.
Bins only say where a split may stand, so they need no weights. The trees are grown on the number of each value's bin,
and their thresholds are then put back as values, so that the fitted estimator reads values like any other.
"""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from adapters.sklearn.columns import Numbers

MOST_BINS = 255


def bin_edges(values: Numbers) -> Numbers:
    """The rising edges between bins of about equal count; a value is in the first bin whose edge is not below it.

    Args:
        values: a column; NaN has no bin.
    """
    known = np.sort(values[~np.isnan(values)])
    distinct = np.unique(known)
    if len(distinct) <= MOST_BINS:
        return np.asarray((distinct[:-1] + distinct[1:]) / 2)
    return np.unique(np.percentile(known, np.linspace(0, 100, MOST_BINS + 1)[1:-1], method="averaged_inverted_cdf"))


def fit_on_bins(
    boosting: HistGradientBoostingClassifier, encoded: Numbers, rows: np.ndarray, labels: np.ndarray, weights: Numbers
) -> HistGradientBoostingClassifier:
    """The boosting fitted to rows of a matrix.

    Args:
        boosting: with its parameters, not fitted.
        encoded: the matrix; its bins are those of all its rows.
        rows: positions of the rows that are learned from; one may stand there twice.
        labels: a value an entry of `rows`.
        weights: a value an entry of `rows`.
    """
    edges = [bin_edges(encoded[:, position]) for position in range(encoded.shape[1])]
    ranks = np.empty_like(encoded)
    for position, found in enumerate(edges):
        column = encoded[:, position]
        ranks[:, position] = np.where(np.isnan(column), np.nan, np.searchsorted(found, column))
    learned = ranks[rows]
    # What is missing wherever a row counts cannot be binned; as zeros it is never split on.
    learned[:, np.isnan(learned[weights != 0]).all(axis=0)] = 0.0
    boosting.fit(learned, labels, sample_weight=weights)
    _put_values_back(boosting, edges)
    return boosting


def _put_values_back(boosting: HistGradientBoostingClassifier, edges: list[Numbers]) -> None:
    """A split between two numbers of bins stands, in values, at the edge after the lower one."""
    mapper = boosting._bin_mapper  # noqa: SLF001 - scikit-learn has no public name for these
    mapper.bin_thresholds_ = [
        _values(found, np.asarray(ranks)) for found, ranks in zip(edges, mapper.bin_thresholds_, strict=True)
    ]
    for iteration in boosting._predictors:  # noqa: SLF001
        for tree in iteration:
            splits = np.flatnonzero(tree.nodes["is_leaf"] == 0)
            for node in splits:
                found = edges[tree.nodes["feature_idx"][node]]
                tree.nodes["num_threshold"][node] = _values(found, tree.nodes["num_threshold"][[node]])[0]


def _values(edges: Numbers, ranks: Numbers) -> Numbers:
    """The edges that thresholds between ranks stand for; one beyond the last parts missing values from all others."""
    beyond = ranks >= len(edges)
    if not len(edges):
        return np.asarray(ranks, np.float64)
    return np.where(beyond, ranks, edges[np.where(beyond, 0, np.floor(ranks)).astype(int)])
