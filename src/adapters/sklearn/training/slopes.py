"""A calibrator of one learner: its logits stretched at the level that they have, or left as they are.

Platt's slope without his intercept (Platt 1999): the level is the rolling intercept's. A slope fitted once often makes
things worse later, so it is taken only where it was better on customers that it was not fitted on, by more than a
standard error. Where few lines came back, a learner sees much that is chance: then any slope below 1 is taken, down to
0, which leaves the rate.
"""

from dataclasses import dataclass

import numpy as np

from adapters.sklearn.columns import Numbers
from adapters.sklearn.logits import Stretch, sigmoid
from adapters.sklearn.training.rolling_intercept import fitted_shift
from domain.model.calibration import MIN_RETURNED

SMALLEST, LARGEST = 0.0, 2.0  # a slope beyond these is no calibration
_NEWTON_STEPS = 30
_PLACES = 9
_SURE = 1.0  # standard error: the rule by which trees are pruned (Breiman, Friedman, Olshen and Stone 1984)


@dataclass(frozen=True)
class TriedSlope:
    """What became of a slope.

    Args:
        stretch: that of all lines.
        gain: by how much it lowered the log-loss of a line on the other half of the customers.
        error: standard error of the gain, customers being independent.
        returned: how many of the lines came back.
    """

    stretch: Stretch
    gain: float
    error: float
    returned: int

    @property
    def taken(self) -> bool:
        """Whether it was better by more than a standard error, or draws in what few returns have spread."""
        few = self.returned < MIN_RETURNED
        return self.stretch.slope < 1 if few else self.gain > _SURE * self.error


def tried_slope(logits: Numbers, returned: Numbers, customers: np.ndarray) -> TriedSlope:
    """A slope fitted on each half of the customers and judged on the other; 1 where all customers are in one half.

    Args:
        logits: of lines that the model has not seen.
        returned: 1.0 or 0.0.
        customers: a number a line that tells its customer.
    """
    even = customers % 2 == 0
    if even.all() or not even.any():
        return TriedSlope(Stretch(), 0.0, 0.0, int(returned.sum()))
    gains = np.zeros(len(logits))
    for half in (even, ~even):
        slope = fitted_slope(logits[~half], returned[~half])
        gains[half] = _losses(logits[half], returned[half], 1.0) - _losses(logits[half], returned[half], slope)
    _, of_line = np.unique(customers, return_inverse=True)
    by_customer = np.bincount(of_line, gains - gains.mean())
    error = float(np.sqrt((by_customer**2).sum()) / len(gains))
    stretch = _at_its_level(logits, fitted_slope(logits, returned))
    return TriedSlope(stretch, float(gains.mean()), error, int(returned.sum()))


def fitted_slope(logits: Numbers, returned: Numbers) -> float:
    """The slope of the logistic regression of the labels on the logits; 1 where one class only came."""
    if returned.min() == returned.max():
        return 1.0
    centred = logits - logits.mean()  # slope and level then hardly depend on one another
    slope, level = 1.0, float(logits.mean())
    for _ in range(_NEWTON_STEPS):
        step = _newton_step(centred, returned, slope * centred + level)
        slope = float(np.clip(slope + step[0], SMALLEST, LARGEST))
        level += float(np.clip(step[1], -1, 1))
    return slope


def _newton_step(centred: Numbers, returned: Numbers, predictor: Numbers) -> Numbers:
    chances = sigmoid(predictor)
    columns = np.vstack([centred, np.ones_like(centred)])
    curve = (columns * (chances * (1 - chances))) @ columns.T + 1e-9 * np.eye(2)
    return np.asarray(np.linalg.solve(curve, columns @ (returned - chances)))


def _at_its_level(logits: Numbers, slope: float) -> Stretch:
    if slope == 1.0:
        return Stretch()
    offset = float((1 - slope) * logits.mean())
    return Stretch(round(slope, _PLACES), offset + fitted_shift(slope * logits + offset, sigmoid(logits)))


def _losses(logits: Numbers, returned: Numbers, slope: float) -> Numbers:
    """Log-loss of every line at the level of the labels: a slope is not to win by moving the level."""
    moved = slope * logits + float((1 - slope) * logits.mean())
    moved += fitted_shift(moved, returned)
    return np.asarray(np.logaddexp(0, moved) - returned * moved)
