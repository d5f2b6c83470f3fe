"""Scoring with the champion that stands: under the pipeline's own key, fitting nothing, refusing what cannot score."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from application.champions.champion import StandingDecision, standing_decision
from application.champions.rollback_champion import RollBackChampion
from application.champions.score_with_champion import ScoredDay, ScoreWithChampion, require_champion
from application.run.pipeline import GRAPH, Pipeline
from application.run.run_request import RunRequest
from application.run.workflow import Workflow
from domain.errors import ModelError
from domain.features.feature import digest_of_rules
from domain.labels import LabelPolicy
from domain.model.decision import Champion, Decision
from domain.model.recipe import Recipe
from domain.outputs import SCORES
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import ArtifactRef, Attempt, Manifest, StepResult
from ports.progress import Progress
from tests.fakes.progress import RecordingProgress
from tests.unit.pipeline_bench import Bench, NamedSource

SHOP = NamedSource().mapping.name
POLICY = NamedSource().mapping.label_policy()
MONDAY, TUESDAY = date(2023, 5, 1), date(2023, 5, 2)
PROGRESS = RecordingProgress()
RULES = digest_of_rules({"price": "rule-1", "basket": "rule-1"}, ("price", "basket"))
JOB_STEPS = ["ingest", "match", "features", "score"]


@dataclass
class Shop:
    """A lake in memory on which the pipeline and the scoring job run; each fit gives the model named `model`."""

    model: str = "model-1"
    rule: str = "rule-1"
    columns: tuple[str, ...] = ("price", "basket")
    bench: Bench = field(default_factory=Bench)

    def __post_init__(self) -> None:
        self.bench.bodies |= {
            "features": self._features,
            "train": self._train,
            "promote": self._promote,
            "score": self._score,
        }

    def run_pipeline(self, day: date, until: str = "record") -> Workflow:
        workflow = self.bench.workflow(RunRequest(as_of=day))
        for step in list(GRAPH)[: list(GRAPH).index(until) + 1]:
            workflow.run(step, PROGRESS)
        return workflow

    def job(self, day: date, policy: LabelPolicy = POLICY) -> ScoreWithChampion:
        def standing() -> StandingDecision:
            return require_champion(self.bench.store, SHOP, policy, day)

        return ScoreWithChampion(self.bench.workflow(RunRequest(as_of=day), decision=standing().manifest), standing)

    def score(self, day: date, *, publish: bool = True) -> ScoredDay:
        return self.job(day)(lambda _step: PROGRESS, publish=publish)

    def _features(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        schema = Schema(tuple(Column(name, ColumnType.NUMBER) for name in self.columns))
        table = self.bench.tables.write(attempt, "features", schema, [])
        return StepResult(tables=(table,), facts={"rules": dict.fromkeys(self.columns, self.rule)})

    def _train(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        self.bench.store.put_file(attempt, "model/model.bin", self.model.encode())
        return StepResult(artifacts=(ArtifactRef("model", attempt.location("model"), self.model),))

    def _promote(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        champion = Champion(self.model, Recipe(), ("price", "basket"), RULES, run.known_as_of())
        decision = Decision(run.known_as_of(), SHOP, POLICY, "first", None, champion, ("It is the first.",))
        location = {"step": "train", "key": run.key("train"), "artifact": "model"}
        return StepResult(facts={"decision": decision.as_json()}, notes={"model": location})

    def _score(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        table = self.bench.tables.write(attempt, "scores", SCORES, [])
        model = standing_decision(run.require_decision()).decision.after.model
        return StepResult(tables=(table,), facts={"model": model})


def with_two_champions() -> tuple[Shop, Manifest, Manifest]:
    """A shop whose other code gave Tuesday's fit another champion, with the scores of both days."""
    shop = Shop()
    monday = shop.run_pipeline(MONDAY).pipeline.require("score")
    shop.model = "model-2"
    shop.bench.code.versions["application.steps.train_model"] = 2
    return shop, monday, shop.run_pipeline(TUESDAY).pipeline.require("score")


def test_a_score_that_the_pipeline_committed_is_found() -> None:
    shop = Shop()
    made = shop.run_pipeline(MONDAY).pipeline.require("score")
    scored = shop.score(MONDAY)
    assert scored.executed == ()
    assert scored.scored == made


def test_the_pipeline_finds_the_score_that_the_job_committed() -> None:
    shop = Shop()
    shop.run_pipeline(MONDAY, until="promote")
    scored = shop.score(MONDAY)
    assert scored.executed == ("score",)
    nightly = shop.run_pipeline(MONDAY)
    assert "score" not in nightly.executed
    assert nightly.pipeline.require("score") == scored.scored


def test_a_later_day_is_scored_by_the_champion_of_the_day_before_and_nothing_is_fitted() -> None:
    shop = Shop()
    shop.run_pipeline(MONDAY)
    scored = shop.score(TUESDAY)
    assert scored.executed == ("score",)
    assert scored.scored.facts["model"] == "model-1"
    assert scored.decided.decision.as_of == MONDAY
    assert len(shop.bench.store.manifests("train")) == len(shop.bench.store.manifests("promote")) == 1


def test_a_champion_of_a_later_day_does_not_score_an_earlier_one() -> None:
    shop = Shop()
    shop.run_pipeline(TUESDAY)
    with pytest.raises(ModelError, match=r"'a-shop' as of 2023-05-01.*returncast run"):
        shop.score(MONDAY)


def test_a_champion_of_another_label_does_not_score() -> None:
    shop = Shop()
    shop.run_pipeline(MONDAY)
    with pytest.raises(ModelError, match="within 7 days"):
        shop.job(MONDAY, LabelPolicy(7, POLICY.recording_lag_days))


def test_a_job_that_a_promotion_or_rollback_overtakes_publishes_nothing_over_it() -> None:
    shop, _, _ = with_two_champions()
    job = shop.job(TUESDAY)
    RollBackChampion(shop.bench.store)(SHOP, POLICY, TUESDAY)
    with pytest.raises(ModelError, match="'model-1' scores now, and not 'model-2'"):
        job(lambda _step: PROGRESS, publish=True)
    assert job.workflow.publish_output.location("scores", TUESDAY) is None
    assert shop.score(TUESDAY).published is not None


def test_after_a_rollback_the_champion_put_back_scores_and_the_pipelines_score_stays() -> None:
    shop, _, made = with_two_champions()
    RollBackChampion(shop.bench.store)(SHOP, POLICY, TUESDAY)
    scored = shop.score(TUESDAY)
    assert (made.facts["model"], scored.scored.facts["model"]) == ("model-2", "model-1")
    assert shop.bench.store.find("score", made.key) == made


def test_a_run_after_a_rollback_of_its_day_scores_with_the_champion_put_back_and_keeps_the_score_of_the_job() -> None:
    shop, monday, _ = with_two_champions()
    RollBackChampion(shop.bench.store)(SHOP, POLICY, TUESDAY)
    shop.score(TUESDAY)
    again = shop.run_pipeline(TUESDAY)
    assert again.pipeline.require("score").facts["model"] == "model-1"
    assert not {"ingest", "train", "evaluate", "promote", "score"} & set(again.executed)
    assert {"actions", "orders", "stock", "report"} <= set(again.executed)
    assert shop.run_pipeline(TUESDAY).executed == []
    shop.bench.code.versions["application.steps.train_model"] = 1
    assert shop.run_pipeline(MONDAY).pipeline.require("score") == monday


def test_a_rollback_of_a_rollback_puts_the_run_s_own_champion_in_place_again() -> None:
    shop, _, made = with_two_champions()
    RollBackChampion(shop.bench.store)(SHOP, POLICY, TUESDAY)
    RollBackChampion(shop.bench.store)(SHOP, POLICY, TUESDAY, to="model-2")
    again = shop.run_pipeline(TUESDAY).pipeline.require("score")
    assert (again.facts["model"], made.facts["model"]) == ("model-2", "model-2")


def test_a_rollback_as_of_a_later_day_changes_no_run_before_it() -> None:
    shop, _, made = with_two_champions()
    RollBackChampion(shop.bench.store)(SHOP, POLICY, date(2023, 5, 3))
    again = shop.run_pipeline(TUESDAY)
    assert (again.executed, again.pipeline.require("score")) == ([], made)


def test_new_rows_are_read_matched_and_made_into_features_before_they_are_scored() -> None:
    shop = Shop()
    shop.run_pipeline(MONDAY)
    standing = require_champion(shop.bench.store, SHOP, POLICY, TUESDAY)
    workflow = shop.bench.workflow(RunRequest(as_of=TUESDAY), "more orders", standing.manifest)
    job = ScoreWithChampion(workflow, lambda: standing)
    assert job.plan() == dict.fromkeys(JOB_STEPS, False)
    assert list(job(lambda _step: PROGRESS, publish=False).executed) == JOB_STEPS
    assert job.plan() == dict.fromkeys(JOB_STEPS, True)


def test_scores_are_published_when_that_is_asked_for_and_only_they() -> None:
    shop = Shop()
    shop.run_pipeline(MONDAY, until="promote")
    assert shop.score(MONDAY, publish=False).published is None
    assert shop.job(MONDAY).workflow.publish_output.location("scores", MONDAY) is None
    published = shop.score(MONDAY).published
    assert published is not None
    assert (published.name, published.as_of) == ("scores", MONDAY)
    assert [p.name for p in shop.job(MONDAY).workflow.publish_output.publisher.publications()] == ["scores"]


@pytest.mark.parametrize(
    ("columns", "rule", "why"),
    [(("price",), "rule-1", "basket"), (("price", "basket"), "rule-2", "the same names mean something else")],
)
def test_a_champion_that_cannot_score_the_features_as_made_now_is_refused_before_scoring(
    columns: tuple[str, ...], rule: str, why: str
) -> None:
    shop = Shop()
    shop.run_pipeline(MONDAY)
    shop.columns, shop.rule = columns, rule
    shop.bench.code.versions["adapters.spark.features.builder"] = 2
    with pytest.raises(ModelError, match=f"model-1 cannot score: .*{why}"):
        shop.score(TUESDAY)
    assert len(shop.bench.store.manifests("score")) == 1
