"""Step train: the shipping fit at `as_of` and, where there is room for a test, the evaluation fit before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from application.champions.model_snapshots import EVALUATION_MODEL, SHIPPING_MODEL, put_model
from domain.labels import LabelPolicy
from domain.model.fits import plan_fits
from domain.model.recipe import Recipe
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from ports.model_trainer import FittedModel, ModelTrainer
from ports.snapshot_store import SnapshotStore


@dataclass(frozen=True)
class TrainModel:
    """Fits one recipe twice and keeps both models as files."""

    trainer: ModelTrainer
    store: SnapshotStore

    def __call__(
        self,
        examples: DatasetRef,
        rules: Mapping[str, str],
        recipe: Recipe,
        policy: LabelPolicy,
        as_of: date,
        attempt: Attempt,
    ) -> StepResult:
        """Artifacts `shipping_model` and, with a test, `evaluation_model`.

        `rules` are digests of how the examples' features are made, by name.
        Facts: `as_of`, `rules`, `plan` (`test_from`, `test_to` as ISO days, `reason` where there is no test),
        `recipe`, `lag_law` (of the shipping fit: cumulative share of returns by days from order, or None),
        `unit_shares` (of the shipping fit), `shipping` and `evaluation` (the facts of each fit, see `FittedModel`, and
        its `model` digest; None without a test).
        """
        plan = plan_fits(self.trainer.count_lines(examples), policy, as_of)
        evaluation = None if plan.test is None else self.trainer.fit(examples, recipe, policy, plan.test.first)
        forerunner = None if evaluation is None else evaluation.files
        shipping = self.trainer.fit(examples, recipe, policy, as_of, forerunner=forerunner)
        artifacts = [put_model(self.store, attempt, SHIPPING_MODEL, shipping)]
        if evaluation is not None:
            artifacts.append(put_model(self.store, attempt, EVALUATION_MODEL, evaluation))
        facts: dict[str, Json] = {
            "as_of": as_of.isoformat(),
            "rules": dict(rules),
            "plan": plan.as_json(),
            "recipe": recipe.as_json(),
            "lag_law": shipping.facts["lag_law"],
            "unit_shares": shipping.facts["unit_shares"],
            "shipping": _facts(shipping),
            "evaluation": None if evaluation is None else _facts(evaluation),
        }
        return StepResult(artifacts=tuple(artifacts), facts=facts)


def _facts(model: FittedModel) -> dict[str, Json]:
    return {**model.facts, "model": model.content}
