"""Which features a recipe learns from; apart from the catalogue, so that another recipe makes no feature anew."""

from collections.abc import Iterable

from domain.features.catalogue import family_of
from domain.model.recipe import Recipe


def features_of(recipe: Recipe, features: Iterable[str]) -> tuple[str, ...]:
    """Those of the features whose family the recipe learns from, in their order."""
    return tuple(name for name in features if family_of(name) not in recipe.families_left_out)
