import pytest

from domain.errors import ConfigurationError
from domain.model.recipe import LEARNERS, Recipe


def test_recipe_survives_json() -> None:
    recipe = Recipe(learner="hgb", learning_rate=0.1, shuffle_labels_seed=3)
    assert Recipe.from_json(recipe.as_json()) == recipe


def test_equal_recipes_have_equal_digests_and_any_parameter_changes_it() -> None:
    changes = [
        {"learner": "hgb"},
        {"iterations": 121},
        {"learning_rate": 0.05},
        {"max_leaf_nodes": 16},
        {"min_samples_leaf": 99},
        {"l2": 9.0},
        {"max_features": 0.5},
        {"logistic_c": 0.01},
        {"smoothing": 19.0},
        {"open_order_rounds": 1},
        {"open_order_min_share": 0.1},
        {"max_lines": 1_000},
        {"max_drift": 1.0},
        {"calibrate": False},
        {"rolling_intercept": False},
        {"without_families": "affinity"},
        {"seed": 1},
        {"shuffle_labels_seed": 0},
    ]
    digests = {Recipe(**change).digest for change in changes}
    assert Recipe().digest == Recipe().digest
    assert len(digests | {Recipe().digest}) == len(changes) + 1
    assert {name for change in changes for name in change} == set(Recipe().as_json())


@pytest.mark.parametrize(
    "wrong",
    [
        {"learner": "forest"},
        {"iterations": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"max_leaf_nodes": 1},
        {"min_samples_leaf": 0},
        {"l2": -1.0},
        {"max_features": 1.5},
        {"logistic_c": 0.0},
        {"smoothing": 0.0},
        {"open_order_rounds": -1},
        {"open_order_min_share": 1.5},
        {"without_families": "weather"},
        {"seed": -1},
        {"shuffle_labels_seed": -1},
    ],
)
def test_recipe_refuses_what_no_learner_can_be_fitted_with(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        Recipe(**wrong)  # type: ignore[arg-type]


def test_recipe_refuses_json_of_another_version() -> None:
    with pytest.raises(ConfigurationError, match="depth"):
        Recipe.from_json({"learner": "mean", "depth": 3})


def test_using_another_learner_changes_nothing_else() -> None:
    assert [Recipe(seed=4).using(learner) for learner in LEARNERS] == [Recipe(learner=n, seed=4) for n in LEARNERS]


def test_only_many_lines_of_both_outcomes_get_more_trees_than_the_recipe_names() -> None:
    assert [Recipe().trees(rarer) for rarer in (0.0, 20.0, 10_000.0)] == [120, 120, 120]
    assert [Recipe().trees(rarer) for rarer in (22_500.0, 40_000.0, 250_000.0)] == [180, 240, 600]
    assert Recipe(iterations=50).trees(40_000.0) == 100
