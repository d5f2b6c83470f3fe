"""Boosting on ranks of bins that are found once, without the weights of the lines.

scikit-learn finds the bins of weighted rows by a weighted percentile for each edge, which takes four fifths of a fit.
Bins only say where a split may stand, so they need no weights. The trees are grown on the number of each value's bin,
and their thresholds are then put back as values, so that the fitted estimator reads values like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from adapters.sklearn.columns import Numbers

MOST_BINS = 255
MISSING = 255  # one more than the last bin


def bin_edges(values: Numbers) -> Numbers:
    """The rising edges between bins of about equal count; a value is in the first bin whose edge is not below it.

    Args:
        values: a column; NaN has no bin.
    """
    known = np.sort(values[~np.isnan(values)])
    distinct = known[np.append(known[1:] != known[:-1], True)] if len(known) else known
    if len(distinct) <= MOST_BINS:
        return np.asarray((distinct[:-1] + distinct[1:]) / 2)
    return np.unique(np.percentile(known, np.linspace(0, 100, MOST_BINS + 1)[1:-1], method="averaged_inverted_cdf"))


@dataclass(frozen=True)
class Bins:
    """A matrix as the numbers of its values' bins, found once for all fits on its rows.

    Args:
        edges: of every column, the rising edges between its bins.
        numbers: the bin of every value, MISSING for none; a byte each.
    """

    edges: tuple[Numbers, ...]
    numbers: np.ndarray

    @classmethod
    def of(cls, encoded: Numbers) -> "Bins":
        """The bins of all rows of a matrix of encoded features."""
        edges = tuple(bin_edges(encoded[:, position]) for position in range(encoded.shape[1]))
        numbers = np.full(encoded.shape, MISSING, np.uint8, order="F")
        for position, found in enumerate(edges):
            column = encoded[:, position]
            known = ~np.isnan(column)
            numbers[known, position] = np.searchsorted(found, column[known])
        return cls(edges, numbers)

    def at(self, rows: np.ndarray) -> Numbers:
        """The bins of some rows as numbers, NaN for a missing value."""
        taken: Numbers = self.numbers[rows].astype(np.float64)
        taken[taken == MISSING] = np.nan
        return taken


def fit_on_bins(
    boosting: HistGradientBoostingClassifier, bins: Bins, rows: np.ndarray, labels: np.ndarray, weights: Numbers
) -> HistGradientBoostingClassifier:
    """The boosting fitted to rows of a matrix; its trees read the matrix's values.

    Args:
        boosting: with its parameters, not fitted.
        bins: the matrix.
        rows: positions of the rows that are learned from; one may stand there twice.
        labels: a value an entry of `rows`.
        weights: a value an entry of `rows`.
    """
    learned = bins.at(rows)
    # What is missing wherever a row counts cannot be binned; as zeros it is never split on.
    learned[:, np.isnan(learned[weights != 0]).all(axis=0)] = 0.0
    boosting.fit(learned, labels, sample_weight=weights)
    _put_values_back(boosting, bins.edges)
    return boosting


def _put_values_back(boosting: HistGradientBoostingClassifier, edges: Sequence[Numbers]) -> None:
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
