"""The chance that anything of an order comes back.

Lines of an order come back together (one parcel, one decision), so the product of independent
chances is too high for large orders. A logistic model on three figures of the order corrects it; its
coefficients are fitted on predictions that were made out of sample.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.snapshot import Json

ORDER_INPUTS = ("independent_logit", "strongest_logit", "log_lines")
_SMALLEST = 1e-9


@dataclass(frozen=True)
class OrderModel:
    """Coefficients of the order's chance.

    Args:
        intercept: of the linear predictor.
        independent_logit: weight of the logit of 1 - prod(1 - p), the chance if lines were independent.
        strongest_logit: weight of the logit of the largest line chance.
        log_lines: weight of the natural logarithm of the number of lines.
    """

    intercept: float
    independent_logit: float
    strongest_logit: float
    log_lines: float

    @classmethod
    def from_json(cls, facts: Mapping[str, Json]) -> "OrderModel":
        """The model in the facts of an evaluation, one of `facts["order_models"]`."""
        return cls(intercept=facts["intercept"], **{name: facts["coefficients"][name] for name in ORDER_INPUTS})


def order_inputs(chances: Sequence[float]) -> tuple[float, float, float]:
    """The three inputs of the order model, in the order of `ORDER_INPUTS`.

    Args:
        chances: chance of each of the order's lines, at least one.
    """
    return (_logit(independent_chance(chances)), _logit(max(chances)), math.log(len(chances)))


def independent_chance(chances: Sequence[float]) -> float:
    """The chance that at least one line comes back, if lines came back independently."""
    return 1 - math.prod(1 - p for p in chances)


def chance_of_any(chances: Sequence[float], model: OrderModel) -> float:
    """The chance that at least one line comes back, never outside what the lines' chances allow.

    It lies between the largest chance and their sum (the bounds of Boole and Fréchet), so an order of one
    line has that line's chance.

    Args:
        chances: chance of each of the order's lines; an order of none has chance 0.
        model: the fitted coefficients.
    """
    if not chances:
        return 0.0
    independent, strongest, lines = order_inputs(chances)
    raw = model.intercept + model.independent_logit * independent
    raw += model.strongest_logit * strongest + model.log_lines * lines
    return min(max(1 / (1 + math.exp(-raw)), *chances), 1.0, math.fsum(chances))


def _logit(p: float) -> float:
    bounded = min(max(p, _SMALLEST), 1 - _SMALLEST)
    return math.log(bounded / (1 - bounded))
