"""How much worse a model gets when a feature's values are shuffled (permutation importance, Breiman 2001)."""

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers, encode_matrix
from adapters.sklearn.evaluation.metrics import log_losses
from adapters.sklearn.prediction.predictor import Predictor
from adapters.sklearn.training.example_rows import spread_over
from domain.model.recipe import BASELINE
from domain.snapshot import Json

MAX_ROWS = 3_000
REPEATS = 2


def permutation_importance(predictor: Predictor, rows: pa.Table, y: Numbers) -> list[dict[str, Json]]:
    """By feature the increase of the log-loss, largest first; none where the learner reads no features.

    Measured on at most 3,000 rows, evenly taken, with two seeded permutations a feature.
    """
    if predictor.estimators is None or predictor.learner == BASELINE or not len(y):
        return []
    chosen = spread_over(len(y), MAX_ROWS)
    encoded, outcomes = encode_matrix(rows.take(chosen), predictor.features, predictor.levels), y[chosen]
    before = _loss(predictor, encoded, outcomes)
    draws = np.random.default_rng(0)
    increases = []
    for position, name in enumerate(predictor.features):
        losses = [_loss(predictor, _shuffled(encoded, position, draws), outcomes) for _ in range(REPEATS)]
        increases.append({"feature": name, "value": float(np.mean(losses)) - before})
    return sorted(increases, key=lambda entry: (-float(str(entry["value"])), str(entry["feature"])))


def _loss(predictor: Predictor, encoded: Numbers, y: Numbers) -> float:
    return float(log_losses(predictor.from_encoded(encoded)[predictor.learner], y).mean())


def _shuffled(encoded: Numbers, position: int, draws: np.random.Generator) -> Numbers:
    changed = encoded.copy()
    changed[:, position] = draws.permutation(encoded[:, position])
    return changed
