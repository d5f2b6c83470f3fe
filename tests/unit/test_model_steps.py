"""Train, evaluate, promote, roll back and backtest as use cases, with a trainer and an evaluator that learn nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.sklearn.training.example_rows import feature_names
from application.backtests.backtest_model import BACKTEST, BacktestModel, BacktestRequest
from application.champions.champion import ModelLocation, champion_files, decisions, find_champion, standing_decision
from application.champions.model_snapshots import EVALUATION_MODEL, SHIPPING_MODEL, plan_of, read_model
from application.champions.rollback_champion import RollBackChampion
from application.steps.evaluate_model import EvaluateModel
from application.steps.promote_model import Candidacy, PromoteModel
from application.steps.train_model import TrainModel
from domain.costs import CostPolicy
from domain.errors import ConfigurationError, NotEnoughHistoryError, SnapshotError
from domain.features.feature import digest_of_rules
from domain.labels import LabelPolicy
from domain.model.decision import Decision
from domain.model.recipe import Recipe
from domain.schema import Schema
from domain.snapshot import DatasetRef, Manifest, StepResult, digest_of
from ports.model_evaluator import Evaluation, Trial
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable
from tests.fakes.models import FakeModelEvaluator, FakeModelTrainer, Lines
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.fakes.table_store import InMemoryTableStore

EXAMPLES = ExamplesTable(4000)
LINES = EXAMPLES.table.to_pylist()
AS_OF = EXAMPLES.as_of
COSTS = CostPolicy()
TRAINER, EVALUATOR = FakeModelTrainer(LINES), FakeModelEvaluator(LINES)
WEAK, PLAIN, STRONG, HOPELESS = (Recipe(learning_rate=rate) for rate in (0.1, 0.2, 0.4, 0.01))


@dataclass
class Shop:
    """A lake in which the model steps of one shop are run, day after day."""

    store: InMemorySnapshotStore
    examples: DatasetRef = EXAMPLES.ref
    rule: str = "rule-1"
    trainer: FakeModelTrainer = TRAINER
    evaluator: FakeModelEvaluator = EVALUATOR
    tables: InMemoryTableStore = field(default_factory=InMemoryTableStore)
    clock: Iterator[datetime] = field(default_factory=lambda: iter(lambda: datetime.now(UTC), None))

    @property
    def rules(self) -> dict[str, str]:
        """All features of the examples are made by the shop's one rule."""
        return dict.fromkeys(feature_names(self.examples.schema), self.rule)

    def train(self, recipe: Recipe = PLAIN, as_of: date = AS_OF) -> Manifest:
        use_case = TrainModel(self.trainer, self.store)
        key = digest_of(["train", recipe.digest, as_of.isoformat(), self.examples.schema.names, self.rule])
        attempt = self.store.begin("train", key)
        result = use_case(self.examples, self.rules, recipe, POLICY, as_of, attempt)
        return self._commit(attempt.id, attempt.uri, key, result, "train")

    def evaluate(self, trained: Manifest, as_of: date = AS_OF) -> Manifest:
        use_case = EvaluateModel(self.evaluator, self.tables, self.store)
        attempt = self.store.begin("evaluate", digest_of(["evaluate", trained.key]))
        result = use_case(self.examples, trained, POLICY, COSTS, as_of, attempt)
        return self._commit(attempt.id, attempt.uri, attempt.key, result, "evaluate")

    def promote(
        self, recipe: Recipe = PLAIN, as_of: date = AS_OF, shop: str = "hats", policy: LabelPolicy = POLICY
    ) -> Decision:
        trained = self.train(recipe, as_of)
        candidacy = Candidacy(shop, as_of, policy, COSTS, self.examples, trained, self.evaluate(trained, as_of))
        result = PromoteModel(self.store, self.trainer, self.evaluator)(candidacy)
        key = digest_of(["promote", shop, trained.key, next(self.clock).isoformat()])
        attempt = self.store.begin("promote", key)
        return standing_decision(self._commit(attempt.id, attempt.uri, key, result, "promote")).decision

    def _commit(self, attempt: str, uri: str, key: str, result: StepResult, step: str) -> Manifest:
        files = self.store.inventory(replace(self.store.begin(step, key), id=attempt, uri=uri))
        return self.store.commit(
            Manifest(
                step=step,
                key=key,
                attempt=attempt,
                uri=uri,
                tables=(),  # they lie in the table store of this test, not in the lake
                artifacts=result.artifacts,
                facts=result.facts,
                notes=result.notes,
                files=files,
                inputs={},
                parameters={},
                code="",
                committed_at=next(self.clock).isoformat(),
            )
        )


class WeakenedEvaluator(FakeModelEvaluator):
    """Reports a skill that is asked for."""

    def __init__(self, lines: Lines, skill: float) -> None:
        super().__init__(lines)
        self._skill = skill

    def evaluate(self, model: Mapping[str, bytes], trial: Trial) -> Evaluation:
        """The same with another skill of the recipe's learner."""
        made = super().evaluate(model, trial)
        made.facts["learners"][made.facts["learner"]]["log_loss_skill"]["value"] = self._skill
        return made


@pytest.fixture
def shop() -> Shop:
    return Shop(InMemorySnapshotStore())


def test_training_keeps_both_models_and_says_when_each_was_fitted(shop: Shop) -> None:
    trained = shop.train()
    plan = plan_of(trained)
    assert plan.test is not None
    assert [artifact.name for artifact in trained.artifacts] == [SHIPPING_MODEL, EVALUATION_MODEL]
    for name, fit_at in ((SHIPPING_MODEL, AS_OF), (EVALUATION_MODEL, plan.test.first)):
        expected = shop.trainer.fit(EXAMPLES.ref, PLAIN, POLICY, fit_at)
        assert read_model(shop.store, trained, name) == expected.files
        assert trained.artifact(name).content == expected.content
    assert trained.facts["shipping"]["model"] == trained.artifact(SHIPPING_MODEL).content
    assert len(trained.facts["lag_law"]) == POLICY.window_days + 1


def test_without_room_for_a_test_only_the_shipping_model_is_fitted_and_nothing_is_judged(shop: Shop) -> None:
    early = FIRST_DAY + timedelta(days=35)
    trained = shop.train(as_of=early)
    evaluated = shop.evaluate(trained, early)
    assert [artifact.name for artifact in trained.artifacts] == [SHIPPING_MODEL]
    assert trained.facts["plan"]["reason"].startswith("Not enough history")
    assert (evaluated.facts["evaluated"], evaluated.facts["learners"]) == (False, {})
    assert evaluated.facts["reason"] == trained.facts["plan"]["reason"]
    assert evaluated.facts["order_models"] == {}


def test_evaluation_writes_a_prediction_for_every_test_line(shop: Shop) -> None:
    trained = shop.train()
    attempt = shop.store.begin("evaluate", "a" * 32)
    result = EvaluateModel(shop.evaluator, shop.tables, shop.store)(
        EXAMPLES.ref, trained, POLICY, COSTS, AS_OF, attempt
    )
    rows = list(shop.tables.read(result.tables[0]))
    assert len(rows) == result.facts["rows"] == result.tables[0].rows
    assert result.facts["test_from"] == trained.facts["plan"]["test_from"]


def test_the_first_candidate_that_beats_the_baseline_becomes_champion(shop: Shop) -> None:
    decision = shop.promote()
    assert (decision.outcome, decision.before) == ("first", None)
    assert decision.after.learner == "mean"
    assert decision.after.skill == decision.figures["trial"]["skill"]


def test_the_first_candidate_that_does_not_leaves_its_place_to_the_baseline(shop: Shop) -> None:
    decision = shop.promote(HOPELESS)
    assert decision.outcome == "baseline"
    assert decision.after.learner == "baseline"
    assert decision.after.skill == decision.figures["trial"]["baseline_skill"]
    standing = find_champion(shop.store, "hats", POLICY, AS_OF)
    assert standing is not None
    assert champion_files(shop.store, standing)


def test_a_recipe_that_beats_the_baseline_replaces_it_the_next_day(shop: Shop) -> None:
    shop.promote(HOPELESS)
    assert shop.promote(STRONG).outcome == "promoted"


def test_a_better_recipe_is_promoted_and_a_worse_one_is_not(shop: Shop) -> None:
    first = shop.promote(PLAIN)
    better = shop.promote(STRONG)
    worse = shop.promote(WEAK)
    assert (better.outcome, better.before) == ("promoted", first.after)
    assert (worse.outcome, worse.after, worse.before) == ("kept", better.after, better.after)


def test_a_refit_of_the_same_recipe_replaces_the_champion(shop: Shop) -> None:
    earlier = shop.promote(as_of=AS_OF - timedelta(days=3))
    refit = shop.promote()
    assert refit.outcome == "refit"
    assert refit.after.model != earlier.after.model
    assert refit.after.fit_at == AS_OF


def test_refits_that_each_lose_a_little_are_held_to_the_skill_recorded_at_promotion(shop: Shop) -> None:
    days = [AS_OF - timedelta(days=days) for days in (4, 3, 2, 1)]
    first = shop.promote(STRONG, as_of=days[0])
    assert first.after.skill is not None
    outcomes = []
    for lost, day in zip((0.015, 0.019, 0.030), days[1:], strict=True):
        shop.evaluator = WeakenedEvaluator(LINES, skill=first.after.skill - lost)
        decision = shop.promote(STRONG, as_of=day)
        outcomes.append((decision.outcome, decision.after.skill))
    assert outcomes == [("refit", first.after.skill), ("refit", first.after.skill), ("kept", first.after.skill)]


def test_the_first_tested_refit_of_an_untested_champion_records_its_skill(shop: Shop) -> None:
    untested = shop.promote(as_of=FIRST_DAY + timedelta(days=35))
    refit = shop.promote()
    assert (untested.after.skill, refit.outcome) == (None, "refit")
    assert refit.after.skill == refit.figures["trial"]["skill"]


def test_an_untested_model_ships_only_where_nothing_else_can(shop: Shop) -> None:
    early = FIRST_DAY + timedelta(days=35)
    first, second = shop.promote(as_of=early), shop.promote(STRONG, as_of=early)
    assert (first.outcome, first.after.evaluated) == ("unevaluated", False)
    assert (second.outcome, second.after) == ("kept", first.after)


def test_a_run_takes_no_champion_from_its_future_from_another_shop_or_of_another_label(shop: Shop) -> None:
    shop.promote(STRONG)
    assert shop.promote(PLAIN, as_of=AS_OF - timedelta(days=2)).before is None
    assert shop.promote(PLAIN, shop="shoes").before is None
    assert shop.promote(PLAIN, policy=LabelPolicy(20)).before is None


def test_decisions_of_two_lakes_about_the_same_rows_are_the_same(shop: Shop) -> None:
    other = Shop(InMemorySnapshotStore())
    other.promote(shop="shoes")
    next(other.clock)
    assert shop.promote() == other.promote()


def test_a_champion_that_reads_features_no_longer_made_gives_way(shop: Shop) -> None:
    shop.promote(STRONG)
    fewer = Schema(tuple(column for column in EXAMPLES.ref.schema.columns if column.name != "noise"))
    shop.examples = replace(EXAMPLES.ref, schema=fewer)
    decision = shop.promote(PLAIN)
    assert decision.outcome == "first"
    assert "noise" in decision.reasons[0]
    assert "noise" not in decision.after.features


def test_a_champion_whose_features_are_made_by_other_rules_now_gives_way(shop: Shop) -> None:
    before = shop.promote(STRONG).after.feature_set
    assert before == digest_of_rules(shop.rules, shop.rules)
    shop.rule = "rule-2"
    decision = shop.promote(PLAIN)
    assert decision.outcome == "first"
    assert before in decision.reasons[0]
    assert decision.after.feature_set == digest_of_rules(shop.rules, shop.rules)


def test_a_champion_stands_beside_a_feature_that_is_new(shop: Shop) -> None:
    fewer = Schema(tuple(column for column in EXAMPLES.ref.schema.columns if column.name != "noise"))
    shop.examples = replace(EXAMPLES.ref, schema=fewer)
    champion = shop.promote(STRONG).after
    shop.examples = EXAMPLES.ref
    decision = shop.promote(WEAK)
    assert (decision.outcome, decision.before, decision.after) == ("kept", champion, champion)


def test_a_baseline_stays_champion_whatever_rules_make_the_features(shop: Shop) -> None:
    baseline = shop.promote(HOPELESS)
    shop.rule = "rule-2"
    decision = shop.promote(HOPELESS)
    assert (decision.outcome, decision.after.learner, decision.before) == ("baseline", "baseline", baseline.after)


def test_a_baseline_that_goes_on_has_the_rates_of_the_run(shop: Shop) -> None:
    before = shop.promote(HOPELESS)
    now = shop.promote(replace(HOPELESS, smoothing=7.0))
    assert (now.outcome, now.after.learner) == ("baseline", "baseline")
    assert now.after.model != before.after.model
    assert "rates of this run" in now.reasons[-1]


def test_rolling_back_puts_the_champion_before_in_place_and_changes_no_earlier_decision(shop: Shop) -> None:
    first, second = shop.promote(PLAIN), shop.promote(STRONG)
    made = decisions(shop.store, "hats", POLICY, AS_OF)
    RollBackChampion(shop.store)("hats", POLICY, AS_OF)
    standing = find_champion(shop.store, "hats", POLICY, AS_OF)
    assert standing is not None
    assert (standing.decision.before, standing.decision.after) == (second.after, first.after)
    assert champion_files(shop.store, standing)
    assert decisions(shop.store, "hats", POLICY, AS_OF)[:-1] == made
    assert shop.promote(PLAIN).outcome == "refit"


def test_rolling_back_without_a_day_puts_the_latest_champion_aside_of_whatever_day_it_is(shop: Shop) -> None:
    first = shop.promote(PLAIN)
    later = shop.promote(STRONG, as_of=AS_OF + timedelta(days=2))
    rolled = standing_decision(RollBackChampion(shop.store)("hats", POLICY)).decision
    assert (rolled.as_of, rolled.before, rolled.after) == (later.as_of, later.after, first.after)
    assert find_champion(shop.store, "hats", POLICY, AS_OF) != find_champion(shop.store, "hats", POLICY, date.max)


def test_rolling_back_to_a_model_by_the_beginning_of_its_digest(shop: Shop) -> None:
    first, _, third = shop.promote(WEAK), shop.promote(PLAIN), shop.promote(STRONG)
    RollBackChampion(shop.store)("hats", POLICY, AS_OF, to=first.after.model[:8])
    standing = find_champion(shop.store, "hats", POLICY, AS_OF)
    assert standing is not None
    assert standing.decision.after == first.after
    RollBackChampion(shop.store)("hats", POLICY, AS_OF, to=third.after.model)
    assert len(decisions(shop.store, "hats", POLICY, AS_OF)) == 5


def test_rolling_back_again_goes_further_back_and_never_to_the_champion_put_aside(shop: Shop) -> None:
    first, second, _ = shop.promote(WEAK), shop.promote(PLAIN), shop.promote(STRONG)
    back = RollBackChampion(shop.store)
    assert standing_decision(back("hats", POLICY, AS_OF)).decision.after == second.after
    assert shop.promote(WEAK).outcome == "kept"
    assert standing_decision(back("hats", POLICY, AS_OF)).decision.after == first.after
    with pytest.raises(ConfigurationError, match="no other champion"):
        back("hats", POLICY, AS_OF)


def test_rolling_back_after_a_new_champion_goes_to_the_one_it_replaced(shop: Shop) -> None:
    first, _ = shop.promote(WEAK), shop.promote(PLAIN)
    back = RollBackChampion(shop.store)
    back("hats", POLICY, AS_OF)
    assert shop.promote(STRONG).before == first.after
    assert standing_decision(back("hats", POLICY, AS_OF)).decision.after == first.after


def test_the_reason_of_a_rollback_tells_a_model_from_the_baseline_of_the_same_fit(shop: Shop) -> None:
    shop.promote(HOPELESS)
    shop.promote(STRONG)
    (reason,) = standing_decision(RollBackChampion(shop.store)("hats", POLICY, AS_OF)).decision.reasons
    assert "(mean) to" in reason
    assert "(baseline)" in reason


def test_there_is_nothing_to_roll_back_to_before_a_second_champion(shop: Shop) -> None:
    with pytest.raises(ConfigurationError, match="no decision"):
        RollBackChampion(shop.store)("hats", POLICY, AS_OF)
    shop.promote()
    with pytest.raises(ConfigurationError, match="no other champion"):
        RollBackChampion(shop.store)("hats", POLICY, AS_OF)
    shop.promote(STRONG)
    with pytest.raises(ConfigurationError, match="beef"):
        RollBackChampion(shop.store)("hats", POLICY, AS_OF, to="beef")


def test_a_champion_that_is_not_where_its_decision_says_is_not_loaded(shop: Shop) -> None:
    shop.promote()
    standing = find_champion(shop.store, "hats", POLICY, AS_OF)
    assert standing is not None
    with pytest.raises(SnapshotError):
        champion_files(shop.store, replace(standing, location=ModelLocation("train", "b" * 32, SHIPPING_MODEL)))


def backtest(**changes: object) -> BacktestRequest:
    return replace(BacktestRequest(EXAMPLES.ref, PLAIN, POLICY, COSTS, AS_OF), **changes)  # type: ignore[arg-type]


def test_a_backtest_gives_a_row_a_test_line_and_is_fitted_on_its_first_day(shop: Shop) -> None:
    first, last = FIRST_DAY + timedelta(days=50), FIRST_DAY + timedelta(days=55)
    found = BacktestModel(shop.trainer, shop.evaluator)(backtest(test_from=first, test_to=last))
    expected = sorted(line["line_id"] for line in LINES if first <= line["ordered_on"] <= last)
    assert [row["line_id"] for row in found.predictions] == expected
    assert all(set(BACKTEST.names) <= set(row) for row in found.predictions)
    assert (found.facts["test_from"], found.facts["test_to"]) == (first.isoformat(), last.isoformat())
    assert found.facts["training"]["last_day"] < first.isoformat()


def test_a_backtest_without_days_is_that_of_the_pipeline(shop: Shop) -> None:
    found = BacktestModel(shop.trainer, shop.evaluator)(backtest())
    plan = shop.train().facts["plan"]
    assert (found.facts["test_from"], found.facts["test_to"]) == (plan["test_from"], plan["test_to"])


def test_a_backtest_ends_where_labels_are_not_final_and_refuses_days_that_have_none(shop: Shop) -> None:
    use_case = BacktestModel(shop.trainer, shop.evaluator)
    found = use_case(backtest(test_from=FIRST_DAY + timedelta(days=60), test_to=AS_OF))
    assert found.facts["test_to"] == POLICY.last_mature_day(AS_OF).isoformat()
    with pytest.raises(NotEnoughHistoryError, match="mature"):
        use_case(backtest(test_from=AS_OF))
    with pytest.raises(NotEnoughHistoryError, match="No line"):
        use_case(backtest(test_from=FIRST_DAY - timedelta(days=9), test_to=FIRST_DAY - timedelta(days=8)))
    with pytest.raises(NotEnoughHistoryError, match="Not enough history"):
        use_case(backtest(as_of=FIRST_DAY + timedelta(days=35)))
