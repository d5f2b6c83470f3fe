"""Step backtest: the recipe fitted and judged at every origin that the history allows, each test alone and all pooled.

Each fold is what a run on that day would have done: weights frozen at its first test day, with the labels known before
it. So the pooled figures say how good the recipe is, not how lucky one test was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.costs import CostPolicy
from domain.errors import NotEnoughHistoryError
from domain.labels import LabelPolicy
from domain.model.fits import Window, plan_fits, rolling_origins
from domain.model.predictions import TEST_PREDICTIONS
from domain.model.recipe import Recipe
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from ports.model_evaluator import Evaluation, ModelEvaluator, Trial
from ports.model_trainer import ModelTrainer
from ports.progress import Progress
from ports.table_store import Row, TableStore

TABLE = "backtest_predictions"


@dataclass(frozen=True)
class HistoryRequest:
    """What to test.

    Args:
        examples: the labelled lines, as known at `as_of`.
        recipe: how to fit.
        policy: the label.
        costs: what a return costs and what acting does.
        as_of: day as of which labels are known.
        shop: the source's name, by which a later comparison tells whose backtest it is.
    """

    examples: DatasetRef
    recipe: Recipe
    policy: LabelPolicy
    costs: CostPolicy
    as_of: date
    shop: str = ""


@dataclass(frozen=True)
class BacktestHistory:
    """Fits at every origin, judges each test, and all of them together."""

    trainer: ModelTrainer
    evaluator: ModelEvaluator
    tables: TableStore

    def __call__(self, request: HistoryRequest, attempt: Attempt, progress: Progress) -> StepResult:
        """Table `backtest_predictions`, one row a test line of any fold.

        Facts: `shop`, `as_of`, `recipe`, `test_from` and `test_to` of all folds, those of `ModelEvaluator.pool`, and
        `folds`: a list, oldest first, of `test_from`, `test_to`, `training` (facts of the fit) and the facts of
        `ports.model_evaluator.Evaluation`. Raises NotEnoughHistoryError when no origin has enough to train on.
        """
        tests = self._tests(request)
        predictions: list[Row] = []
        folds: list[Mapping[str, Json]] = []
        for done, test in enumerate(tests):
            progress.report(f"Fitting at {test.first} ({done + 1} of {len(tests)} origins)", done / len(tests))
            facts, evaluation = self._fold(request, test)
            predictions.extend(evaluation.predictions)
            folds.append(facts)
        rows = sorted(predictions, key=lambda row: str(row["line_id"]))
        written = self.tables.write(attempt, TABLE, TEST_PREDICTIONS, rows)
        pooled = self.evaluator.pool(request.examples, rows, request.recipe.learner, request.costs)
        facts = {
            "shop": request.shop,
            "as_of": request.as_of.isoformat(),
            "recipe": request.recipe.as_json(),
            "test_from": tests[0].first.isoformat(),
            "test_to": tests[-1].last.isoformat(),
            **pooled,
            "folds": folds,
        }
        return StepResult(tables=(written,), facts=facts)

    def _tests(self, request: HistoryRequest) -> Sequence[Window]:
        counts = self.trainer.count_lines(request.examples)
        tests = rolling_origins(counts, request.policy, request.as_of)
        if tests:
            return tests
        plan = plan_fits(counts, request.policy, request.as_of)
        if plan.test is None:
            raise NotEnoughHistoryError(plan.reason or "There is no room for a test.", "Name --test-from yourself.")
        return (plan.test,)

    def _fold(self, request: HistoryRequest, test: Window) -> tuple[Mapping[str, Json], Evaluation]:
        model = self.trainer.fit(request.examples, request.recipe, request.policy, test.first)
        trial = Trial(request.examples, test, request.policy, request.costs, request.as_of)
        evaluation = self.evaluator.evaluate(model.files, trial)
        facts = {
            "test_from": test.first.isoformat(),
            "test_to": test.last.isoformat(),
            "training": {**model.facts, "model": model.content},
            **evaluation.facts,
        }
        return facts, evaluation
