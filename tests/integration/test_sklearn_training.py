from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.errors import ModelError
from domain.model.fits import plan_fits, training_counts
from domain.model.recipe import Recipe
from ports.model_trainer import FittedModel
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

RECIPE = Recipe(iterations=20, min_samples_leaf=20)
FIT_AT = FIRST_DAY + timedelta(days=80)


def fit(examples: ExamplesTable, recipe: Recipe = RECIPE, fit_at: date = FIT_AT) -> FittedModel:
    return SklearnModelTrainer(examples.read, examples.read_lines).fit(examples.ref, recipe, POLICY, fit_at)


def test_equal_rows_in_any_order_give_equal_content() -> None:
    assert fit(ExamplesTable()).content == fit(ExamplesTable(shuffle_rows=True)).content


@pytest.mark.parametrize("change", [{"learner": "hgb"}, {"learning_rate": 0.1}, {"logistic_c": 0.1}, {"smoothing": 5}])
def test_another_recipe_gives_another_content(change: dict[str, object]) -> None:
    assert fit(ExamplesTable(1500), replace(RECIPE, **change)).content != fit(ExamplesTable(1500)).content  # type: ignore[arg-type]


def test_a_fit_is_the_same_whether_or_not_the_table_knows_the_future() -> None:
    whole = ExamplesTable()
    known = ["return_known_on", "return_lag_days"]
    hidden = whole
    for name in known:
        values = zip(whole.table["return_known_on"].to_pylist(), whole.table[name].to_pylist(), strict=True)
        hidden = hidden.with_column(name, [v if day is not None and day < FIT_AT else None for day, v in values])
    cut = hidden.table.filter(np.array([day < FIT_AT for day in hidden.table["ordered_on"].to_pylist()]))
    hidden.table = cut
    assert cut.num_rows < whole.table.num_rows
    assert fit(hidden).content == fit(whole).content
    assert fit(hidden).facts == fit(whole).facts


def test_lines_that_were_not_known_or_were_cancelled_at_the_fit_do_not_train() -> None:
    examples = ExamplesTable(1500)
    all_rows = fit(examples).facts["rows"]
    late = [FIT_AT if number % 2 else FIRST_DAY for number in range(1500)]
    cancelled = examples.with_column("cancelled_known_on", late)
    assert fit(cancelled).facts["rows"] < all_rows
    moments = [
        None if day == FIRST_DAY else moment
        for day, moment in zip(late, examples.table["ordered_at"].to_pylist(), strict=True)
    ]
    assert fit(examples.with_column("available_at", moments)).facts["rows"] < all_rows


def test_rows_and_positives_are_those_the_plan_counts() -> None:
    examples = ExamplesTable()
    counts = SklearnModelTrainer(examples.read, examples.read_lines).count_lines(examples.ref)
    plan = plan_fits(counts, POLICY, examples.as_of)
    assert plan.test is not None
    facts = fit(examples, fit_at=plan.test.first).facts
    assert (facts["rows"], facts["positives"]) == training_counts(counts, POLICY, plan.test.first)
    assert facts["last_day"] < plan.test.first.isoformat()
    assert sum(count.lines for count in counts) == examples.table.num_rows


def test_lines_known_as_cancelled_are_not_counted_for_the_plan() -> None:
    days = [FIRST_DAY if number % 3 == 0 else None for number in range(1500)]
    examples = ExamplesTable(1500).with_column("cancelled_known_on", days)
    counts = SklearnModelTrainer(examples.read, examples.read_lines).count_lines(examples.ref)
    assert sum(count.lines for count in counts) == 1000


def test_the_lag_law_rises_to_1_over_the_window() -> None:
    law = fit(ExamplesTable()).facts["lag_law"]
    assert len(law) == POLICY.window_days + 1
    assert law == sorted(law)
    assert (law[0], law[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(("lines", "return_rate"), [(0, 0.2), (50, 0.2), (1500, 0.0)])
def test_too_few_rows_or_one_class_give_the_baseline_and_say_so(lines: int, return_rate: float) -> None:
    examples = ExamplesTable(lines, return_rate=return_rate)
    model = fit(examples)
    predictor = load_predictor(model.files)
    assert model.facts["fitted"] == []
    assert "Only the baseline" in model.facts["degenerate"]
    chances = predictor.all_learners(ExamplesTable(200).table)
    assert all((chances[name] == chances["baseline"]).all() for name in ("mean", "hgb", "logistic"))
    assert ((chances["baseline"] > 0) & (chances["baseline"] < 1)).all()
    assert fit(examples).content == model.content


def test_columns_of_nothing_do_not_stop_a_fit() -> None:
    empty = ExamplesTable(1500)
    for name in ("risk", "skewed", "noise", "size"):
        empty = empty.with_column(name, [None] * 1500)
    p = load_predictor(fit(empty).files)(empty.table)
    assert np.ptp(p) == pytest.approx(0, abs=1e-9)


def test_a_fit_can_be_limited_to_some_features_and_refuses_unknown_ones() -> None:
    examples = ExamplesTable(1500)
    trainer = SklearnModelTrainer(examples.read, examples.read_lines)
    model = trainer.fit(examples.ref, RECIPE, POLICY, FIT_AT, ["risk"])
    assert load_predictor(model.files).columns == ("risk",)
    with pytest.raises(ModelError, match="weather"):
        trainer.fit(examples.ref, RECIPE, POLICY, FIT_AT, ["risk", "weather"])


def test_shuffled_labels_are_the_same_labels_in_another_order() -> None:
    examples = ExamplesTable(1500)
    first, again, other = (fit(examples, replace(RECIPE, shuffle_labels_seed=seed)) for seed in (1, 1, 2))
    assert first.facts["positives"] == fit(examples).facts["positives"]
    assert first.content == again.content
    assert len({first.content, other.content, fit(examples).content}) == 3
