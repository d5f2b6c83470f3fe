"""Step promote: decides once which model scores, the candidate, the champion or the baseline."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from application.champions.champion import ModelLocation, StandingDecision, find_champion
from application.champions.model_snapshots import EVALUATION_MODEL, SHIPPING_MODEL, plan_of, read_model
from domain.costs import CostPolicy
from domain.features.feature import digest_of_rules
from domain.labels import LabelPolicy
from domain.model.decision import Champion, Decision
from domain.model.fits import NO_TEST_LINE, FitPlan
from domain.model.promotion import (
    Comparison,
    TrialFigures,
    Verdict,
    judge_first,
    judge_new_recipe,
    judge_refit,
    judge_without_test,
)
from domain.model.recipe import BASELINE, Recipe
from domain.snapshot import DatasetRef, Json, Manifest, StepResult
from ports.model_evaluator import ModelEvaluator, Trial
from ports.model_trainer import ModelTrainer
from ports.snapshot_store import SnapshotStore


@dataclass(frozen=True)
class Candidacy:
    """What a decision is about: a shop's run as of a day, its fits and their evaluation.

    Args:
        shop: the source's name.
        as_of: day of the run.
        policy: the label.
        costs: what a return costs.
        examples: the labelled lines.
        trained: checkpoint of step train.
        evaluated: checkpoint of step evaluate.
    """

    shop: str
    as_of: date
    policy: LabelPolicy
    costs: CostPolicy
    examples: DatasetRef
    trained: Manifest
    evaluated: Manifest

    @property
    def recipe(self) -> Recipe:
        """How the candidate was fitted."""
        return Recipe.from_json(self.trained.facts["recipe"])

    @property
    def plan(self) -> FitPlan:
        """When its fits were made."""
        return plan_of(self.trained)

    @property
    def features(self) -> tuple[str, ...]:
        """The features that the candidate learned from."""
        return tuple(self.trained.facts["shipping"]["features"])

    @property
    def rules(self) -> dict[str, str]:
        """Digests of how the features of this run are made, by name."""
        rules: dict[str, str] = self.trained.facts["rules"]
        return rules

    @property
    def feature_set(self) -> str:
        """Digest of how the features that the candidate learned from are made."""
        return digest_of_rules(self.rules, self.features)

    def figures(self) -> TrialFigures | None:
        """The candidate's evaluation fit on the test; None without one, or with no line in it."""
        learners = self.evaluated.facts["learners"]
        if not learners:
            return None
        own, baseline = learners[self.recipe.learner], learners[BASELINE]
        return TrialFigures(
            log_loss=own["log_loss"]["value"],
            skill=own["log_loss_skill"]["value"],
            baseline_log_loss=baseline["log_loss"]["value"],
            baseline_skill=baseline["log_loss_skill"]["value"],
        )


@dataclass(frozen=True)
class PromoteModel:
    """Reads the champion of a day not after its own and decides by the rules of `domain.model.promotion`."""

    store: SnapshotStore
    trainer: ModelTrainer
    evaluator: ModelEvaluator

    def __call__(self, candidacy: Candidacy) -> StepResult:
        """No table; facts: `decision` (see `domain.model.decision`); notes: `model`, where the champion's files lie."""
        standing = find_champion(self.store, candidacy.shop, candidacy.policy, candidacy.as_of)
        before = None if standing is None else standing.decision.after
        figures = candidacy.figures()
        verdict, comparison = self._judge(candidacy, before, figures)
        after, location = _outcome(candidacy, verdict, standing, figures)
        decision = Decision(
            as_of=candidacy.as_of,
            shop=candidacy.shop,
            policy=candidacy.policy,
            outcome=verdict.outcome,
            before=before,
            after=after,
            reasons=verdict.reasons,
            figures=_as_json(candidacy, figures, comparison),
        )
        return StepResult(facts={"decision": decision.as_json()}, notes={"model": location.as_json()})

    def _judge(
        self, candidacy: Candidacy, champion: Champion | None, figures: TrialFigures | None
    ) -> tuple[Verdict, Comparison | None]:
        unable = None if champion is None else champion.unable_on(candidacy.rules)
        if unable is not None:  # it cannot score any more, so it cannot stay
            verdict, comparison = self._judge(candidacy, None, figures)
            return verdict.after(unable), comparison
        if figures is None:
            reason = candidacy.plan.reason or NO_TEST_LINE
            return judge_without_test(champion, reason), None
        if champion is None:
            return judge_first(figures), None
        if _is_refit(candidacy, champion):
            return judge_refit(figures, champion), None
        comparison = self._compare(candidacy, champion)
        verdict = judge_new_recipe(figures, comparison)
        return (verdict.with_newer_baseline() if champion.learner == BASELINE else verdict), comparison

    def _compare(self, candidacy: Candidacy, champion: Champion) -> Comparison:
        """The champion's recipe fitted at the candidate's own test day, on the same examples, and both judged."""
        test = candidacy.plan.test
        if test is None:
            raise AssertionError("a comparison without a test")
        features = [name for name in champion.features if name in candidacy.examples.schema]
        rival = self.trainer.fit(candidacy.examples, champion.recipe, candidacy.policy, test.first, features)
        own = read_model(self.store, candidacy.trained, EVALUATION_MODEL)
        trial = Trial(candidacy.examples, test, candidacy.policy, candidacy.costs, candidacy.as_of)
        return self.evaluator.compare(own, rival.files, trial)


def _is_refit(candidacy: Candidacy, champion: Champion) -> bool:
    return champion.recipe_digest == _candidate(candidacy, None).recipe_digest


def _candidate(candidacy: Candidacy, skill: float | None) -> Champion:
    return Champion(
        model=candidacy.trained.artifact(SHIPPING_MODEL).content,
        recipe=candidacy.recipe,
        features=candidacy.features,
        feature_set=candidacy.feature_set,
        fit_at=candidacy.as_of,
        skill=skill,
        fitted=bool(candidacy.trained.facts["shipping"]["fitted"]),
    )


def _outcome(
    candidacy: Candidacy, verdict: Verdict, standing: StandingDecision | None, figures: TrialFigures | None
) -> tuple[Champion, ModelLocation]:
    """The champion from now on and where it lies."""
    if standing is not None and not verdict.takes_over:
        return standing.decision.after, standing.location
    location = ModelLocation(candidacy.trained.step, candidacy.trained.key, SHIPPING_MODEL)
    candidate = _candidate(candidacy, None if figures is None else figures.skill)
    if verdict.outcome == "baseline" and figures is not None:
        baseline = candidate.recipe.using(BASELINE)
        return replace(candidate, recipe=baseline, skill=figures.baseline_skill), location
    recorded = None if standing is None else standing.decision.after.skill
    if verdict.outcome == "refit" and recorded is not None:  # else each refit could lose a little more than the last
        return replace(candidate, skill=recorded), location
    return candidate, location


def _as_json(candidacy: Candidacy, figures: TrialFigures | None, comparison: Comparison | None) -> Mapping[str, Json]:
    return {
        "candidate": _candidate(candidacy, None if figures is None else figures.skill).as_json(),
        "test": candidacy.plan.as_json(),
        "trial": None if figures is None else asdict(figures),
        "comparison": None if comparison is None else asdict(comparison),
    }
