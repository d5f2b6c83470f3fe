"""What every trainer and every evaluator must do."""

from abc import ABC, abstractmethod
from collections import Counter
from datetime import date, timedelta

import pytest

from domain.costs import CostPolicy
from domain.errors import ConfigurationError, ModelError, NotEnoughHistoryError
from domain.model.calibration import Regime
from domain.model.fits import Window, training_counts
from domain.model.predictions import TEST_PREDICTIONS
from domain.model.recipe import LEARNERS, Recipe
from domain.unit_shares import UnitShares
from ports.model_evaluator import ModelEvaluator, Trial
from ports.model_trainer import ModelTrainer
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

FIT_AT = FIRST_DAY + timedelta(days=70)
WINDOW = Window(FIT_AT - timedelta(days=10), FIT_AT - timedelta(days=3))
EXAMPLES = ExamplesTable(1500)
RECIPE = Recipe(iterations=10, min_samples_leaf=20)


def _shares_of_the_lines_that_train() -> UnitShares:
    names = ("ordered_on", "return_known_on", "quantity", "returned_quantity")
    rows = zip(*(EXAMPLES.table[name].to_pylist() for name in names), strict=True)
    came = [units for day, known, *units in rows if known is not None and known < FIT_AT and _trains(day)]
    return UnitShares.measured(Counter((quantity, returned) for quantity, returned in came))


def _trains(day: date) -> bool:
    return POLICY.is_mature(day, FIT_AT)


class ModelTrainerContract(ABC):
    """Laws of `ports.model_trainer.ModelTrainer`."""

    @abstractmethod
    def trainer(self, examples: ExamplesTable) -> ModelTrainer:
        """The trainer under test, reading those examples."""

    def test_counts_hold_every_line_once(self) -> None:
        counts = self.trainer(EXAMPLES).count_lines(EXAMPLES.ref)
        assert sum(count.lines for count in counts) == 1500
        assert len({(count.ordered_on, count.known_on, count.available_on) for count in counts}) == len(counts)

    def test_a_fit_learns_from_the_lines_mature_and_the_labels_known_at_its_day(self) -> None:
        trainer = self.trainer(EXAMPLES)
        facts = trainer.fit(EXAMPLES.ref, RECIPE, POLICY, FIT_AT).facts
        expected = training_counts(trainer.count_lines(EXAMPLES.ref), POLICY, FIT_AT)
        assert (facts["rows"], facts["positives"]) == expected
        assert facts["last_day"] <= POLICY.last_mature_day(FIT_AT).isoformat()
        assert len(facts["lag_law"]) == POLICY.window_days + 1
        assert facts["unit_shares"] == list(_shares_of_the_lines_that_train().by_band)
        assert facts["learned_lines"] >= facts["rows"]
        assert set(facts["drifted"]) <= set(facts["features"])
        assert facts["calibration"]["regime"] in set(Regime)

    def test_lines_known_long_after_their_order_are_counted_as_a_fit_learns_from_them(self) -> None:
        moments = EXAMPLES.table["ordered_at"].to_pylist()
        late = EXAMPLES.with_column(
            "available_at", [moment + timedelta(days=n % 60) for n, moment in enumerate(moments)]
        )
        trainer = self.trainer(late)
        facts = trainer.fit(late.ref, RECIPE, POLICY, FIT_AT).facts
        assert (facts["rows"], facts["positives"]) == training_counts(trainer.count_lines(late.ref), POLICY, FIT_AT)
        assert facts["rows"] < self.trainer(EXAMPLES).fit(EXAMPLES.ref, RECIPE, POLICY, FIT_AT).facts["rows"]

    def test_equal_rows_in_any_order_give_equal_content(self) -> None:
        shuffled = ExamplesTable(1500, shuffle_rows=True)
        first = self.trainer(EXAMPLES).fit(EXAMPLES.ref, RECIPE, POLICY, FIT_AT)
        assert first.content == self.trainer(shuffled).fit(shuffled.ref, RECIPE, POLICY, FIT_AT).content

    def test_a_fit_has_the_trees_that_its_recipe_names_for_so_few_lines(self) -> None:
        facts = self.trainer(EXAMPLES).fit(EXAMPLES.ref, RECIPE, POLICY, FIT_AT).facts
        assert facts["trees"] == RECIPE.iterations

    def test_another_day_or_recipe_gives_another_content(self) -> None:
        trainer = self.trainer(EXAMPLES)
        models = (
            trainer.fit(EXAMPLES.ref, RECIPE, POLICY, FIT_AT),
            trainer.fit(EXAMPLES.ref, RECIPE, POLICY, FIT_AT + timedelta(days=5)),
            trainer.fit(EXAMPLES.ref, Recipe(iterations=10, min_samples_leaf=20, l2=1.0), POLICY, FIT_AT),
        )
        assert len({model.content for model in models}) == 3

    def test_no_rows_give_a_model_that_says_what_it_lacks(self) -> None:
        empty = ExamplesTable(0)
        facts = self.trainer(empty).fit(empty.ref, RECIPE, POLICY, FIT_AT).facts
        assert (facts["rows"], facts["fitted"], facts["lag_law"], facts["first_day"]) == (0, [], None, None)
        assert facts["trees"] == 0
        assert facts["degenerate"]

    def test_an_unknown_feature_is_refused(self) -> None:
        with pytest.raises(ModelError, match="weather"):
            self.trainer(EXAMPLES).fit(EXAMPLES.ref, RECIPE, POLICY, FIT_AT, ["weather"])


class ModelEvaluatorContract(ABC):
    """Laws of `ports.model_evaluator.ModelEvaluator`."""

    @abstractmethod
    def trainer(self) -> ModelTrainer:
        """A trainer whose models the evaluator reads."""

    @abstractmethod
    def evaluator(self, examples: ExamplesTable = EXAMPLES) -> ModelEvaluator:
        """The evaluator under test, reading those examples."""

    def files(self, learner: str = "mean") -> dict[str, bytes]:
        return dict(self.trainer().fit(EXAMPLES.ref, RECIPE.using(learner), POLICY, WINDOW.first).files)

    def trial(self, window: Window = WINDOW) -> Trial:
        return Trial(EXAMPLES.ref, window, POLICY, CostPolicy(), EXAMPLES.as_of)

    def test_predictions_hold_every_mature_line_of_the_window_once_in_the_order_of_line_id(self) -> None:
        evaluation = self.evaluator().evaluate(self.files(), self.trial())
        ids = [str(row["line_id"]) for row in evaluation.predictions]
        inside = [WINDOW.holds(day) for day in EXAMPLES.table["ordered_on"].to_pylist()]
        assert ids == sorted(set(ids))
        assert len(ids) == sum(inside) == evaluation.facts["rows"]
        assert set(evaluation.predictions[0]) == set(TEST_PREDICTIONS.names)

    @pytest.mark.parametrize("learner", LEARNERS)
    def test_p_is_the_chance_of_the_recipes_own_learner(self, learner: str) -> None:
        evaluation = self.evaluator().evaluate(self.files(learner), self.trial())
        assert evaluation.facts["learner"] == learner
        assert all(row["p"] == row[f"p_{learner}"] for row in evaluation.predictions)
        assert set(evaluation.facts["learners"]) == set(LEARNERS)

    def test_a_window_without_mature_lines_has_no_metrics_and_no_comparison(self) -> None:
        late = self.trial(Window(EXAMPLES.as_of, EXAMPLES.as_of))
        evaluation = self.evaluator().evaluate(self.files(), late)
        assert list(evaluation.predictions) == []
        assert evaluation.facts["learners"] == {}
        with pytest.raises(NotEnoughHistoryError):
            self.evaluator().compare(self.files(), self.files(), late)

    def test_a_feature_that_alone_tells_the_outcome_is_named_and_no_other(self) -> None:
        known = [1.0 if day is None else None for day in EXAMPLES.table["return_known_on"].to_pylist()]
        trial = self.trial(Window(WINDOW.first, WINDOW.first + timedelta(days=25)))
        honest = self.evaluator().evaluate(self.files(), trial)
        leaking = self.evaluator(EXAMPLES.with_column("noise", known)).evaluate(self.files(), trial)
        assert honest.facts["revealing"] == []
        assert leaking.facts["revealing"] == [{"feature": "noise", "auc": 1.0}]

    def test_a_model_does_not_differ_from_itself(self) -> None:
        comparison = self.evaluator().compare(self.files(), self.files(), self.trial())
        assert comparison.log_loss_difference.value == 0
        assert comparison.cost_difference == 0

    def test_a_comparison_changes_its_sign_when_turned_round(self) -> None:
        ours, theirs = self.files("hgb"), self.files("baseline")
        there = self.evaluator().compare(ours, theirs, self.trial()).log_loss_difference
        back = self.evaluator().compare(theirs, ours, self.trial()).log_loss_difference
        assert there.value == pytest.approx(-back.value)
        assert there.value != 0
        assert there.low <= there.value <= there.high

    def test_predictions_of_a_trial_pooled_alone_have_the_trials_own_losses(self) -> None:
        evaluation = self.evaluator().evaluate(self.files(), self.trial())
        pooled = self.evaluator().pool(EXAMPLES.ref, evaluation.predictions, "mean", CostPolicy())
        assert (pooled["rows"], pooled["positives"]) == (evaluation.facts["rows"], evaluation.facts["positives"])
        for learner in LEARNERS:
            own, again = (facts["learners"][learner]["log_loss"]["value"] for facts in (evaluation.facts, pooled))
            assert again == pytest.approx(own, abs=1e-8)

    def test_no_predictions_pool_to_no_metrics(self) -> None:
        pooled = self.evaluator().pool(EXAMPLES.ref, [], "mean", CostPolicy())
        assert (pooled["rows"], pooled["learners"]) == (0, {})

    def test_predictions_are_compared_on_the_lines_of_both(self) -> None:
        ours, theirs = (self.evaluator().evaluate(self.files(name), self.trial()) for name in ("hgb", "baseline"))
        evaluator = self.evaluator()
        whole = evaluator.compare_predictions(EXAMPLES.ref, ours.predictions, theirs.predictions, CostPolicy())
        of_models = evaluator.compare(self.files("hgb"), self.files("baseline"), self.trial())
        assert whole.log_loss_difference.value == pytest.approx(of_models.log_loss_difference.value, abs=1e-8)
        assert whole.customers == of_models.customers > 1
        assert whole.returned_lines == of_models.returned_lines > 0
        with pytest.raises(NotEnoughHistoryError):
            evaluator.compare_predictions(EXAMPLES.ref, ours.predictions, [], CostPolicy())

    def test_predictions_of_another_outcome_are_not_compared(self) -> None:
        ours = self.evaluator().evaluate(self.files(), self.trial()).predictions
        first, *others = ours
        theirs = [{**first, "y": 1 - int(str(first["y"]))}, *others]
        with pytest.raises(ConfigurationError, match=f"1 of {len(ours)} lines: '{first['line_id']}'"):
            self.evaluator().compare_predictions(EXAMPLES.ref, ours, theirs, CostPolicy())
