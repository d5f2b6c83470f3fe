"""Step score: the chance of every line still in its window, by the model that was decided on."""

from dataclasses import dataclass
from datetime import date

from domain.costs import CostPolicy
from domain.labels import LabelPolicy
from domain.model.examples import LineTables
from domain.snapshot import Attempt, Json, Manifest, StepResult
from ports.batch_scorer import BatchScorer, ScoringModel, ScoringTerms
from ports.progress import Progress


@dataclass(frozen=True)
class ScoreBatch:
    """Makes the table `scores`."""

    scorer: BatchScorer

    def __call__(  # noqa: PLR0913, PLR0917 (three checkpoints, three policies, a model and where it all goes)
        self,
        ingested: Manifest,
        matched: Manifest,
        featured: Manifest,
        model: ScoringModel,
        policy: LabelPolicy,
        costs: CostPolicy,
        as_of: date,
        attempt: Attempt,
        progress: Progress,
    ) -> StepResult:
        """Score with the champion; the facts stand at the port, and `model`, `learner` and `unit_shares` are added.

        Args:
            ingested: checkpoint of step ingest.
            matched: checkpoint of step match.
            featured: checkpoint of step features.
            model: the champion of the decision that the step follows.
            policy: the label that the model predicts.
            costs: what a return costs and what acting does.
            as_of: the day of the run.
            attempt: where the table is written.
            progress: told what is being done.
        """
        tables = LineTables.of(ingested, matched, featured)
        result = self.scorer.score(tables, model, ScoringTerms(as_of, policy, costs), attempt, progress)
        named: dict[str, Json] = {
            "model": model.content,
            "learner": model.learner,
            "unit_shares": list(model.unit_shares.by_band),
        }
        return StepResult(result.tables, result.artifacts, {**result.facts, **named}, result.notes)
