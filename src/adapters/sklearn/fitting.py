"""The rounds of a fit: on mature lines first, then with the open orders that the round before gave their weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from adapters.sklearn.bounded_sample import drawn_positions
from adapters.sklearn.columns import Levels, Numbers, encode_matrix, frequent_levels
from adapters.sklearn.design import DesignColumn, fit_design
from adapters.sklearn.learners import fit_estimators, permuted
from adapters.sklearn.open_orders import OpenOrders, WeightedLabels
from adapters.sklearn.predictor import Estimators, chances_of
from domain.recipe import Recipe
from domain.snapshot import Json

_OPEN_PART = 3


@dataclass(frozen=True)
class TrainingSet:
    """What a fit learns from.

    Args:
        rows: the mature lines in the order of `line_id`.
        returned: their labels.
        weights: how many mature lines each stands for.
        open: the lines whose window is open; None for none.
        features: names of the feature columns.
        drifted: those that have moved since, with by how much; the logistic regression does without them.
    """

    rows: pa.Table
    returned: Numbers
    weights: Numbers
    open: OpenOrders | None
    features: tuple[str, ...]
    drifted: Mapping[str, float] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """Mature and open lines."""
        return len(self.returned) + (0 if self.open is None else len(self.open.returned))

    def permuted(self, seed: int | None) -> "TrainingSet":
        """The same lines with their labels in the random order of a seed, each kind of line among itself."""
        if self.open is None:
            return replace(self, returned=permuted(self.returned, seed))
        mixed = replace(self.open, returned=permuted(self.open.returned, seed))
        return replace(self, returned=permuted(self.returned, seed), open=mixed)

    def bounded(self, recipe: Recipe) -> "TrainingSet":
        """As many lines as the recipe's `max_lines` allows, at most a third of them open, with what each stands for.

        The weights' mean is 1, so that the learners' penalties are those of the lines that are seen.
        """
        if self.lines <= recipe.max_lines:
            return self
        opened = None if self.open is None else self.open.drawn(recipe.max_lines // _OPEN_PART, recipe.seed)
        left = recipe.max_lines - (0 if opened is None else opened.rows.num_rows)
        kept, weights = drawn_positions(self.returned, left, recipe.seed)
        drawn = replace(self, rows=self.rows.take(kept), returned=self.returned[kept], weights=weights, open=opened)
        return drawn.weighing(drawn.lines / self.lines)

    def weighing(self, share: float) -> "TrainingSet":
        """The same lines with this share of their weights."""
        opened = None if self.open is None else replace(self.open, weights=self.open.weights * share)
        return replace(self, weights=self.weights * share, open=opened)


def levels_of(known: TrainingSet) -> dict[str, list[str]]:
    """The frequent levels of the TEXT features among the mature lines."""
    return frequent_levels(known.rows, known.features)


def fit_rounds(recipe: Recipe, known: TrainingSet, levels: Levels) -> Estimators:
    """Both estimators after the recipe's last round.

    The logistic regression's columns are scaled over all these lines from the first round on: where history is short,
    the mature lines alone have less of a past than those that are to be predicted.
    """
    mature = encode_matrix(known.rows, known.features, levels)
    certain = WeightedLabels.certain(known.returned, known.weights)
    if known.open is None:
        return fit_estimators(recipe, mature, certain, _design(known, mature, levels))
    opened = encode_matrix(known.open.rows, known.features, levels)
    encoded = np.vstack([mature, opened])
    design = _design(known, encoded, levels)
    fitted = fit_estimators(recipe, encoded, certain, design)
    for _ in range(recipe.open_order_rounds):
        labels = known.open.joined(certain, chances_of(fitted, opened))
        fitted = fit_estimators(recipe, encoded, labels, design)
    return fitted


def _design(known: TrainingSet, encoded: Numbers, levels: Levels) -> tuple[DesignColumn, ...]:
    """A slope goes on beyond what it was fitted on, a tree does not: so a feature that moved has no slope."""
    design = fit_design(encoded, known.features, levels)
    return tuple(column for column in design if known.features[column.feature] not in known.drifted)


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
