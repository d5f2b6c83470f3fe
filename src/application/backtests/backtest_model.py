"""A fit judged on days that are asked for: frozen at the first test day, labels known before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.costs import CostPolicy
from domain.errors import NotEnoughHistoryError
from domain.labels import LabelPolicy
from domain.model.fits import Window, check_test_days, plan_fits
from domain.model.recipe import Recipe
from domain.schema import Column, Schema
from domain.schema import ColumnType as T
from domain.snapshot import DatasetRef, Json
from ports.model_evaluator import ModelEvaluator, Trial
from ports.model_trainer import ModelTrainer
from ports.table_store import Row

BACKTEST = Schema(
    (
        Column("line_id", T.TEXT, meaning="the order line; unique"),
        Column("order_id", T.TEXT),
        Column("customer_id", T.TEXT, nullable=True, meaning="null for a guest"),
        Column("item_id", T.TEXT),
        Column("ordered_at", T.MOMENT, meaning="UTC"),
        Column("p", T.NUMBER, meaning="chance that the line comes back within the window"),
        Column("y", T.INTEGER, meaning="1 where it did, else 0"),
    )
)


@dataclass(frozen=True)
class BacktestRequest:
    """What to test.

    Args:
        examples: the labelled lines, as known at `as_of`.
        recipe: how to fit; its `shuffle_labels_seed` permutes the training labels alone.
        policy: the label.
        costs: what a return costs and what acting does.
        as_of: day as of which labels are known.
        test_from: first day of the test and day of the fit; None for the pipeline's own.
        test_to: last day of the test; None for the last that is mature.
    """

    examples: DatasetRef
    recipe: Recipe
    policy: LabelPolicy
    costs: CostPolicy
    as_of: date
    test_from: date | None = None
    test_to: date | None = None


@dataclass(frozen=True)
class Backtest:
    """`predictions` of schema `TEST_PREDICTIONS`, sorted by line_id, and every metric with its interval.

    `facts`: `test_from`, `test_to`, `as_of`, `recipe`, `training` (facts of the fit), and those of
    `ports.model_evaluator.Evaluation`.
    """

    predictions: Sequence[Row]
    facts: Mapping[str, Json]


@dataclass(frozen=True)
class BacktestModel:
    """Fits at the first test day and judges on the test; nothing is kept in the lake."""

    trainer: ModelTrainer
    evaluator: ModelEvaluator

    def __call__(self, request: BacktestRequest) -> Backtest:
        """One row a test line, with the figures; raises NotEnoughHistoryError when no day of the test is mature."""
        test = self._window(request)
        model = self.trainer.fit(request.examples, request.recipe, request.policy, test.first)
        trial = Trial(request.examples, test, request.policy, request.costs, request.as_of)
        evaluation = self.evaluator.evaluate(model.files, trial)
        if not evaluation.predictions:
            raise NotEnoughHistoryError(
                f"No line was ordered from {test.first} to {test.last}.", "Choose days that the source covers."
            )
        facts: dict[str, Json] = {
            "test_from": test.first.isoformat(),
            "test_to": test.last.isoformat(),
            "as_of": request.as_of.isoformat(),
            "recipe": request.recipe.as_json(),
            "training": {**model.facts, "model": model.content},
            **evaluation.facts,
        }
        return Backtest(evaluation.predictions, facts)

    def _window(self, request: BacktestRequest) -> Window:
        first, last = request.test_from, request.test_to
        if first is None:
            plan = plan_fits(self.trainer.count_lines(request.examples), request.policy, request.as_of)
            if plan.test is None:
                raise NotEnoughHistoryError(plan.reason or "There is no room for a test.", "Name --test-from yourself.")
            first = plan.test.first
        test = Window(first, min(last or date.max, request.policy.last_mature_day(request.as_of)))
        problems = list(check_test_days(test, request.policy, request.as_of))
        if problems:
            raise NotEnoughHistoryError(" ".join(problems), "Choose earlier test days or a later --as-of.")
        return test
