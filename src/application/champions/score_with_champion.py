"""Scores a day with the champion that stands in the lake, fitting nothing: what a cluster does between two runs.

The score is keyed by the standing decision as in a run of the pipeline, so whichever comes first makes it and the
other finds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from application.champions.champion import StandingDecision, find_champion, standing_decision
from application.run.workflow import Workflow
from domain.errors import ModelError
from domain.labels import LabelPolicy
from domain.snapshot import Manifest
from ports.progress import Progress
from ports.publisher import Publication
from ports.snapshot_store import SnapshotStore

SCORE, SCORES = "score", "scores"


def require_champion(store: SnapshotStore, shop: str, policy: LabelPolicy, as_of: date) -> StandingDecision:
    """The decision that stands for a shop as of a day; raises ModelError before the first."""
    standing = find_champion(store, shop, policy, as_of)
    if standing is None:
        raise ModelError(
            f"No champion stands for '{shop}' as of {as_of}, for returns within {policy.window_days} days: "
            "the lake holds no decision of that day or an earlier one.",
            _run_first(as_of),
        )
    return standing


@dataclass(frozen=True)
class ScoredDay:
    """What came of it.

    Args:
        scored: checkpoint of step score.
        decided: the decision it follows.
        executed: the steps that were run now, in order; the others were committed already.
        published: where readers find the scores; None when they were not to be published.
    """

    scored: Manifest
    decided: StandingDecision
    executed: tuple[str, ...]
    published: Publication | None


@dataclass(frozen=True)
class ScoreWithChampion:
    """Runs what step score needs and is not committed yet, then score itself.

    Args:
        workflow: a run whose pipeline was given the standing decision.
        standing: tells the decision that stands now.
    """

    workflow: Workflow
    standing: Callable[[], StandingDecision]

    @property
    def decided(self) -> StandingDecision:
        """The decision whose champion scores."""
        return standing_decision(self.workflow.pipeline.require_decision())

    def plan(self) -> dict[str, bool]:
        """The steps in order, and whether each is committed already."""
        return {step: self.workflow.is_done(step) for step in self.workflow.pipeline.leading_to(SCORE)}

    def __call__(self, progress: Callable[[str], Progress], *, publish: bool) -> ScoredDay:
        """Score and, where asked for, publish `scores`.

        Args:
            progress: makes the progress of a step, by its name.
            publish: whether readers outside get the scores.

        Raises ModelError when the champion cannot score the features as they are made now, or is none any more when its
        scores are to be published.
        """
        pipeline = self.workflow.pipeline
        *before, _ = pipeline.leading_to(SCORE)
        for step in before:
            self.workflow.run(step, progress(step))
        check_able(self.decided, pipeline.require("features").facts["rules"], pipeline.known_as_of())
        self.workflow.run(SCORE, progress(SCORE))
        if publish:
            self._require_standing()
        published = self.workflow.publish_one(SCORES) if publish else None
        return ScoredDay(pipeline.require(SCORE), self.decided, tuple(self.workflow.executed), published)

    def _require_standing(self) -> None:
        """Refuse to publish over what a run or a rollback has decided since the job began; raises ModelError."""
        decided, standing = self.decided, self.standing()
        if (standing.manifest.step, standing.manifest.key) != (decided.manifest.step, decided.manifest.key):
            raise ModelError(
                f"Since this job began another decision was made: '{standing.decision.after.model}' scores now, and "
                f"not '{decided.decision.after.model}'. The scores were kept and not published.",
                "Run the job again.",
            )


def check_able(decided: StandingDecision, rules: Mapping[str, str], as_of: date) -> None:
    """Refuse a champion that cannot score features as they are made now; raises ModelError.

    Args:
        decided: the decision that names the champion.
        rules: digests of how the features are made, by name.
        as_of: the day that is scored.
    """
    champion = decided.decision.after
    unable = champion.unable_on(rules)
    if unable is not None:
        raise ModelError(f"The champion {champion.model} cannot score: {unable}", _run_first(as_of))


def _run_first(as_of: date) -> str:
    return f"Run the pipeline for that day first (`returncast run --as-of {as_of}`): it fits a model and decides."
