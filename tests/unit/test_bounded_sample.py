import numpy as np
import pytest

from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.bounded_sample import drawn_positions, shares_drawn
from adapters.sklearn.training.open_orders import WeightedLabels
from adapters.sklearn.training.trainer import SklearnModelTrainer
from adapters.sklearn.training.training_set import known_lines
from domain.model.recipe import Recipe
from tests.examples_table import POLICY, ExamplesTable

EXAMPLES = ExamplesTable(9000)
RECIPE = Recipe(iterations=40, min_samples_leaf=20)


@pytest.mark.parametrize(("positives", "expected"), [(50, (50, 950)), (3000, (500, 500)), (9960, (960, 40))])
def test_the_rarer_label_gets_up_to_half_of_the_sample(positives: int, expected: tuple[int, int]) -> None:
    returned = np.zeros(10_000)
    returned[:positives] = 1

    assert shares_drawn(returned, 1000) == expected


def test_the_weighted_sample_has_the_lines_and_returns_of_the_whole() -> None:
    returned = np.float64(np.random.default_rng(0).random(10_000) < 0.03)
    kept, weights = drawn_positions(returned, 1000, seed=3)

    assert len(kept) == len(set(kept)) == 1000
    assert weights.sum() == pytest.approx(10_000)
    assert (weights * returned[kept]).sum() == pytest.approx(returned.sum())


def test_lines_that_fit_are_all_taken_once() -> None:
    kept, weights = drawn_positions(np.array([1.0, 0.0, 0.0]), 3, seed=0)

    assert kept.tolist() == [0, 1, 2]
    assert weights.tolist() == [1.0, 1.0, 1.0]


def test_the_rarer_outcome_is_counted_by_the_lines_drawn_though_each_weighs_less_than_one() -> None:
    known, _ = known_lines(EXAMPLES.table, Recipe(open_order_rounds=0), POLICY, EXAMPLES.as_of, ())
    drawn = known.bounded(Recipe(max_lines=1_000))

    assert drawn.weights[drawn.returned == 1].max() < 1
    assert WeightedLabels.certain(drawn.returned, drawn.weights).rarer == pytest.approx(drawn.returned.sum())


def test_equal_labels_give_an_equal_sample_and_another_seed_another() -> None:
    returned = np.float64(np.arange(5000) % 7 == 0)
    first, again, other = (drawn_positions(returned, 900, seed)[0].tolist() for seed in (1, 1, 2))

    assert first == again != other


def test_a_model_of_a_sample_keeps_the_level_and_the_order_of_the_chances() -> None:
    trainer = SklearnModelTrainer(EXAMPLES.read, EXAMPLES.read_lines)
    recipes = RECIPE, Recipe(iterations=40, min_samples_leaf=20, max_lines=2000)
    whole, drawn = (trainer.fit(EXAMPLES.ref, recipe, POLICY, EXAMPLES.as_of) for recipe in recipes)
    full, part = (load_predictor(model.files)(EXAMPLES.table) for model in (whole, drawn))

    assert whole.facts["rows"] == drawn.facts["rows"] > 2000
    assert (whole.facts["learned_lines"] > 2000, drawn.facts["learned_lines"]) == (True, 2000)
    assert part.mean() == pytest.approx(full.mean(), abs=0.02)
    assert np.corrcoef(full, part)[0, 1] > 0.9
