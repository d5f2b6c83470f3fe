"""The declared parameters that a search may change, and which recipe it tries next."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from domain.model.recipe import Recipe
from domain.snapshot import Json

SPACE: Mapping[str, tuple[Json, ...]] = MappingProxyType(
    {
        "logistic_c": (0.001, 0.005, 0.025),
        "learning_rate": (0.02, 0.04, 0.08),
        "max_leaf_nodes": (7, 15, 31),
        "min_samples_leaf": (30, 100, 300),
        "max_features": (0.15, 0.33, 0.66),
        "open_order_rounds": (0, 2),
        "max_drift": (0.4, 0.6, 1000.0),
        "learner": ("mean", "hgb", "logistic"),
    }
)


def variations(recipe: Recipe, parameter: str) -> Iterator[Recipe]:
    """The recipes that differ from this one by another declared value of one parameter, in the declared order."""
    own = recipe.as_json()[parameter]
    yield from (replace(recipe, **{parameter: value}) for value in SPACE[parameter] if value != own)
