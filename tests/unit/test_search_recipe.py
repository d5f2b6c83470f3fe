"""The search, with a trainer whose chances lean to the outcome as much as the learning rate says."""

from dataclasses import replace

import pytest

from adapters.entrypoints.recipe_search import settings_of
from application.backtests.backtest_history import HistoryRequest
from application.backtests.search_recipe import Found, SearchRecipe
from domain.costs import CostPolicy
from domain.errors import NotEnoughHistoryError
from domain.model.recipe import Recipe
from domain.model.recipe_space import SPACE, variations
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable
from tests.fakes.models import FakeModelEvaluator, FakeModelTrainer
from tests.fakes.progress import RecordingProgress

EXAMPLES = ExamplesTable(8000)
LINES = EXAMPLES.table.to_pylist()
REQUEST = HistoryRequest(EXAMPLES.ref, Recipe(), POLICY, CostPolicy(), EXAMPLES.as_of)


def searched(request: HistoryRequest = REQUEST, tries: int = 50, origins: int = 2) -> Found:
    search = SearchRecipe(FakeModelTrainer(LINES), FakeModelEvaluator(LINES))
    return search(request, tries, origins, RecordingProgress())


def test_it_takes_what_is_better_and_keeps_what_makes_no_difference() -> None:
    found = searched()

    assert found.recipe == Recipe(learning_rate=0.08)
    assert [(one.parameter, one.recipe.learning_rate) for one in found.tries if one.taken] == [("learning_rate", 0.08)]
    assert {one.parameter for one in found.tries} == set(SPACE)


def test_it_tries_no_more_than_it_may_and_uses_the_newest_origins_that_are_over() -> None:
    found = searched(tries=3, origins=1)

    assert len(found.tries) == 3
    assert len(found.origins) == 1
    assert POLICY.is_mature(found.origins[0].last, REQUEST.as_of)


def test_without_history_there_is_nothing_to_search_on() -> None:
    with pytest.raises(NotEnoughHistoryError, match="No origin"):
        searched(replace(REQUEST, as_of=FIRST_DAY))


def test_every_declared_value_can_be_fitted_with() -> None:
    for parameter in SPACE:
        recipes = list(variations(Recipe(), parameter))
        assert 1 <= len(recipes) <= len(SPACE[parameter])
        assert Recipe() not in recipes


def test_what_was_found_is_told_as_settings() -> None:
    found = Recipe(learning_rate=0.08, learner="hgb")

    assert list(settings_of(found, Recipe())) == [
        "RETURNCAST_RECIPE__LEARNER=hgb",
        "RETURNCAST_RECIPE__LEARNING_RATE=0.08",
    ]
    assert list(settings_of(Recipe(), Recipe())) == []
