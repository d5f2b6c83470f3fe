"""Step score: the chance of every line still in its window, by the model that was decided on."""

from dataclasses import dataclass

from application.champion import StandingDecision, champion_files, standing_decision
from domain.examples import LineTables
from domain.snapshot import Attempt, Json, Manifest, StepResult
from ports.batch_scorer import BatchScorer, ScoringModel, ScoringTerms
from ports.progress import Progress
from ports.snapshot_store import SnapshotStore


@dataclass(frozen=True)
class ScoreBatch:
    """Makes the table `scores` with the champion of a committed decision, wherever in the lake it lies."""

    store: SnapshotStore
    scorer: BatchScorer

    def __call__(
        self,
        tables: LineTables,
        decided: Manifest,
        feature_set: str,
        terms: ScoringTerms,
        attempt: Attempt,
        progress: Progress,
    ) -> StepResult:
        """Score with the model that was decided on; the facts stand at the port, and `model` and `learner` are added.

        Args:
            tables: lines, returns and features.
            decided: the checkpoint of step promote or rollback.
            feature_set: digest of the feature set behind `tables.features`.
            terms: the day, the label and the costs.
            attempt: where the table is written.
            progress: told what is being done.
        """
        standing = standing_decision(decided)
        champion = standing.decision.after
        model = ScoringModel(
            files=champion_files(self.store, standing),
            content=champion.model,
            feature_set=feature_set,
            learner=champion.learner,
            lag_law=self._lag_law(standing),
        )
        result = self.scorer.score(tables, model, terms, attempt, progress)
        named: dict[str, Json] = {"model": champion.model, "learner": champion.learner}
        return StepResult(result.tables, result.artifacts, {**result.facts, **named}, result.notes)

    def _lag_law(self, standing: StandingDecision) -> list[float] | None:
        """The law of the champion's own fit, so that a score uses one state of knowledge throughout."""
        trained = self.store.find(standing.location.step, standing.location.key)
        law: list[float] | None = None if trained is None else trained.facts["lag_law"]
        return law
