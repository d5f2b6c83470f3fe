"""The digest of what a model learned: parameters and arrays, never the bytes of a file."""

import hashlib
import json
from collections.abc import Iterator, Mapping

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from adapters.sklearn.prediction.predictor import Estimators
from adapters.sklearn.training.smoothed_rates import SmoothedRates
from domain.snapshot import Json


def learned_content(card: Mapping[str, Json], rates: SmoothedRates, estimators: Estimators | None) -> str:
    """Equal for equal parameters and learned values; 32 hexadecimal digits.

    Args:
        card: the model's parameters: recipe, label policy, day of the fit, features and levels.
        rates: the baseline.
        estimators: the two estimators, or None.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(json.dumps([card, rates.as_json()], sort_keys=True).encode())
    if estimators is not None:
        design = [column.as_json() for column in estimators.design]
        digest.update(json.dumps(design, sort_keys=True).encode())
        for array in _arrays(estimators):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _arrays(estimators: Estimators) -> Iterator[np.ndarray]:
    yield estimators.logistic.coef_
    yield estimators.logistic.intercept_
    yield from _boosting_arrays(estimators.boosting)


def _boosting_arrays(boosting: HistGradientBoostingClassifier) -> Iterator[np.ndarray]:
    yield np.asarray(boosting._baseline_prediction)  # noqa: SLF001 - scikit-learn has no public name for it
    for iteration in boosting._predictors:  # noqa: SLF001
        for tree in iteration:
            for name in tree.nodes.dtype.names:  # field by field: the padding between them is undefined
                yield tree.nodes[name]
