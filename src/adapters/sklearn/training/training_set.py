"""What a fit learns from: the mature lines, the open ones, and what each stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.bounded_sample import drawn_positions
from adapters.sklearn.training.example_rows import labels_at, training_rows
from adapters.sklearn.training.lag_law import LagCounts, lag_counts
from adapters.sklearn.training.learners import permuted
from adapters.sklearn.training.left_behind import left_at
from adapters.sklearn.training.open_orders import OpenOrders, open_orders
from domain.days import day_number
from domain.labels import LabelPolicy
from domain.model.recipe import Recipe

_OPEN_PART = 3
_RATE_ROUNDS = 8  # each brings the rate nearer by as much as was watched, and more


@dataclass(frozen=True)
class TrainingSet:
    """What a fit learns from.

    Args:
        rows: the mature lines in the order of `line_id`.
        returned: their labels.
        weights: how many mature lines each stands for.
        open: the lines whose window is open; None for none.
        features: names of the feature columns.
        left_at: of every mature line its age when another of its order was known to be back before it; -1 for never.
        drifted: those that have moved since, with by how much; the logistic regression does without them.
    """

    rows: pa.Table
    returned: Numbers
    weights: Numbers
    open: OpenOrders | None
    features: tuple[str, ...]
    left_at: np.ndarray
    drifted: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_sample(self) -> bool:
        """Whether lines stand for others."""
        return bool((self.weights != 1).any())

    def without_features(self) -> "TrainingSet":
        """The same lines without the columns that a matrix of them holds."""
        kept = [name for name in self.rows.column_names if name not in self.features]
        opened = None if self.open is None else replace(self.open, rows=self.open.rows.select(kept))
        return replace(self, rows=self.rows.select(kept), open=opened)

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
        of_mature = {"rows": self.rows.take(kept), "returned": self.returned[kept], "left_at": self.left_at[kept]}
        drawn = replace(self, **of_mature, weights=weights, open=opened)
        return drawn.weighing(drawn.lines / self.lines)

    def weighing(self, share: float) -> "TrainingSet":
        """The same lines with this share of their weights."""
        opened = None if self.open is None else self.open.weighing(share)
        return replace(self, weights=self.weights * share, open=opened)


def counted_lines(known: TrainingSet, policy: LabelPolicy, fit_at: date) -> tuple[pa.Table, Numbers, Numbers]:
    """The lines that rates are counted over, their labels and weights.

    They are the mature ones and, as kept as far as they were watched, those that something was done about: without
    them, those of their kind that came back before would stand alone.
    """
    lines, returns = len(known.returned), float(known.returned.sum())
    acted = None if known.open is None else known.open.ended(day_number(policy.last_mature_day(fit_at)))
    if acted is None or not acted.rows.num_rows:
        return known.rows, known.returned, np.ones(lines)
    weights = acted.kept_weights(np.full(acted.rows.num_rows, returns / lines))
    for _ in range(_RATE_ROUNDS):
        chances = np.full(acted.rows.num_rows, returns / (lines + weights.sum()))
        acted = acted.expecting(chances)
        weights = acted.kept_weights(chances)
    rows = pa.concat_tables([known.rows, acted.rows])
    labels = np.concatenate([known.returned, np.zeros(acted.rows.num_rows)])
    return rows, labels, np.concatenate([np.ones(lines), weights])


def known_lines(
    keys: pa.Table, recipe: Recipe, policy: LabelPolicy, fit_at: date, features: tuple[str, ...]
) -> tuple[TrainingSet, LagCounts | None]:
    """All lines that a fit may learn from, labels permuted where the recipe says so, and the lags known at it.

    Args:
        keys: the examples without their features.
        recipe: how to fit.
        policy: when a label is final.
        fit_at: day of the fit.
        features: what is learned from.
    """
    rows = training_rows(keys, policy, fit_at)
    labels = labels_at(rows, fit_at)
    counts = lag_counts(rows, labels, policy, fit_at)
    learned = counts if recipe.open_order_rounds else None
    opened = open_orders(keys, policy, fit_at, learned, recipe.open_order_min_share)
    known = TrainingSet(rows, labels, np.ones(len(labels)), opened, features, left_at(rows, labels))
    return known.permuted(recipe.shuffle_labels_seed), counts
