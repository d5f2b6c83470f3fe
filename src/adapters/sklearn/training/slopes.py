"""A calibrator of one learner: its logits stretched at the level that they have, as far as a slope is sure.

Platt's slope without his intercept (Platt 1999): the level is the rolling intercept's. A slope that is found on some
lines is not the right one of the next: it is drawn to 1, by how uncertain it is against how far right slopes lie from 1
(a normal mean under a normal prior; Efron and Morris 1973). A day's lines more or less then change it a little, where
a test of whether it is better would take it or leave it.

What tries a slope is a fit that has learned from fewer lines than the one it is put on, and so has seen more in chance.
So a slope below 1 is mostly its own, and believed far less than one above, unless so few lines came back that any fit
sees much that is chance.
"""

from dataclasses import dataclass

import numpy as np

from adapters.sklearn.columns import Numbers
from adapters.sklearn.logits import Stretch, sigmoid
from adapters.sklearn.training.rolling_intercept import fitted_shift
from domain.model.calibration import MIN_RETURNED
from domain.model.promotion import MIN_CUSTOMERS

SMALLEST, LARGEST = 0.0, 2.0  # a slope beyond these is no calibration
_NEWTON_STEPS = 30
_PLACES = 9
# Standard deviations of right slopes about 1, settled on tests of four shops (docs/quality.md).
_SPREAD_OF_FEW = 0.25  # up to 200 returns; from 400 on one of the next two, between them between
_SPREAD_ABOVE = 0.15
_SPREAD_BELOW = 0.03
_NO_SPREAD = 1e-6  # of logits that are all one: they have no slope


@dataclass(frozen=True)
class TriedSlope:
    """A slope as it was found, and what is made of it.

    Args:
        found: the slope of the labels on the logits.
        error: its standard error, customers being independent; None where too few bought the lines to tell it.
        stretch: the calibrator, whose slope lies between 1 and the one found; without an error it changes nothing.
    """

    found: float
    error: float | None
    stretch: Stretch


def tried_slope(logits: Numbers, returned: Numbers, customers: np.ndarray) -> TriedSlope:
    """The calibrator that some lines tell.

    Args:
        logits: of lines that the model has not seen.
        returned: 1.0 or 0.0.
        customers: a number a line that tells its customer.
    """
    found, error = fitted_slope(logits, returned, customers)
    if len(np.unique(customers)) < MIN_CUSTOMERS:
        return TriedSlope(found, None, Stretch())
    return TriedSlope(found, error, _at_its_level(logits, drawn_slope(found, error, int(returned.sum()))))


def drawn_slope(found: float, error: float, returned: int) -> float:
    """A slope drawn to 1 by how uncertain it is.

    Args:
        found: the slope on some lines.
        error: its standard error.
        returned: how many of the lines came back.
    """
    few = float(np.clip(2 - returned / MIN_RETURNED, 0, 1))
    spread = few * _SPREAD_OF_FEW + (1 - few) * (_SPREAD_ABOVE if found > 1 else _SPREAD_BELOW)
    return 1 + (found - 1) * spread**2 / (spread**2 + error**2)


def fitted_slope(logits: Numbers, returned: Numbers, customers: np.ndarray) -> tuple[float, float]:
    """The slope of the logistic regression of the labels on the logits, 1 where one class only came or one logit.

    With its standard error, by how much the scores of customers vary (Huber 1967, White 1982).

    Args:
        logits: of lines that the model has not seen.
        returned: 1.0 or 0.0.
        customers: a number a line that tells its customer.
    """
    centred = np.asarray(logits - logits.mean())  # slope and level then hardly depend on one another
    slope, level = _fitted(centred, returned, float(logits.mean()))
    scores, curve = _scores(centred, returned, slope, level)
    _, of_line = np.unique(customers, return_inverse=True)
    by_customer = np.vstack([np.bincount(of_line, score) for score in scores])
    bread = np.linalg.inv(curve)
    return slope, float(np.sqrt((bread @ (by_customer @ by_customer.T) @ bread)[0, 0]))


def _fitted(centred: Numbers, returned: Numbers, level: float) -> tuple[float, float]:
    """Slope and level of the logistic regression, by Newton's method from a level on."""
    slope = 1.0
    if returned.min() == returned.max() or np.ptp(centred) < _NO_SPREAD:
        return slope, level
    for _ in range(_NEWTON_STEPS):
        scores, curve = _scores(centred, returned, slope, level)
        told = scores.sum(axis=1)
        moved = float(np.clip(slope + np.linalg.solve(curve, told)[0], SMALLEST, LARGEST)) - slope
        slope += moved
        # By as much as the slope did move: at a bound the level is still to be that of the slope there.
        level += float(np.clip((told[1] - curve[1, 0] * moved) / curve[1, 1], -1, 1))
    return slope, level


def _scores(centred: Numbers, returned: Numbers, slope: float, level: float) -> tuple[Numbers, Numbers]:
    """By slope and level the derivative of every line's log-likelihood, and the curvature of their sum."""
    chances = sigmoid(slope * centred + level)
    columns = np.vstack([centred, np.ones_like(centred)])
    curve = (columns * (chances * (1 - chances))) @ columns.T + 1e-9 * np.eye(2)
    return np.asarray(columns * (returned - chances)), np.asarray(curve)


def _at_its_level(logits: Numbers, slope: float) -> Stretch:
    rounded = round(slope, _PLACES)
    if rounded == 1.0:
        return Stretch()
    offset = float((1 - rounded) * logits.mean())
    return Stretch(rounded, round(offset + fitted_shift(rounded * logits + offset, sigmoid(logits)), _PLACES))
