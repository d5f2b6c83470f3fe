"""Fits scikit-learn's estimators to the examples table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers, encode_matrix, frequent_levels
from adapters.sklearn.example_rows import ReadTable, feature_names, labels_at, training_rows
from adapters.sklearn.learned_content import learned_content
from adapters.sklearn.learners import fit_estimators, permuted, training_rate, why_not_fitted
from adapters.sklearn.model_files import model_files
from adapters.sklearn.smoothed_rates import fit_smoothed_rates
from domain.errors import ModelError
from domain.fits import LineCount
from domain.labels import LabelPolicy
from domain.recipe import Recipe
from domain.snapshot import DatasetRef, Json
from ports.model_trainer import FittedModel, ModelTrainer

_KEYS = (
    "line_id",
    "item_id",
    "category",
    "ordered_on",
    "return_known_on",
    "return_lag_days",
    "cancelled_known_on",
    "available_at",
)


class SklearnModelTrainer(ModelTrainer):
    """Boosting, logistic regression and the smoothed-rate baseline, fitted together.

    Args:
        read_table: reads the named columns of a table (all when None).
    """

    def __init__(self, read_table: ReadTable) -> None:
        self._read_table = read_table

    def count_lines(self, examples: DatasetRef) -> Sequence[LineCount]:
        """Lines by day of order and day on which their return became known, in that order."""
        table = self._read_table(examples, ["ordered_on", "return_known_on", "cancelled_known_on"])
        table = table.filter(pc.is_null(table["cancelled_known_on"]))
        counted = table.group_by(["ordered_on", "return_known_on"]).aggregate([([], "count_all")])
        rows = counted.sort_by([("ordered_on", "ascending"), ("return_known_on", "ascending")]).to_pylist()
        return [LineCount(row["ordered_on"], row["return_known_on"], row["count_all"]) for row in rows]

    def fit(
        self,
        examples: DatasetRef,
        recipe: Recipe,
        policy: LabelPolicy,
        fit_at: date,
        features: Sequence[str] | None = None,
    ) -> FittedModel:
        """Every learner fitted to the lines mature at `fit_at`, as the port says."""
        chosen = tuple(feature_names(examples.schema) if features is None else features)
        rows = training_rows(self._rows(examples, chosen), policy, fit_at)
        returned = permuted(labels_at(rows, fit_at), recipe.shuffle_labels_seed)
        rate = training_rate(returned)
        rates = fit_smoothed_rates(rows, returned, rate, recipe.smoothing)
        degenerate = why_not_fitted(returned, len(chosen))
        levels = frequent_levels(rows, chosen)
        estimators = None
        if degenerate is None:
            estimators = fit_estimators(recipe, encode_matrix(rows, chosen, levels), returned, chosen, levels)
        learned_from: dict[str, Json] = {
            "learner": recipe.learner,
            "features": list(chosen),
            "levels": levels,
            "recipe": recipe.as_json(),
            "label": {"window_days": policy.window_days, "recording_lag_days": policy.recording_lag_days},
            "fit_at": fit_at.isoformat(),
        }
        content = learned_content(learned_from, rates, estimators)
        facts = {
            **_counts(rows, returned),
            "features": list(chosen),
            "fitted": [] if estimators is None else ["hgb", "logistic"],
            "degenerate": degenerate,
            "lag_law": lag_law(rows, labels_at(rows, fit_at), policy),
        }
        card = {**learned_from, "content": content, "training": facts}
        return FittedModel(model_files(card, rates, estimators), content, facts)

    def _rows(self, examples: DatasetRef, features: tuple[str, ...]) -> pa.Table:
        absent = [name for name in features if name not in examples.schema]
        if absent:
            raise ModelError(
                f"The examples have no feature {', '.join(absent)}.", "Take features of the table's own schema."
            )
        return self._read_table(examples, [*_KEYS, *features])


def lag_law(rows: pa.Table, returned: Numbers, policy: LabelPolicy) -> list[float] | None:
    """Share of returns by days from order, cumulative, from 0 to the window; None where no lag is known."""
    lags = rows.column("return_lag_days").filter(pa.array(returned == 1)).drop_null().to_numpy()
    if not len(lags):
        return None
    counted = np.bincount(np.clip(lags, 0, policy.window_days), minlength=policy.window_days + 1)
    return [float(share) for share in np.round(np.cumsum(counted) / len(lags), 12)]


def _counts(rows: pa.Table, returned: Numbers) -> Mapping[str, Any]:
    bounds = pc.min_max(rows.column("ordered_on")).as_py()
    return {
        "rows": rows.num_rows,
        "positives": int(returned.sum()),
        "first_day": None if bounds["min"] is None else bounds["min"].isoformat(),
        "last_day": None if bounds["max"] is None else bounds["max"].isoformat(),
    }
