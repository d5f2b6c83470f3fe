"""Features that alone tell the outcome of the test lines: the sign of a column known only after it."""

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers, encode_column
from adapters.sklearn.evaluation.bootstrap import point
from adapters.sklearn.evaluation.metrics import roc_auc
from adapters.sklearn.prediction.predictor import Predictor
from adapters.sklearn.training.example_rows import spread_over
from domain.model.leaks import MAX_SINGLE_FEATURE_AUC, MIN_LINES_OF_EACH_OUTCOME
from domain.snapshot import Json

MAX_ROWS = 20_000  # a leak shows on any rows; sorting 120 features of so many takes half a second


def revealing_figures(predictor: Predictor, rows: pa.Table, y: Numbers) -> list[dict[str, Json]]:
    """By feature that the model reads the AUC, in the better direction, where it is above 0.9; highest first.

    Measured on at most 20,000 rows, evenly taken, as `domain.model.leaks.revealing_features` says; none with fewer than
    20 rows of an outcome among them.
    """
    chosen = spread_over(len(y), MAX_ROWS)
    outcomes = y[chosen]
    if min(outcomes.sum(), len(outcomes) - outcomes.sum()) < MIN_LINES_OF_EACH_OUTCOME:
        return []
    taken = rows.take(chosen)
    aucs = {name: _auc(encode_column(taken, name, predictor.levels), outcomes) for name in predictor.features}
    found: list[dict[str, Json]] = [
        {"feature": name, "auc": auc} for name, auc in aucs.items() if auc > MAX_SINGLE_FEATURE_AUC
    ]
    return sorted(found, key=lambda entry: (-entry["auc"], entry["feature"]))


def _auc(values: Numbers, y: Numbers) -> float:
    """The AUC of one feature, missing values below all others."""
    missing = np.isnan(values)
    lowest = np.nextafter(values[~missing].min(initial=np.inf), -np.inf)
    auc = point(roc_auc(np.where(missing, lowest, values), y), len(y))
    return 0.0 if auc is None else max(auc, 1 - auc)
