"""The level of a fit, moved by the lines that matured since; see `domain.model.rolling_intercept`.

Lines that something was done about tell that they had not come back by then: of chance `p` and the share `F` of returns
that would have been known, their log-likelihood is `log(1 - p F)`.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers, encode_matrix
from adapters.sklearn.logits import sigmoid
from adapters.sklearn.prediction.predictor import FITTED, Predictor
from adapters.sklearn.training.example_rows import acted_upon, counts_on, day_numbers, labels_at, order_days, rows_after
from adapters.sklearn.training.lag_law import elapsed
from domain.days import date_of
from domain.labels import LabelPolicy
from domain.model.fits import Window
from domain.model.recipe import Recipe
from domain.model.rolling_intercept import MIN_LINES, held_at_zero, matured_since_fit

Shifts: TypeAlias = Mapping[str, float]  # by learner, on the logit

COLUMNS = ("ordered_on", "return_known_on", "cancelled_known_on", "acted_on", "acted_known_on", "available_at")
_NEWTON_STEPS = 30
_LARGEST = 3.0  # a level whose odds moved twentyfold is no drift
_PLACES = 9
_NONE = np.zeros(0)


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
        if window is None or len(chosen) < MIN_LINES:
            return dict.fromkeys(FITTED, 0.0)
        returned = labels_at(self._rows.take(chosen), day)
        acted, shares = self._acted_on(window, day)
        held = held_at_zero(self._fit_at, day)
        return {
            name: fitted_shift(logits[chosen], returned, held, logits[acted], shares)
            for name, logits in self._logits.items()
        }

    def _acted_on(self, window: Window, day: date) -> tuple[np.ndarray, Numbers]:
        """Lines of the window that something was known before `day` to be done about, and how far they were watched."""
        law = self._predictor.card["training"].get("known_law")  # fits of earlier versions had none
        chosen = np.flatnonzero(acted_upon(self._rows, window, day)) if law else np.zeros(0, int)
        if not len(chosen):
            return chosen, _NONE
        rows = self._rows.take(chosen)
        return chosen, elapsed(law, day_numbers(rows, "acted_on") - order_days(rows))


def last_training_day(predictor: Predictor, policy: LabelPolicy) -> date:
    """The last day of order whose lines were mature at the fit: those that it learned from with their final labels."""
    return policy.last_mature_day(date.fromisoformat(predictor.card["fit_at"]))


def left_of(shifts: Shifts, share_before: float) -> dict[str, float]:
    """What a later fit has left to move: its level has followed by the share of its lines that the earlier one lacked.

    Args:
        shifts: those of an earlier fit on the day of the later one.
        share_before: the share of the later one's mature lines that the earlier one learned from too, 0 to 1.
    """
    return {name: round(shift * share_before, _PLACES) for name, shift in shifts.items()}


def fitted_shift(
    logits: Numbers,
    returned: Numbers,
    prior: float = 0.0,
    watched: Numbers = _NONE,
    shares: Numbers = _NONE,
) -> float:
    """The shift that makes the mean chance the observed rate, by Newton's method; 0 where one class only came.

    Args:
        logits: a value a line.
        returned: 1.0 or 0.0, or a chance.
        prior: information that holds the shift at 0, in units of `p (1 - p)` of a line.
        watched: logits of lines that had not come back when the watch of them ended.
        shares: of each of these the share of returns that would have been known by then.
    """
    if returned.min() == returned.max():
        return 0.0
    shift = 0.0
    for _ in range(_NEWTON_STEPS):
        chances, others = sigmoid(logits + shift), sigmoid(watched + shift)
        missed = shares * others * (1 - others) / (1 - shares * others)
        told = float((returned - chances).sum()) - float(missed.sum()) - prior * shift
        # Of the watched at most their information: steps may be too short, and never too long.
        step = told / (float((chances * (1 - chances)).sum()) + float(missed.sum()) + prior)
        shift = float(np.clip(shift + step, -_LARGEST, _LARGEST))
        if abs(step) < 1e-12:
            break
    return round(shift, _PLACES)
