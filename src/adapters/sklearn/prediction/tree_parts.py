"""Exact Shapley parts of a boosting's logit, one a feature (TreeSHAP; Lundberg et al. 2020, path-dependent game).

In that game a tree asked about a line of which only the features S are known goes both ways at a split on an
unknown one, by the shares of training lines that did. So a leaf's part of the answer is a product over the features on
its path: 1 or 0 where the feature is known (the line does or does not go there), else the share that does. The Shapley
value of a product game needs only the elementary symmetric polynomials of its factors, so every leaf is taken for
all lines at once.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from adapters.sklearn.columns import Numbers


@dataclass(frozen=True)
class _Step:
    """The way to a leaf through the splits on one feature: the interval it must lie in, and the share that goes so."""

    low: float
    high: float
    missing: bool
    share: float

    def follows(self, column: Numbers) -> Numbers:
        inside = (column > self.low) & (column <= self.high)
        return np.where(np.isnan(column), float(self.missing), inside.astype(np.float64))


def boosting_parts(boosting: HistGradientBoostingClassifier, encoded: Numbers) -> tuple[float, Numbers]:
    """The expected logit, and a row a line of what each encoded feature adds to it.

    Args:
        boosting: a fitted binary classifier without native categorical features.
        encoded: a row a line, a column a feature, NaN where missing.
    """
    parts = np.zeros(encoded.shape)
    start = float(boosting._baseline_prediction.ravel()[0])  # noqa: SLF001 - scikit-learn shows it no other way
    for (tree,) in boosting._predictors:  # noqa: SLF001
        for value, path in _leaves(tree.nodes):
            start += value * math.prod(step.share for step in path.values())
            _add_leaf(parts, value, path, encoded)
    return start, parts


def _leaves(
    nodes: np.ndarray, at: int = 0, path: dict[int, _Step] | None = None
) -> Iterator[tuple[float, dict[int, _Step]]]:
    """Each leaf's value with its path, a step a feature."""
    node, path = nodes[at], path or {}
    if node["is_leaf"]:
        yield float(node["value"]), path
        return
    feature, threshold, missing_left = (
        int(node["feature_idx"]),
        float(node["num_threshold"]),
        bool(node["missing_go_to_left"]),
    )
    before = path.get(feature, _Step(-math.inf, math.inf, missing=True, share=1.0))
    left, right = int(node["left"]), int(node["right"])
    share = float(nodes[left]["count"]) / float(node["count"])
    ways = (
        (left, _Step(before.low, min(before.high, threshold), before.missing and missing_left, before.share * share)),
        (
            right,
            _Step(
                max(before.low, threshold), before.high, before.missing and not missing_left, before.share * (1 - share)
            ),
        ),
    )
    for child, step in ways:
        yield from _leaves(nodes, child, {**path, feature: step})


def _add_leaf(parts: Numbers, value: float, path: dict[int, _Step], encoded: Numbers) -> None:
    features = sorted(path)
    follows = [path[feature].follows(encoded[:, feature]) for feature in features]
    shares = [path[feature].share for feature in features]
    for at, feature in enumerate(features):
        others = [(one, share) for place, (one, share) in enumerate(zip(follows, shares, strict=True)) if place != at]
        parts[:, feature] += value * (follows[at] - shares[at]) * _weight(others, encoded.shape[0])


def _weight(others: list[tuple[Numbers, float]], lines: int) -> Numbers:
    """Sum over sets S of the other features: |S|! (d - 1 - |S|)! / d! times the product of the factors."""
    by_size = [np.ones(lines)]  # by the size of S, the sum of its products
    for one, share in others:
        longer = [by_size[0] * share]
        longer += [by_size[size] * share + by_size[size - 1] * one for size in range(1, len(by_size))]
        by_size = [*longer, by_size[-1] * one]
    count = len(others)
    total = np.zeros(lines)
    for size, products in enumerate(by_size):
        total += products / ((count + 1) * math.comb(count, size))
    return total
