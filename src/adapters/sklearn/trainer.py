"""Fits scikit-learn's estimators to the examples table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers
from adapters.sklearn.drifted import drifted, recent_lines
from adapters.sklearn.example_rows import (
    ExampleReader,
    ReadLines,
    ReadTable,
    feature_names,
    labels_at,
    rows_after,
    training_rows,
)
from adapters.sklearn.fitting import TrainingSet, fit_rounds, levels_of, open_order_facts
from adapters.sklearn.learned_content import learned_content
from adapters.sklearn.learners import training_rate, why_not_fitted
from adapters.sklearn.model_files import load_predictor, model_files
from adapters.sklearn.open_orders import OpenOrders, open_orders
from adapters.sklearn.rolling_intercept import RollingIntercept, last_training_day
from adapters.sklearn.smoothed_rates import fit_smoothed_rates
from domain.catalogue import features_of
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
        read_lines: reads the named columns of the named lines.
    """

    def __init__(self, read_table: ReadTable, read_lines: ReadLines) -> None:
        self._reader = ExampleReader(read_table, read_lines)

    def count_lines(self, examples: DatasetRef) -> Sequence[LineCount]:
        """Lines by day of order and day on which their return became known, in that order."""
        table = self._reader.read_table(examples, ["ordered_on", "return_known_on", "cancelled_known_on"])
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
        forerunner: Mapping[str, bytes] | None = None,
    ) -> FittedModel:
        """Every learner fitted to the lines known at `fit_at`, as the port says."""
        chosen = _present(examples, features_of(recipe, features or feature_names(examples.schema)))
        keys = self._reader.read_table(examples, _KEYS)
        rows = training_rows(keys, policy, fit_at)
        labels = labels_at(rows, fit_at)
        law = lag_law(rows, labels, policy)
        opened = _open_orders(keys, recipe, policy, fit_at, law)
        whole = TrainingSet(rows, labels, np.ones(len(labels)), opened, chosen).permuted(recipe.shuffle_labels_seed)
        rates = fit_smoothed_rates(rows, whole.returned, training_rate(whole.returned), recipe.smoothing)
        known = self._with_features(examples, whole.bounded(recipe))
        recent = self._reader.with_features(examples, recent_lines(keys, fit_at), chosen)
        known = replace(known, drifted=drifted(known.rows, recent, chosen, recipe.max_drift))
        degenerate = why_not_fitted(known.returned, len(chosen))
        levels = levels_of(known)
        estimators = fit_rounds(recipe, known, levels) if degenerate is None else None
        learned_from: dict[str, Json] = {
            "learner": recipe.learner,
            "features": list(chosen),
            "levels": levels,
            "recipe": recipe.as_json(),
            "label": {"window_days": policy.window_days, "recording_lag_days": policy.recording_lag_days},
            "fit_at": fit_at.isoformat(),
            "shifts": self._carried(forerunner, examples, policy, fit_at) if estimators is not None else {},
        }
        content = learned_content(learned_from, rates, estimators)
        facts = {
            **_counts(rows, whole.returned),
            "learned_lines": known.lines,
            "features": list(chosen),
            "drifted": dict(known.drifted),
            "fitted": [] if estimators is None else ["hgb", "logistic"],
            "degenerate": degenerate,
            "lag_law": law,
            "open_orders": open_order_facts(whole, recipe, law),
            "rolling_intercept": learned_from["shifts"],
        }
        card = {**learned_from, "content": content, "training": facts}
        return FittedModel(model_files(card, rates, estimators), content, facts)

    def _carried(
        self, forerunner: Mapping[str, bytes] | None, examples: DatasetRef, policy: LabelPolicy, fit_at: date
    ) -> dict[str, float]:
        """The rolling intercept of an earlier fit on the day of this one."""
        if forerunner is None:
            return {}
        earlier = load_predictor(forerunner)
        keys = rows_after(self._reader.read_table(examples, _KEYS), last_training_day(earlier, policy))
        table = self._reader.with_features(examples, keys, earlier.features)
        return dict(RollingIntercept(earlier, table, policy).on(fit_at))

    def _with_features(self, examples: DatasetRef, known: TrainingSet) -> TrainingSet:
        mature = self._reader.with_features(examples, known.rows, known.features)
        if known.open is None:
            return replace(known, rows=mature)
        opened = self._reader.with_features(examples, known.open.rows, known.features)
        return replace(known, rows=mature, open=replace(known.open, rows=opened))


def _present(examples: DatasetRef, features: tuple[str, ...]) -> tuple[str, ...]:
    absent = [name for name in features if name not in examples.schema]
    if absent:
        raise ModelError(
            f"The examples have no feature {', '.join(absent)}.", "Take features of the table's own schema."
        )
    return features


def _open_orders(
    table: pa.Table, recipe: Recipe, policy: LabelPolicy, fit_at: date, law: list[float] | None
) -> OpenOrders | None:
    if recipe.open_order_rounds == 0:
        return None
    return open_orders(table, policy, fit_at, law, recipe.open_order_min_share)


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
