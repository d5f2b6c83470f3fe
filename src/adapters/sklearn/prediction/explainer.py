"""The parts of a model's logit: exact Shapley values of its trees, of its linear predictor, or of their mean."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from adapters.sklearn.columns import Numbers, encode_matrix
from adapters.sklearn.design import DesignColumn
from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.prediction.predictor import Estimators
from adapters.sklearn.prediction.tree_parts import boosting_parts
from adapters.sklearn.training.example_rows import ReadLines
from domain.model.explanations import Explanation
from domain.model.recipe import BASELINE
from domain.snapshot import DatasetRef
from ports.batch_scorer import ScoringModel
from ports.line_explainer import LineExplainer

Parts: TypeAlias = tuple[float, Numbers]


class SklearnLineExplainer(LineExplainer):
    """Explains the lines of a feature table.

    Args:
        read_lines: reads the named columns of the named lines, and `line_id`.
    """

    def __init__(self, read_lines: ReadLines) -> None:
        self._read_lines = read_lines

    def explain(
        self, model: ScoringModel, features: DatasetRef, line_ids: Collection[str], average_of: Collection[str]
    ) -> Mapping[str, Explanation] | None:
        """The parts of each line's logit; see the port."""
        predictor = load_predictor(model.files, model.learner)
        if predictor.estimators is None or predictor.learner == BASELINE:
            return None
        names = predictor.features
        rows, background = (self._read_lines(features, names, ids) for ids in (line_ids, average_of))
        encoded, average = (encode_matrix(table, names, predictor.levels) for table in (rows, background))
        plain, parts = _parts(predictor.learner, predictor.estimators, encoded, average)
        stretch = predictor.stretch(predictor.learner)
        start = stretch.slope * plain + stretch.offset + predictor.shifts.get(predictor.learner, 0.0)
        return {
            str(row["line_id"]): Explanation(
                start, dict(zip(names, of_line, strict=True)), {name: row[name] for name in names}
            )
            for row, of_line in zip(rows.to_pylist(), (stretch.slope * parts).tolist(), strict=True)
        }


def _parts(learner: str, fitted: Estimators, encoded: Numbers, average: Numbers) -> Parts:
    if learner == "hgb":
        return boosting_parts(fitted.boosting, encoded)
    weights, intercept = fitted.logistic.coef_[0], float(fitted.logistic.intercept_[0])
    linear = _linear_parts(fitted.design, weights, intercept, encoded, average)
    if learner == "logistic":
        return linear
    trees = boosting_parts(fitted.boosting, encoded)
    return (trees[0] + linear[0]) / 2, (trees[1] + linear[1]) / 2


def _linear_parts(
    design: Sequence[DesignColumn], weights: Numbers, intercept: float, encoded: Numbers, average: Numbers
) -> Parts:
    """What each feature's columns add against their mean over `average` (of no line: against 0)."""
    start, parts = intercept, np.zeros(encoded.shape)
    for column, weight in zip(design, weights, strict=True):
        usual = float(column.values(average[:, column.feature]).mean()) if len(average) else 0.0
        start += weight * usual
        parts[:, column.feature] += weight * (column.values(encoded[:, column.feature]) - usual)
    return float(start), parts
