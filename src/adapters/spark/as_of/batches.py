"""The columns that Spark and the as-of kernel exchange, and the questions asked of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from adapters.spark.as_of.kernel import Measure
from domain.features.expressions import Expression
from domain.features.rules import ZERO_WHEN_EMPTY, Aggregate, AsOf

ORDERED = "_ordered_day"
KNOWN = "_known_day"
RETURNED = "_returned_day"
CANCELLED = "_cancelled_day"
DAYS = (ORDERED, KNOWN, RETURNED, CANCELLED)
IS_PRODUCT = "_is_product"
LINES = "_lines"  # how many product lines a row stands for, where it is not one line
PLACE = "_place"  # at home, of what a row asks; null where it asks nothing


@dataclass(frozen=True)
class Question:
    """A measure and the name of the column that answers it."""

    name: str
    measure: Measure

    @classmethod
    def of(cls, rule: AsOf, name: str, values: Mapping[Expression, str]) -> "Question":
        """The rule without its key, its value being a column of the facts."""
        value = None if rule.value is None else values[rule.value]
        return cls(name, Measure(rule.aggregate, rule.facts, value, rule.window_days))

    @property
    def is_text(self) -> bool:
        """Whether the answers are texts and not numbers."""
        return self.measure.aggregate is Aggregate.MODE

    @property
    def without_key(self) -> float:
        """The answer for a line that has no key, as of nothing: 0, or NaN for null."""
        return 0.0 if self.measure.aggregate in ZERO_WHEN_EMPTY else np.nan
