"""Judges models on lines they have not seen."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.costs import CostPolicy
from domain.labels import LabelPolicy
from domain.model.fits import Window
from domain.model.promotion import Comparison
from domain.snapshot import DatasetRef, Json
from ports.table_store import Row


@dataclass(frozen=True)
class Trial:
    """The rows a model is judged on and by what: the table's lines of a window that are mature at `as_of`.

    Args:
        examples: the labelled lines, as known at `as_of`.
        window: days of orders; the model must have been fitted on its first day.
        policy: what the label is and when it is final.
        costs: what a return costs and what acting does.
        as_of: day of the run.
    """

    examples: DatasetRef
    window: Window
    policy: LabelPolicy
    costs: CostPolicy
    as_of: date


@dataclass(frozen=True)
class Evaluation:
    """Predictions and figures of one model on a trial.

    `predictions` are rows of `domain.model.predictions.TEST_PREDICTIONS`, sorted by `line_id`. `facts`: `rows`,
    `positives`, `learner`, `constant_rate`, `resamples`, `learners` (by learner and metric: `value` with
    `low` and `high` of the 95 % interval; a metric that is not defined is left out), `slices`, `money`,
    `rolling_intercept`, `reliability`, `roc`, `pr`, `importance`, `revealing` (features that alone tell the outcome,
    `feature` and `auc`, highest first: `domain.model.leaks`), `order_models`, `cost_per_1000_without_action`.
    """

    predictions: Sequence[Row]
    facts: Mapping[str, Json]


def no_figures() -> dict[str, Json]:
    """The facts of an `Evaluation` that are figures of its lines, of no line."""
    lists = ("slices", "money", "reliability", "roc", "pr", "importance", "revealing")
    empty: dict[str, Json] = {name: [] for name in lists}
    return {**empty, "resamples": 0, "learners": {}, "order_models": {}, "cost_per_1000_without_action": None}


class ModelEvaluator(ABC):
    """Measures models given as files; every interval resamples customers."""

    @abstractmethod
    def evaluate(self, model: Mapping[str, bytes], trial: Trial) -> Evaluation:
        """Every metric of every learner of a model; an empty trial gives no rows and no metrics."""

    @abstractmethod
    def compare(self, candidate: Mapping[str, bytes], champion: Mapping[str, bytes], trial: Trial) -> Comparison:
        """The candidate against the champion on the same rows, each with its own learner, differences paired."""

    @abstractmethod
    def pool(
        self, examples: DatasetRef, predictions: Sequence[Row], learner: str, costs: CostPolicy
    ) -> Mapping[str, Json]:
        """Every metric over the predictions of several trials together, each line once.

        Gives the facts of `Evaluation` that need no model; `importance`, `revealing` and `order_models` are empty.

        Args:
            examples: the labelled lines, which tell known customers from new ones.
            predictions: rows of `domain.model.predictions.TEST_PREDICTIONS`.
            learner: whose chances stand in `p`.
            costs: what a return costs and what acting does.
        """

    @abstractmethod
    def compare_predictions(
        self, examples: DatasetRef, ours: Sequence[Row], theirs: Sequence[Row], costs: CostPolicy
    ) -> Comparison:
        """Predictions `p` of one side against the other's on the lines that both hold, differences paired.

        Raises NotEnoughHistoryError when they share no line, and ConfigurationError when they disagree on what became
        of one.
        """
