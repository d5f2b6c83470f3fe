import math
from itertools import combinations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from adapters.sklearn.prediction.tree_parts import boosting_parts

FEATURES = 5


def drawn(rows: int = 1_500) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    encoded = random.normal(size=(rows, FEATURES))
    encoded[:, 3] = np.round(encoded[:, 3])
    returned = (encoded[:, 0] + encoded[:, 1] * encoded[:, 3] + random.normal(size=rows) > 0).astype(int)
    encoded[random.random(encoded.shape) < 0.1] = np.nan
    return encoded, returned


@pytest.fixture(scope="module")
def boosting() -> HistGradientBoostingClassifier:
    encoded, returned = drawn()
    fitted = HistGradientBoostingClassifier(
        max_iter=12, max_leaf_nodes=9, max_features=0.5, min_samples_leaf=40, random_state=0
    )
    return fitted.fit(encoded, returned)


def test_start_and_parts_add_up_to_the_logit(boosting: HistGradientBoostingClassifier) -> None:
    encoded, _ = drawn()
    start, parts = boosting_parts(boosting, encoded)
    assert np.abs(start + parts.sum(axis=1) - boosting.decision_function(encoded)).max() < 1e-12


def test_parts_are_the_mean_gain_over_all_orders_in_which_features_become_known(
    boosting: HistGradientBoostingClassifier,
) -> None:
    line = drawn()[0][:1]
    _, parts = boosting_parts(boosting, line)
    for feature in range(FEATURES):
        others = [other for other in range(FEATURES) if other != feature]
        expected = 0.0
        for size in range(FEATURES):
            weight = math.factorial(size) * math.factorial(FEATURES - size - 1) / math.factorial(FEATURES)
            for known in combinations(others, size):
                gain = answer(boosting, line[0], {*known, feature}) - answer(boosting, line[0], set(known))
                expected += weight * gain
        assert parts[0, feature] == pytest.approx(expected, abs=1e-10)


def answer(boosting: HistGradientBoostingClassifier, line: np.ndarray, known: set[int]) -> float:
    """The trees' answer when only these features are known: both ways at a split on any other, by its shares."""
    return sum(branch(tree.nodes, 0, line, known) for (tree,) in boosting._predictors)


def branch(nodes: np.ndarray, at: int, line: np.ndarray, known: set[int]) -> float:
    node = nodes[at]
    if node["is_leaf"]:
        return float(node["value"])
    left, right = int(node["left"]), int(node["right"])
    if node["feature_idx"] in known:
        value = line[node["feature_idx"]]
        goes_left = node["missing_go_to_left"] if np.isnan(value) else value <= node["num_threshold"]
        return branch(nodes, left if goes_left else right, line, known)
    share = nodes[left]["count"] / node["count"]
    return float(share * branch(nodes, left, line, known) + (1 - share) * branch(nodes, right, line, known))
