from datetime import timedelta

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from adapters.sklearn.evaluation.evaluator import SklearnModelEvaluator
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.costs import CostPolicy
from domain.errors import NotEnoughHistoryError
from domain.model.fits import Window
from domain.model.predictions import TEST_PREDICTIONS
from domain.model.recipe import LEARNERS, Recipe
from domain.order_chance import OrderModel
from ports.model_evaluator import Evaluation, Trial
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

EXAMPLES = ExamplesTable(6000)
WINDOW = Window(FIRST_DAY + timedelta(days=50), FIRST_DAY + timedelta(days=69))
TRIAL = Trial(EXAMPLES.ref, WINDOW, POLICY, CostPolicy(), EXAMPLES.as_of)
TRAINER = SklearnModelTrainer(EXAMPLES.read, EXAMPLES.read_lines)
EVALUATOR = SklearnModelEvaluator(EXAMPLES.read, EXAMPLES.read_lines)


def files(**changes: object) -> dict[str, bytes]:
    recipe = Recipe(**{"iterations": 40, "min_samples_leaf": 30, **changes})  # type: ignore[arg-type]
    return dict(TRAINER.fit(EXAMPLES.ref, recipe, POLICY, WINDOW.first).files)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return EVALUATOR.evaluate(files(), TRIAL)


def test_predictions_are_the_mature_lines_of_the_window_sorted_by_line_id(evaluation: Evaluation) -> None:
    days = EXAMPLES.table["ordered_on"].to_pylist()
    ids = EXAMPLES.table["line_id"].to_pylist()
    expected = sorted(line for line, day in zip(ids, days, strict=True) if WINDOW.holds(day))
    assert [row["line_id"] for row in evaluation.predictions] == expected
    assert set(evaluation.predictions[0]) == set(TEST_PREDICTIONS.names)
    assert all(row["p"] == row["p_mean"] for row in evaluation.predictions)


def test_figures_are_those_of_the_predictions(evaluation: Evaluation) -> None:
    y = [row["y"] for row in evaluation.predictions]
    for learner in ("mean", "hgb", "logistic", "baseline"):
        p = [row[f"p_{learner}"] for row in evaluation.predictions]
        found = evaluation.facts["learners"][learner]
        assert found["log_loss"]["value"] == pytest.approx(log_loss(y, p), abs=1e-8)
        assert found["auc"]["value"] == pytest.approx(roc_auc_score(y, p), abs=1e-8)
    assert evaluation.facts["rows"] == len(y)
    assert evaluation.facts["positives"] == sum(int(str(value)) for value in y)


def test_every_figure_lies_in_its_interval_and_the_model_beats_the_baseline(evaluation: Evaluation) -> None:
    learners = evaluation.facts["learners"]
    for figures in learners.values():
        assert all(figure["low"] <= figure["value"] <= figure["high"] for figure in figures.values())
    assert learners["mean"]["log_loss_skill_vs_baseline"]["low"] > 0
    assert learners["mean"]["log_loss_skill"]["low"] > 0
    assert len(learners["mean"]) == 13
    assert "calibration_slope" in learners["mean"]


def test_slices_of_a_dimension_hold_every_line_once(evaluation: Evaluation) -> None:
    lines: dict[str, int] = {}
    for part in evaluation.facts["slices"]:
        lines[part["dimension"]] = lines.get(part["dimension"], 0) + part["lines"]
        assert part["log_loss_low"] <= part["log_loss"] <= part["log_loss_high"]
    assert lines == dict.fromkeys(("category", "customer", "price_band", "month"), evaluation.facts["rows"])
    assert {p["value"] for p in evaluation.facts["slices"] if p["dimension"] == "customer"} == {"guest", "known", "new"}


def test_curves_are_bounded_and_go_from_corner_to_corner(evaluation: Evaluation) -> None:
    roc = [(point["x"], point["y"]) for point in evaluation.facts["roc"] if point["learner"] == "mean"]
    assert roc[0] == (0, 0)
    assert roc[-1] == (1, 1)
    assert len(roc) <= 100
    lines = [point["lines"] for point in evaluation.facts["reliability"] if point["learner"] == "mean"]
    assert len(lines) == 10
    assert sum(lines) == evaluation.facts["rows"]


def test_importance_ranks_what_the_labels_depend_on_above_noise(evaluation: Evaluation) -> None:
    ranked = [entry["feature"] for entry in evaluation.facts["importance"]]
    assert ranked[0] == "risk"
    assert ranked.index("skewed") < ranked.index("noise")


def test_the_order_model_can_be_applied(evaluation: Evaluation) -> None:
    assert set(evaluation.facts["order_models"]) == set(LEARNERS)
    fitted = evaluation.facts["order_models"]["mean"]
    model = OrderModel.from_json(fitted)
    assert np.isfinite([model.intercept, model.independent_logit, model.strongest_logit, model.log_lines]).all()
    assert fitted["orders"] == len({row["order_id"] for row in evaluation.predictions})
    assert 0 < fitted["brier"] < 0.25


def test_evaluation_is_the_same_every_time(evaluation: Evaluation) -> None:
    assert EVALUATOR.evaluate(files(), TRIAL).facts == evaluation.facts


def test_a_window_without_mature_lines_gives_no_rows_and_no_metrics() -> None:
    late = Trial(EXAMPLES.ref, Window(EXAMPLES.as_of, EXAMPLES.as_of), POLICY, CostPolicy(), EXAMPLES.as_of)
    nothing = EVALUATOR.evaluate(files(), late)
    assert nothing.predictions == []
    assert (nothing.facts["rows"], nothing.facts["learners"], nothing.facts["order_models"]) == (0, {}, {})
    with pytest.raises(NotEnoughHistoryError):
        EVALUATOR.compare(files(), files(), late)


def test_a_test_of_one_class_leaves_out_what_is_not_defined() -> None:
    kept = EXAMPLES.with_column("return_known_on", [None] * 6000)
    found = SklearnModelEvaluator(kept.read, kept.read_lines).evaluate(files(), TRIAL).facts["learners"]["mean"]
    assert "auc" not in found
    assert found["log_loss"]["value"] > 0


def test_a_model_does_not_differ_from_itself_and_beats_a_worse_one() -> None:
    same = EVALUATOR.compare(files(), files(), TRIAL)
    better = EVALUATOR.compare(files(), files(learner="baseline"), TRIAL)
    assert (same.log_loss_difference.value, same.cost_difference) == (0, 0)
    assert better.log_loss_difference.high < 0
    assert all(part.candidate_log_loss > 0 for part in better.slices)


def test_permuted_labels_give_a_mean_auc_of_one_half() -> None:
    """One permutation proves nothing, so the mean over several is looked at."""
    aucs = [
        EVALUATOR.evaluate(files(learner="hgb", shuffle_labels_seed=seed), TRIAL).facts["learners"]["hgb"]["auc"]
        for seed in range(8)
    ]
    assert np.mean([auc["value"] for auc in aucs]) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("told", [True, False])
def test_with_few_returns_the_model_is_no_worse_than_the_constant(told: bool) -> None:
    rare = ExamplesTable(20_000, return_rate=0.004)
    if not told:  # nothing says which lines come back
        came = np.random.default_rng(4).random(20_000) < 0.005
        days = rare.table["ordered_on"].to_pylist()
        known = [day + timedelta(days=3) if back else None for day, back in zip(days, came, strict=True)]
        rare = rare.with_column("return_known_on", known)
        rare = rare.with_column("return_lag_days", [3 if back else None for back in came])
    window = Window(FIRST_DAY + timedelta(days=60), FIRST_DAY + timedelta(days=69))
    model = SklearnModelTrainer(rare.read, rare.read_lines).fit(rare.ref, Recipe(), POLICY, window.first)
    trial = Trial(rare.ref, window, POLICY, CostPolicy(), rare.as_of)
    facts = SklearnModelEvaluator(rare.read, rare.read_lines).evaluate(model.files, trial).facts

    assert 0 < model.facts["positives"] < 60
    assert facts["learners"]["mean"]["brier_skill"]["value"] > -0.002
