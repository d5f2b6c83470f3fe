"""A bounded search for a better recipe, on rolling origins that are over; off unless it is asked for.

One declared parameter after another is varied about the best recipe so far, each variation fitted at the newest origins
whose tests are mature. It takes over only where the paired interval of the pooled log-loss lies below 0: of many tries
one wins by luck. What is found is proposed to a person; the promotion rule still judges it on days that come.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from application.backtests.backtest_history import HistoryRequest
from domain.errors import NotEnoughHistoryError
from domain.model.decision import Interval
from domain.model.fits import Window, rolling_origins
from domain.model.recipe import Recipe
from domain.model.recipe_space import SPACE, variations
from ports.model_evaluator import ModelEvaluator, Trial
from ports.model_trainer import ModelTrainer
from ports.progress import Progress
from ports.table_store import Row


@dataclass(frozen=True)
class Try:
    """One recipe that was tried.

    Args:
        parameter: the one that was varied.
        recipe: with the varied value.
        difference: of its pooled log-loss to the best recipe's before, with the paired 95 % interval.
        taken: whether it took over.
    """

    parameter: str
    recipe: Recipe
    difference: Interval
    taken: bool


@dataclass(frozen=True)
class Found:
    """The best recipe, the origins it was found on, and every try in its order."""

    recipe: Recipe
    origins: Sequence[Window]
    tries: Sequence[Try]


@dataclass(frozen=True)
class SearchRecipe:
    """Tries variations of a recipe on tests that are over."""

    trainer: ModelTrainer
    evaluator: ModelEvaluator

    def __call__(self, request: HistoryRequest, most_tries: int, most_origins: int, progress: Progress) -> Found:
        """The best of at most `most_tries` variations on the newest `most_origins` origins.

        Raises NotEnoughHistoryError when no origin has enough to train on.
        """
        counts = self.trainer.count_lines(request.examples)
        origins = rolling_origins(counts, request.policy, request.as_of)[-most_origins:]
        if not origins:
            raise NotEnoughHistoryError("No origin has enough history before it.", "Search when there is more of it.")
        best, told = request.recipe, self._predictions(request, request.recipe, origins)
        tries: list[Try] = []
        for parameter in SPACE:
            for recipe in _at_most(variations(best, parameter), most_tries - len(tries)):
                progress.report(f"Trying another {parameter} ({len(tries) + 1})", len(tries) / most_tries)
                rows = self._predictions(request, recipe, origins)
                compared = self.evaluator.compare_predictions(request.examples, rows, told, request.costs)
                tries.append(Try(parameter, recipe, compared.log_loss_difference, compared.proves_better))
                if compared.proves_better:
                    best, told = recipe, rows
        return Found(best, origins, tries)

    def _predictions(self, request: HistoryRequest, recipe: Recipe, origins: Sequence[Window]) -> list[Row]:
        found: list[Row] = []
        for test in origins:
            model = self.trainer.fit(request.examples, recipe, request.policy, test.first)
            trial = Trial(request.examples, test, request.policy, request.costs, request.as_of)
            found.extend(self.evaluator.evaluate(model.files, trial).predictions)
        return found


def _at_most(recipes: Iterator[Recipe], left: int) -> list[Recipe]:
    return [recipe for _, recipe in zip(range(max(left, 0)), recipes, strict=False)]
