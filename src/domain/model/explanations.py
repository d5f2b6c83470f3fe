"""Why a line has its chance: the logit of the chance as a sum of one part a feature."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from domain.content import Cell

LOGIT_TOLERANCE = 1e-6  # a published chance has ten decimals


@dataclass(frozen=True)
class Explanation:
    """The parts of one line's logit.

    Args:
        start: the logit of the model's average line.
        parts: by feature, how far it moves the logit.
        values: by feature, what the line has.
    """

    start: float
    parts: Mapping[str, float]
    values: Mapping[str, Cell]

    @property
    def logit(self) -> float:
        """Start and parts together."""
        return self.start + math.fsum(self.parts.values())

    @property
    def chance(self) -> float:
        """The chance that the parts add up to."""
        return 1 / (1 + math.exp(-self.logit))

    def ranked(self) -> tuple[str, ...]:
        """The features from the strongest part to the weakest, ties by name."""
        return tuple(sorted(self.parts, key=lambda name: (-abs(self.parts[name]), name)))
