"""The rounds of a fit: on mature lines first, then with the open orders that the round before gave their weights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Levels, Numbers, encode_matrix, frequent_levels
from adapters.sklearn.design import fit_design
from adapters.sklearn.learners import fit_estimators, permuted
from adapters.sklearn.open_orders import OpenOrders, WeightedLabels
from adapters.sklearn.predictor import Estimators, chances_of
from domain.recipe import Recipe
from domain.snapshot import Json


@dataclass(frozen=True)
class TrainingSet:
    """What a fit learns from.

    Args:
        rows: the mature lines in the order of `line_id`.
        returned: their labels.
        open: the lines whose window is open; None for none.
        features: names of the feature columns.
    """

    rows: pa.Table
    returned: Numbers
    open: OpenOrders | None
    features: tuple[str, ...]

    def permuted(self, seed: int | None) -> "TrainingSet":
        """The same lines with their labels in the random order of a seed, each kind of line among itself."""
        if self.open is None:
            return replace(self, returned=permuted(self.returned, seed))
        mixed = replace(self.open, returned=permuted(self.open.returned, seed))
        return replace(self, returned=permuted(self.returned, seed), open=mixed)


def levels_of(known: TrainingSet) -> dict[str, list[str]]:
    """The frequent levels of the TEXT features among the mature lines."""
    return frequent_levels(known.rows, known.features)


def fit_rounds(recipe: Recipe, known: TrainingSet, levels: Levels) -> Estimators:
    """Both estimators after the recipe's last round.

    The logistic regression's columns are scaled over all these lines from the first round on: where history is short,
    the mature lines alone have less of a past than those that are to be predicted.
    """
    mature = encode_matrix(known.rows, known.features, levels)
    certain = WeightedLabels.certain(known.returned)
    if known.open is None:
        return fit_estimators(recipe, mature, certain, fit_design(mature, known.features, levels))
    opened = encode_matrix(known.open.rows, known.features, levels)
    encoded = np.vstack([mature, opened])
    design = fit_design(encoded, known.features, levels)
    fitted = fit_estimators(recipe, encoded, certain, design)
    for _ in range(recipe.open_order_rounds):
        labels = known.open.joined(known.returned, chances_of(fitted, opened))
        fitted = fit_estimators(recipe, encoded, labels, design)
    return fitted


def open_order_facts(known: TrainingSet, recipe: Recipe, law: Sequence[float] | None) -> dict[str, Json]:
    """How many lines with an open window were learned from, or why none was."""
    reason = None
    if recipe.open_order_rounds == 0:
        reason = "The recipe learns from mature lines alone."
    elif law is None:
        reason = "No return-lag is known, so nothing can be learned from orders whose window is open."
    elif known.open is None:
        reason = "No order whose window is open is old enough."
    lines = 0 if known.open is None else known.open.rows.num_rows
    returned = 0 if known.open is None else int(known.open.returned.sum())
    return {"lines": lines, "returned": returned, "rounds": recipe.open_order_rounds if lines else 0, "reason": reason}
