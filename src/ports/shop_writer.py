"""Makes a synthetic shop's files."""

from abc import ABC, abstractmethod

from domain.snapshot import Attempt, StepResult
from domain.synthetic.shop import ShopLaw


class ShopWriter(ABC):
    """Draws a shop by its law; the same law gives the same contents on any machine and number of cores."""

    @abstractmethod
    def write(self, law: ShopLaw, attempt: Attempt) -> StepResult:
        """Write the tables `orders`, `returns` (in the shape "table") and `truth` of `domain.synthetic.mapping`."""
