"""Fitting the learners to encoded rows, so that equal rows give equal estimators."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from adapters.sklearn.columns import Numbers
from adapters.sklearn.design import DesignColumn, design_matrix
from adapters.sklearn.prediction.predictor import Estimators
from adapters.sklearn.threads import limited_threads
from adapters.sklearn.training.boosting_bins import Bins, fit_on_bins
from adapters.sklearn.training.open_orders import WeightedLabels
from domain.model.recipe import Recipe

MIN_ROWS = 200
MIN_ROWS_OF_A_CLASS = 20


def why_not_fitted(returned: Numbers, features: int) -> str | None:
    """Why only the baseline can be fitted to these labels, as a sentence; None when all learners can."""
    positives = int(returned.sum())
    fewest = min(positives, len(returned) - positives)
    if len(returned) >= MIN_ROWS and fewest >= MIN_ROWS_OF_A_CLASS and features:
        return None
    return (
        f"Only the baseline was fitted: {len(returned)} training lines with {positives} returns and {features} "
        f"features; the learners need {MIN_ROWS} lines, {MIN_ROWS_OF_A_CLASS} of each class and 1 feature."
    )


def permuted(returned: Numbers, seed: int | None) -> Numbers:
    """The labels in a random order of that seed; as they are when there is none."""
    return returned if seed is None else np.random.default_rng(seed).permutation(returned)


@dataclass(frozen=True)
class LearningMatrix:
    """Encoded features with what every fit on them needs, found once.

    Args:
        encoded: a row a line.
        design: columns of the logistic regression.
    """

    encoded: Numbers
    design: tuple[DesignColumn, ...]

    @cached_property
    def bins(self) -> Bins:
        """What the boosting learns from."""
        return Bins.of(self.encoded)

    def designed(self, rows: np.ndarray) -> Numbers:
        """What the logistic regression learns from; made anew each time, as it is the largest matrix of a fit."""
        return design_matrix(self.design, self.encoded, rows)


def fit_estimators(recipe: Recipe, matrix: LearningMatrix, known: WeightedLabels) -> Estimators:
    """Both estimators on rows of a matrix, each with the labels and weights that `known` gives it."""
    labels = known.labels.astype(np.int8)
    with limited_threads(len(labels)):
        logistic = _fit_logistic(recipe, matrix.designed(known.rows), labels, known.weights)
        boosting = fit_on_bins(
            _boosting(recipe, recipe.trees(known.rarer)), matrix.bins, known.rows, labels, known.weights
        )
    return Estimators(boosting, logistic, matrix.design)


def _fit_logistic(recipe: Recipe, design: Numbers, labels: np.ndarray, weights: Numbers) -> LogisticRegression:
    logistic = LogisticRegression(C=recipe.logistic_c, max_iter=1_000, random_state=recipe.seed)
    logistic.fit(_with_a_column(design), labels, sample_weight=weights)
    logistic.coef_ = logistic.coef_[:, : design.shape[1]]  # of no column: its intercept alone
    return logistic


def _boosting(recipe: Recipe, trees: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=trees,
        learning_rate=recipe.learning_rate,
        max_leaf_nodes=recipe.max_leaf_nodes,
        min_samples_leaf=recipe.min_samples_leaf,
        l2_regularization=recipe.l2,
        max_features=recipe.max_features,
        early_stopping=False,
        random_state=recipe.seed,
    )


def _with_a_column(design: Numbers) -> Numbers:
    return design if design.shape[1] else np.zeros((design.shape[0], 1))
