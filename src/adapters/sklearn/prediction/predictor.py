"""Probabilities of every learner of a fitted model, for Arrow batches of any size."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from adapters.sklearn.columns import Levels, Numbers, Rows, encode_matrix
from adapters.sklearn.design import DesignColumn, linear_logit
from adapters.sklearn.logits import Stretch, sigmoid
from adapters.sklearn.prediction.compiled_trees import Logits, boosting_logits
from adapters.sklearn.training.smoothed_rates import SmoothedRates
from domain.errors import ModelError
from domain.model.recipe import BASELINE, LEARNERS
from domain.snapshot import Json

FITTED = tuple(learner for learner in LEARNERS if learner != BASELINE)
PLACES = 10  # decimals of a probability: the last bits differ between instruction sets


@dataclass(frozen=True)
class Estimators:
    """The two estimators of a fit, absent together when the training rows were too few for them."""

    boosting: HistGradientBoostingClassifier
    logistic: LogisticRegression
    design: tuple[DesignColumn, ...]

    @cached_property
    def trees(self) -> Logits:
        """The boosting's logits, a value a row of encoded features."""
        return boosting_logits(self.boosting)


@dataclass(frozen=True)
class Predictor:
    """A loaded model: called with a batch, it gives the chance that each line comes back.

    A row's probability does not depend on the other rows of its batch.

    Args:
        learner: whose probabilities a call returns: mean, hgb, logistic or baseline.
        features: names of the feature columns it reads.
        levels: the known levels of each TEXT feature.
        rates: the baseline.
        estimators: the two fitted estimators, or None where only the baseline could be fitted.
        content: digest of what was learned.
        card: the model's description, as in `model.json`.
        shifts: by learner, what is added to its calibrated logit: the rolling intercept that the model carries.
        stretches: by learner its calibrator, where it has one.
    """

    learner: str
    features: tuple[str, ...]
    levels: Levels
    rates: SmoothedRates
    estimators: Estimators | None
    content: str
    card: Mapping[str, Json]
    shifts: Mapping[str, float] = field(default_factory=dict)
    stretches: Mapping[str, Stretch] = field(default_factory=dict)

    def __call__(self, rows: Rows) -> Numbers:
        """The chosen learner's probability, a value a row; raises ModelError when a column is missing."""
        if self._uses_baseline:
            return np.round(self.rates.predict(rows), PLACES)
        return self._fitted(rows)[self.learner]

    def all_learners(self, rows: Rows, moved: Mapping[str, Numbers] | None = None) -> dict[str, Numbers]:
        """Every learner's probabilities by name, and `constant`, the rate of the training rows.

        Args:
            rows: lines with the feature columns.
            moved: by learner what is added to the logit of every row; None for nothing.
        """
        baseline = np.round(self.rates.predict(rows), PLACES)
        constant = np.full(rows.num_rows, round(self.rates.rate, PLACES))
        if self.estimators is None:
            return {**dict.fromkeys(LEARNERS, baseline), "constant": constant}
        return {**self._fitted(rows, moved or {}), BASELINE: baseline, "constant": constant}

    def using(self, learner: str) -> "Predictor":
        """The same model with another learner's probabilities; raises ModelError for an unknown one."""
        if learner not in LEARNERS:
            raise ModelError(f"A model has no learner '{learner}'.", f"Choose one of {', '.join(LEARNERS)}.")
        return replace(self, learner=learner)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a call reads."""
        return ("item_id", "category") if self._uses_baseline else self.features

    @property
    def _uses_baseline(self) -> bool:
        return self.learner == BASELINE or self.estimators is None

    def _fitted(self, rows: Rows, moved: Mapping[str, Numbers] = MappingProxyType({})) -> dict[str, Numbers]:
        if rows.num_rows == 0:
            return {name: np.empty(0) for name in FITTED}
        logits = self.logits(encode_matrix(rows, self.features, self.levels))
        return {name: _chance(logit + moved.get(name, 0.0)) for name, logit in logits.items()}

    def from_encoded(self, encoded: Numbers) -> dict[str, Numbers]:
        """Probabilities of mean, hgb and logistic for a matrix of encoded features; ModelError without estimators."""
        return {name: _chance(logit) for name, logit in self.logits(encoded).items()}

    def logits(self, encoded: Numbers) -> dict[str, Numbers]:
        """Logits of mean, hgb and logistic, calibrated and shifted; ModelError without estimators."""
        if self.estimators is None:
            raise ModelError("The model holds no estimator.", "Use its baseline.")
        plain = plain_logits(self.estimators, encoded)
        return {name: self.stretch(name).applied(logit) + self.shifts.get(name, 0.0) for name, logit in plain.items()}

    def stretch(self, learner: str) -> Stretch:
        """The calibrator of a learner; one that changes nothing where it has none."""
        return self.stretches.get(learner, Stretch())


def plain_logits(fitted: Estimators, encoded: Numbers) -> dict[str, Numbers]:
    """Logits of mean, hgb and logistic as they were fitted, for a matrix of encoded features."""
    boosting = fitted.trees(encoded)
    weights, intercept = fitted.logistic.coef_[0], float(fitted.logistic.intercept_[0])
    logistic = linear_logit(fitted.design, weights, intercept, encoded)
    return {"mean": (boosting + logistic) / 2, "hgb": boosting, "logistic": logistic}


def chances_of(fitted: Estimators, encoded: Numbers) -> Numbers:
    """The mean learner's probabilities for a matrix of encoded features."""
    return _chance(plain_logits(fitted, encoded)["mean"])


def _chance(logit: Numbers) -> Numbers:
    return np.round(sigmoid(logit), PLACES)
