"""Step evaluate: the evaluation fit on the test days it has not seen."""

from dataclasses import dataclass
from datetime import date

from application.champions.model_snapshots import EVALUATION_MODEL, plan_of, read_model
from domain.costs import CostPolicy
from domain.labels import LabelPolicy
from domain.model.predictions import TEST_PREDICTIONS
from domain.snapshot import Attempt, DatasetRef, Json, Manifest, StepResult
from ports.model_evaluator import ModelEvaluator, Trial, no_figures
from ports.snapshot_store import SnapshotStore
from ports.table_store import TableStore


@dataclass(frozen=True)
class EvaluateModel:
    """Measures every learner of the evaluation fit and keeps its predictions."""

    evaluator: ModelEvaluator
    tables: TableStore
    store: SnapshotStore

    def __call__(
        self,
        examples: DatasetRef,
        trained: Manifest,
        policy: LabelPolicy,
        costs: CostPolicy,
        as_of: date,
        attempt: Attempt,
    ) -> StepResult:
        """Table `test_predictions`, one row a test line; empty where there was no room for a test.

        Facts: `evaluated`, `reason` (why not, or None), `test_from` and `test_to` (ISO days or None), then
        those of `ports.model_evaluator.Evaluation`; without a test the figures are those of no line, and those of
        the model are left out.
        """
        plan = plan_of(trained)
        head = {"evaluated": plan.test is not None, **plan.as_json()}
        if plan.test is None:
            nothing: dict[str, Json] = {"rows": 0, "positives": 0, "rolling_intercept": []}
            table = self.tables.write(attempt, "test_predictions", TEST_PREDICTIONS, [])
            return StepResult(tables=(table,), facts={**head, **nothing, **no_figures()})
        trial = Trial(examples, plan.test, policy, costs, as_of)
        evaluation = self.evaluator.evaluate(read_model(self.store, trained, EVALUATION_MODEL), trial)
        table = self.tables.write(attempt, "test_predictions", TEST_PREDICTIONS, evaluation.predictions)
        return StepResult(tables=(table,), facts={**head, **evaluation.facts})
