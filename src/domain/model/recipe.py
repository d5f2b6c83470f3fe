"""How a model is fitted: the learner that scores and every parameter of every learner, as one value."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum

from domain.errors import ConfigurationError
from domain.features.feature import Family
from domain.snapshot import Json, digest_of

MOST_ROUNDS = 10
RARER_LINES = 10_000  # of the rarer outcome: up to so many, a fit has the trees that its recipe names


class Learner(StrEnum):
    """Whose probabilities may be used."""

    MEAN = "mean"
    HGB = "hgb"
    LOGISTIC = "logistic"
    BASELINE = "baseline"


LEARNERS = tuple(learner.value for learner in Learner)
BASELINE = Learner.BASELINE.value


@dataclass(frozen=True)
class Recipe:
    """What is fitted and how; equal recipes fitted to equal rows give equal models.

    Every fit holds all learners; `learner` names the one whose probabilities are used.

    Args:
        learner: `mean` (of the logits of the next two), `hgb` (histogram gradient boosting), `logistic`
            (L2-regularised logistic regression) or `baseline` (smoothed rates of item and category).
        iterations: trees of the boosting; more where many lines of both outcomes are learned from (`trees`).
        learning_rate: weight of each tree, above 0 and at most 1.
        max_leaf_nodes: leaves of a tree at most.
        min_samples_leaf: training lines in a leaf at least.
        l2: penalty on leaf values.
        max_features: share of the features that each split may look at.
        logistic_c: inverse strength of the logistic regression's penalty.
        smoothing: lines' worth of the wider group's rate that the baseline adds to each rate.
        open_order_rounds: how often the learners are fitted again with the orders whose window is still open, each by
            its chance to come back yet; 0 learns from mature lines alone.
        open_order_min_share: share of the lag law that must have elapsed for an open order to be learned from.
        max_lines: lines that are learned from at most; of more, a stratified sample whose weights keep the rates.
        max_drift: standard deviations by which a feature may have moved from the training lines to those of the last 28
            days before the fit (Wasserstein's distance); the logistic regression does without those that moved further.
            1000 gives every feature its slope.
        rolling_intercept: whether the level follows the lines that matured since the fit.
        calibrate: whether the logits are stretched by a slope that lines told which the model has not seen.
        without_families: families of features that are not learned from, parted by commas.
        seed: of everything drawn at random.
        shuffle_labels_seed: when given, the training labels are permuted with this seed: a test for leaks.
    """

    learner: str = "mean"
    iterations: int = 120
    learning_rate: float = 0.04
    max_leaf_nodes: int = 15
    min_samples_leaf: int = 100
    l2: float = 10.0
    max_features: float = 0.33
    logistic_c: float = 0.005
    smoothing: float = 20.0
    open_order_rounds: int = 2
    open_order_min_share: float = 0.05
    max_lines: int = 500_000
    max_drift: float = 0.6
    rolling_intercept: bool = True
    calibrate: bool = True
    without_families: str = ""
    seed: int = 0
    shuffle_labels_seed: int | None = None

    def __post_init__(self) -> None:
        """Refuse parameters that no learner can be fitted with."""
        allowed = {
            f"a learner of {', '.join(LEARNERS)}": self.learner in LEARNERS,
            "at least 1 iteration": self.iterations >= 1,
            "a learning_rate above 0 and at most 1": 0 < self.learning_rate <= 1,
            "at least 2 max_leaf_nodes": self.max_leaf_nodes >= 2,
            "min_samples_leaf of at least 1": self.min_samples_leaf >= 1,
            "an l2 of at least 0": self.l2 >= 0,
            "max_features above 0 and at most 1": 0 < self.max_features <= 1,
            "a logistic_c above 0": self.logistic_c > 0,
            "a smoothing above 0": self.smoothing > 0,
            "0 to 10 open_order_rounds": 0 <= self.open_order_rounds <= MOST_ROUNDS,
            "at least 1000 max_lines": self.max_lines >= 1_000,
            "a max_drift above 0": self.max_drift > 0,
            "an open_order_min_share from 0 to 1": 0 <= self.open_order_min_share <= 1,
            f"without_families of {', '.join(Family)}": self.families_left_out <= set(Family),
            "a seed from 0 to 4294967295": 0 <= self.seed < 2**32,
            "a shuffle_labels_seed of at least 0": (self.shuffle_labels_seed or 0) >= 0,
        }
        wrong = [wanted for wanted, holds in allowed.items() if not holds]
        if wrong:
            raise ConfigurationError(
                f"The recipe {asdict(self)} cannot be fitted.", f"A recipe needs {' and '.join(wrong)}."
            )

    @property
    def families_left_out(self) -> frozenset[str]:
        """The families of features that are not learned from."""
        return frozenset(name for part in self.without_families.split(",") if (name := part.strip()))

    def trees(self, rarer: float) -> int:
        """Trees of a boosting that learns from so many lines of the rarer outcome.

        More lines tell more apart, and it takes more trees to say it: beyond 10,000 lines of the rarer outcome, their
        number grows as the square root (docs/quality.md has what that rests on).
        """
        return round(self.iterations * max(1.0, math.sqrt(rarer / RARER_LINES)))

    @property
    def digest(self) -> str:
        """Equal for equal recipes; changes with any parameter."""
        return digest_of(self.as_json())

    def as_json(self) -> dict[str, Json]:
        """The parameters by name."""
        return asdict(self)

    def using(self, learner: str) -> "Recipe":
        """The same fit with another learner's probabilities used."""
        return replace(self, learner=learner)

    @classmethod
    def from_json(cls, values: Mapping[str, Json]) -> "Recipe":
        """The recipe that `as_json` wrote; raises ConfigurationError for a parameter it does not know."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise ConfigurationError(
                f"The recipe names {', '.join(unknown)}, which this version does not know.",
                "Read it with the version of the code that wrote it.",
            )
        return cls(**values)
