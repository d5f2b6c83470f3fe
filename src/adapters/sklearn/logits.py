"""Logits: the chance behind one, and a line drawn through many."""

from dataclasses import asdict, dataclass

import numpy as np

from adapters.sklearn.columns import Numbers
from domain.snapshot import Json


def sigmoid(logit: Numbers) -> Numbers:
    """The chance behind a logit."""
    return np.asarray(1 / (1 + np.exp(-logit)))


@dataclass(frozen=True)
class Stretch:
    """A calibrator: `slope * logit + offset`.

    Args:
        slope: above 1 where chances are too timid.
        offset: what keeps the mean chance.
    """

    slope: float = 1.0
    offset: float = 0.0

    def applied(self, logit: Numbers) -> Numbers:
        """The calibrated logits."""
        return self.slope * logit + self.offset

    def as_json(self) -> dict[str, Json]:
        """The numbers by name."""
        return asdict(self)
