"""The rounds of a fit: on mature lines first, then with the open orders that the round before gave their weights."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Levels, Numbers, encode_matrix, frequent_levels
from adapters.sklearn.design import DesignColumn, fit_design
from adapters.sklearn.prediction.predictor import Estimators, chances_of
from adapters.sklearn.training.lag_law import LagCounts
from adapters.sklearn.training.learners import LearningMatrix, fit_estimators
from adapters.sklearn.training.open_orders import WeightedLabels
from adapters.sklearn.training.training_set import TrainingSet
from domain.model.recipe import Recipe
from domain.snapshot import Json

FILLING_LINES = 100_000  # what the rounds before the last learn from: they only fill in labels


@dataclass(frozen=True)
class Round:
    """One round of a fit with what it learned from.

    Args:
        matrix: all lines, the mature ones first.
        labels: what was known or filled in of them.
        fitted: what was learned.
        lags: the laws of lags that the labels were filled in by; None where none were.
    """

    matrix: LearningMatrix
    labels: WeightedLabels
    fitted: Estimators
    lags: LagCounts | None = None

    def refitted(self, recipe: Recipe, labels: WeightedLabels) -> "Round":
        """The same lines with other labels."""
        return replace(self, labels=labels, fitted=fit_estimators(recipe, self.matrix, labels))

    def without(self, recipe: Recipe, rows: np.ndarray) -> Estimators:
        """What the same round would have learned had it not seen some rows of the matrix, told by True."""
        return self.refitted(recipe, self.labels.at(~rows[self.labels.rows])).fitted


def levels_of(known: TrainingSet) -> dict[str, list[str]]:
    """The frequent levels of the TEXT features among the mature lines."""
    return frequent_levels(known.rows, known.features)


def learning_matrix(known: TrainingSet, levels: Levels) -> LearningMatrix:
    """The features of all lines, the mature ones first.

    The logistic regression's columns are scaled over all these lines from the first round on: where history is short,
    the mature lines alone have less of a past than those that are to be predicted.
    """
    rows = known.rows.select(known.features)
    if known.open is not None:
        rows = pa.concat_tables([rows, known.open.rows.select(known.features)])
    encoded = encode_matrix(rows, known.features, levels)
    return LearningMatrix(encoded, _design(known, encoded, levels))


def fit_rounds(recipe: Recipe, known: TrainingSet, matrix: LearningMatrix) -> Round:
    """The recipe's last round on the features of its lines."""
    certain = WeightedLabels.certain(known.returned, known.weights)
    opened = known.open
    rounds = recipe.open_order_rounds if opened is not None else 0
    learned = certain.thinned(FILLING_LINES) if rounds else certain
    last = Round(matrix, learned, fit_estimators(recipe, matrix, learned))
    for left in reversed(range(rounds)):
        if opened is not None:
            chances = chances_of(last.fitted, matrix.encoded[len(known.returned) :])
            opened = opened.expecting(chances)
            filled = opened.joined(certain, chances)
            last = replace(last, lags=opened.lags).refitted(recipe, filled.thinned(FILLING_LINES) if left else filled)
    return last


def _design(known: TrainingSet, encoded: Numbers, levels: Levels) -> tuple[DesignColumn, ...]:
    """A slope goes on beyond what it was fitted on, a tree does not: so a feature that moved has no slope."""
    design = fit_design(encoded, known.features, levels)
    return tuple(column for column in design if known.features[column.feature] not in known.drifted)


def open_order_facts(known: TrainingSet, recipe: Recipe, lags: LagCounts | None) -> dict[str, Json]:
    """How many lines without a final label were learned from, or why none was."""
    reason = None
    if recipe.open_order_rounds == 0:
        reason = "The recipe learns from mature lines alone."
    elif lags is None:
        reason = "No return-lag is known, so nothing can be learned from orders whose window is open."
    elif known.open is None:
        reason = "No order whose window is open is old enough."
    lines = 0 if known.open is None else known.open.rows.num_rows
    return {
        "lines": lines,
        "returned": 0 if known.open is None else int(known.open.returned.sum()),
        "acted": 0 if known.open is None else int(known.open.acted.sum()),
        "rounds": recipe.open_order_rounds if lines else 0,
        "reason": reason,
    }
