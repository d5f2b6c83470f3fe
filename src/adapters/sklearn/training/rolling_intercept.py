"""The level of a fit, moved by the lines that matured since; see `domain.model.rolling_intercept`."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers, encode_matrix
from adapters.sklearn.logits import sigmoid
from adapters.sklearn.prediction.predictor import FITTED, Predictor
from adapters.sklearn.training.example_rows import counts_on, labels_at, order_days, rows_after
from domain.days import date_of
from domain.labels import LabelPolicy
from domain.model.recipe import Recipe
from domain.model.rolling_intercept import MIN_LINES, PRIOR, matured_since_fit

Shifts: TypeAlias = Mapping[str, float]  # by learner, on the logit

COLUMNS = ("ordered_on", "return_known_on", "cancelled_known_on", "acted_known_on", "available_at")
_NEWTON_STEPS = 30
_LARGEST = 3.0  # a level whose odds moved twentyfold is no drift
_PLACES = 9


class RollingIntercept:
    """The shifts of one fit on any day after it; none where the recipe says so or nothing but the baseline was fitted.

    Args:
        predictor: the fit; its day and its recipe stand in its card.
        table: the examples, with COLUMNS and the features that the fit reads.
        policy: when a label is final.
    """

    def __init__(self, predictor: Predictor, table: pa.Table, policy: LabelPolicy) -> None:
        self._predictor = predictor
        self._policy = policy
        self._fit_at = date.fromisoformat(predictor.card["fit_at"])
        self._rows = rows_after(table, last_training_day(predictor, policy))
        self._found: dict[date, Shifts] = {}

    @property
    def moves(self) -> bool:
        """Whether there is an intercept to roll."""
        recipe = Recipe.from_json(self._predictor.card["recipe"])
        return recipe.rolling_intercept and self._predictor.estimators is not None

    def on(self, day: date) -> Shifts:
        """The shift of every learner on a day; empty where nothing moves."""
        if day not in self._found:
            self._found[day] = self._shifts(day) if self.moves else {}
        return self._found[day]

    def of_rows(self, rows: pa.Table) -> dict[str, Numbers]:
        """By learner the shift of every row, by its day of order; empty where nothing moves."""
        days, of_row = np.unique(order_days(rows), return_inverse=True)
        by_day = [self.on(date_of(int(day))) for day in days]
        names = by_day[0] if by_day else {}
        return {name: np.array([shifts[name] for shifts in by_day])[of_row] for name in names}

    @cached_property
    def _logits(self) -> dict[str, Numbers]:
        encoded = encode_matrix(self._rows, self._predictor.features, self._predictor.levels)
        return self._predictor.logits(encoded) if self._rows.num_rows else {}

    def _shifts(self, day: date) -> Shifts:
        window = matured_since_fit(self._policy, self._fit_at, day)
        chosen = np.zeros(0, int) if window is None else np.flatnonzero(counts_on(self._rows, window, day))
        if len(chosen) < MIN_LINES:
            return dict.fromkeys(FITTED, 0.0)
        returned = labels_at(self._rows.take(chosen), day)
        return {name: fitted_shift(logits[chosen], returned, PRIOR) for name, logits in self._logits.items()}


def last_training_day(predictor: Predictor, policy: LabelPolicy) -> date:
    """The last day of order whose lines were mature at the fit: those that it learned from with their final labels."""
    return policy.last_mature_day(date.fromisoformat(predictor.card["fit_at"]))


def fitted_shift(logits: Numbers, returned: Numbers, prior: float = 0.0) -> float:
    """The shift that makes the mean chance the observed rate, by Newton's method; 0 where one class only came.

    Args:
        logits: a value a line.
        returned: 1.0 or 0.0, or a chance.
        prior: information that holds the shift at 0, in units of `p (1 - p)` of a line.
    """
    if returned.min() == returned.max():
        return 0.0
    shift = 0.0
    for _ in range(_NEWTON_STEPS):
        chances = sigmoid(logits + shift)
        told = float((returned - chances).sum()) - prior * shift
        step = told / (float((chances * (1 - chances)).sum()) + prior)
        shift = float(np.clip(shift + step, -_LARGEST, _LARGEST))
        if abs(step) < 1e-12:
            break
    return round(shift, _PLACES)
