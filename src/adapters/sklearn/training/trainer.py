"""Fits scikit-learn's estimators to the examples table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Levels, Numbers
from adapters.sklearn.prediction.learned_content import learned_content
from adapters.sklearn.prediction.model_files import load_predictor, model_files
from adapters.sklearn.prediction.predictor import Predictor, chances_of
from adapters.sklearn.training.calibrating import NO_PLAN, Calibrated, calibrated_on_blocks, calibrated_on_slice
from adapters.sklearn.training.drifted import drifted, recent_lines, spread
from adapters.sklearn.training.example_rows import (
    ExampleReader,
    ReadLines,
    ReadTable,
    feature_names,
    labels_at,
    order_days,
    rows_after,
    training_rows,
    window_rows,
)
from adapters.sklearn.training.fitting import Round, fit_rounds, learning_matrix, levels_of, open_order_facts
from adapters.sklearn.training.lag_law import LagCounts, elapsed
from adapters.sklearn.training.latest_law import latest_law, watched_lines
from adapters.sklearn.training.learners import LearningMatrix, permuted, why_not_fitted
from adapters.sklearn.training.left_behind import share_left
from adapters.sklearn.training.rolling_intercept import RollingIntercept, last_training_day, left_of
from adapters.sklearn.training.smoothed_rates import SmoothedRates, fit_smoothed_rates
from adapters.sklearn.training.training_set import TrainingSet, counted_lines, known_lines
from adapters.sklearn.unit_shares import COLUMNS as UNITS
from adapters.sklearn.unit_shares import unit_shares
from domain.errors import ModelError
from domain.labels import LabelPolicy
from domain.model.calibration import CalibrationPlan, Regime, plan_calibration
from domain.model.examples import ENDED_ON
from domain.model.fits import LineCount, Window
from domain.model.learned_features import features_of
from domain.model.open_chance import LEFT_BEHIND
from domain.model.recipe import Recipe
from domain.snapshot import DatasetRef, Json
from ports.model_trainer import FittedModel, ModelTrainer

_KEYS = (
    "line_id",
    "order_id",
    "customer_id",
    "item_id",
    "category",
    "ordered_on",
    "return_known_on",
    "return_lag_days",
    "cancelled_known_on",
    "acted_on",
    "acted_known_on",
    "available_at",
    *UNITS,
)
_COUNTED = ("ordered_on", "return_known_on", "available_at")


@dataclass(frozen=True)
class _Fit:
    """What a fit was asked for, and the examples without their features."""

    examples: DatasetRef
    recipe: Recipe
    policy: LabelPolicy
    fit_at: date
    features: tuple[str, ...]
    keys: pa.Table
    forerunner: Mapping[str, bytes] | None = None


@dataclass(frozen=True)
class _Prepared:
    """What is learned from, and all that was worked out of the examples beside it, which need not be held any more.

    Args:
        recipe: how to fit.
        known: the lines without their features.
        matrix: their features; None where only the baseline can be fitted.
        levels: the known levels of each TEXT feature.
        rates: the baseline.
        lags: of the latest mature lines; None where no lag is known.
        plan: where the calibrator's predictions come from.
        on_slice: the calibrator, where they come from an earlier fit.
        card: what of the model's description is known before the fit.
        facts: likewise of the facts.
    """

    recipe: Recipe
    known: TrainingSet
    matrix: LearningMatrix | None
    levels: Levels
    rates: SmoothedRates
    lags: LagCounts | None
    plan: CalibrationPlan
    on_slice: Calibrated | None
    card: Mapping[str, Json]
    facts: Mapping[str, Json]


class SklearnModelTrainer(ModelTrainer):
    """Boosting, logistic regression and the smoothed-rate baseline, fitted together.

    Args:
        read_table: reads the named columns of a table (all when None).
        read_lines: reads the named columns of the named lines.
    """

    def __init__(self, read_table: ReadTable, read_lines: ReadLines) -> None:
        self._reader = ExampleReader(read_table, read_lines)

    def count_lines(self, examples: DatasetRef) -> Sequence[LineCount]:
        """Lines by their days, in the order of these."""
        table = self._reader.read_table(examples, [*_COUNTED, *ENDED_ON])
        for ended in ENDED_ON:
            table = table.filter(pc.is_null(table[ended]))
        return lines_of_days(table)

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
        offered = feature_names(examples.schema) if features is None else features
        chosen = _present(examples, features_of(recipe, offered))
        # No name holds the keys, so that they are let go of before the fit.
        return _learned(
            self._prepared(
                _Fit(examples, recipe, policy, fit_at, chosen, self._reader.read_table(examples, _KEYS), forerunner)
            )
        )

    def _prepared(self, asked: _Fit) -> _Prepared:
        """What is learned from, read; an earlier fit is made first, since it needs a matrix of its own."""
        recipe, policy, fit_at = asked.recipe, asked.policy, asked.fit_at
        whole, lags = known_lines(asked.keys, recipe, policy, fit_at, asked.features)
        bounded = whole.bounded(recipe)
        degenerate = why_not_fitted(bounded.returned, len(asked.features))
        plan = NO_PLAN
        if recipe.calibrate:
            plan = plan_calibration(lines_by_day(whole), policy, fit_at, sampled=bounded.is_sample)
        test = plan.test if degenerate is None else None
        on_slice = None if test is None else self._on_slice(asked, plan, test)
        card: dict[str, Json] = {
            "learner": recipe.learner,
            "features": list(asked.features),
            "recipe": recipe.as_json(),
            "label": {"window_days": policy.window_days, "recording_lag_days": policy.recording_lag_days},
            "fit_at": fit_at.isoformat(),
            "shifts": self._carried(asked, whole.rows) if degenerate is None else {},
        }
        facts: dict[str, Json] = {
            **_counts(whole.rows, whole.returned),
            "learned_lines": bounded.lines,
            "features": list(asked.features),
            "degenerate": degenerate,
            **law_facts(lags),
            "unit_shares": list(unit_shares(whole.rows, whole.returned).by_band),
            "open_orders": open_order_facts(whole, recipe, lags),
            "rolling_intercept": card["shifts"],
        }
        rates = fit_smoothed_rates(*counted_lines(whole, policy, fit_at), recipe.smoothing)
        # Of all mature lines: a bounded sample is drawn by label, which moves whatever tells returns apart.
        settled, recent = (
            self._reader.with_features(asked.examples, lines, asked.features)
            for lines in (spread(whole.rows), recent_lines(asked.keys, fit_at))
        )
        del whole
        moved = drifted(settled, recent, asked.features, recipe.max_drift)
        known = replace(self._with_features(asked.examples, bounded), drifted=moved)
        levels = levels_of(known)
        matrix = learning_matrix(known, levels) if degenerate is None else None
        return _Prepared(recipe, known.without_features(), matrix, levels, rates, lags, plan, on_slice, card, facts)

    def _on_slice(self, asked: _Fit, plan: CalibrationPlan, test: Window) -> Calibrated:
        earlier = self._earlier(asked, test.first)
        rolling = self._rolling(asked, earlier)
        chosen = window_rows(asked.keys, test, asked.policy, asked.fit_at)
        rows = self._reader.with_features(asked.examples, chosen, earlier.features)
        labels = permuted(labels_at(rows, asked.fit_at), asked.recipe.shuffle_labels_seed)
        return calibrated_on_slice(plan, earlier, rolling, rows, labels)

    def _earlier(self, asked: _Fit, day: date) -> Predictor:
        """The recipe's fit at an earlier day, without a calibrator: the forerunner where it is that fit."""
        if asked.forerunner is not None:
            forerunner = load_predictor(asked.forerunner)
            if forerunner.card["fit_at"] == day.isoformat():
                return replace(forerunner, stretches={})
        plain = replace(asked, recipe=replace(asked.recipe, calibrate=False), fit_at=day, forerunner=None)
        return load_predictor(_learned(self._prepared(plain)).files)

    def _carried(self, asked: _Fit, mature: pa.Table) -> dict[str, float]:
        """What this fit has left of the rolling intercept that an earlier one has on its day."""
        if asked.forerunner is None:
            return {}
        earlier = load_predictor(asked.forerunner)
        before = training_rows(mature, asked.policy, date.fromisoformat(earlier.card["fit_at"]))
        return left_of(self._rolling(asked, earlier).on(asked.fit_at), before.num_rows / mature.num_rows)

    def _rolling(self, asked: _Fit, earlier: Predictor) -> RollingIntercept:
        last = asked.policy.last_mature_day(asked.fit_at)  # no intercept until the fit looks further
        keys = rows_after(asked.keys, last_training_day(earlier, asked.policy), last)
        return RollingIntercept(
            earlier, self._reader.with_features(asked.examples, keys, earlier.features), asked.policy
        )

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


def _learned(ready: _Prepared) -> FittedModel:
    last = None if ready.matrix is None else fit_rounds(ready.recipe, ready.known, ready.matrix)
    calibrated = _calibrated(ready, last)
    estimators = None if last is None else last.fitted
    stretches = {name: stretch.as_json() for name, stretch in calibrated.stretches.items()}
    learned_from = {**ready.card, "levels": ready.levels, "stretches": stretches}
    content = learned_content(learned_from, ready.rates, estimators)
    facts: dict[str, Json] = {
        **ready.facts,
        "drifted": dict(ready.known.drifted),
        "fitted": [] if estimators is None else ["hgb", "logistic"],
        "trees": 0 if estimators is None else estimators.boosting.n_iter_,
        "latest_law": _latest_law(ready, last),
        "left_behind": _left_behind(ready, last),
        "calibration": calibrated.as_json(),
    }
    if last is not None and last.lags is not None:
        facts |= law_facts(last.lags)
    card = {**learned_from, "content": content, "training": facts}
    return FittedModel(model_files(card, ready.rates, estimators), content, facts)


def _latest_law(ready: _Prepared, last: Round | None) -> list[float] | None:
    """By the chances of what was fitted; None where no lag is known, and the mature lines' where no other was seen."""
    if ready.lags is None:
        return None
    out = ready.known.open
    if last is None or out is None:
        return ready.lags.known.law()
    before = (last.lags or ready.lags).known.law()
    lines = watched_lines(ready.known, out, date.fromisoformat(str(ready.card["fit_at"])), len(before) - 1)
    return latest_law(lines, chances_of(last.fitted, last.matrix.encoded[lines.places]), before)


def _left_behind(ready: _Prepared, last: Round | None) -> float:
    """Measured on the lines that the laws of lags are of; 1 where no lag is known, so that nothing tells of parcels."""
    if ready.lags is None:
        return 1.0
    if last is None:
        return LEFT_BEHIND
    known = ready.known
    places = np.flatnonzero((known.left_at >= 0) & ready.lags.holds(order_days(known.rows)))
    chances = chances_of(last.fitted, last.matrix.encoded[places])
    shares = elapsed(ready.lags.known.law(), known.left_at[places])
    return share_left(known.returned[places], known.weights[places], chances, shares)


def _calibrated(ready: _Prepared, last: Round | None) -> Calibrated:
    """What was tried on the slice, or is tried now on blocks."""
    if last is not None and ready.on_slice is not None:
        return ready.on_slice
    if last is not None and ready.plan.regime is Regime.BLOCKS:
        return calibrated_on_blocks(ready.plan, ready.recipe, ready.known, last)
    return Calibrated(NO_PLAN)


def lines_by_day(known: TrainingSet) -> list[LineCount]:
    """The mature lines by their days, a return's as far as it was known at the fit.

    A label that was shuffled on to a line which never came back is known from its order on.
    """
    position = known.rows.column_names.index("return_known_on")
    returned = pa.array(known.returned == 1)
    day = pc.coalesce(known.rows.column(position), known.rows.column("ordered_on")).combine_chunks()
    seen = pc.if_else(returned, day, None)
    return lines_of_days(known.rows.set_column(position, "return_known_on", seen))


def law_facts(lags: LagCounts | None) -> dict[str, Json]:
    """Cumulative shares of returns by days from order to return, and to the day on which they were known."""
    if lags is None:
        return {"lag_law": None, "known_law": None}
    return {"lag_law": lags.made.law(), "known_law": lags.known.law()}


def lines_of_days(rows: pa.Table) -> list[LineCount]:
    """How many rows have the same days of order, of their return and of their own becoming known, in that order."""
    days = {name: rows.column(name).cast(pa.date32()) for name in _COUNTED}
    counted = pa.table(days).group_by(list(_COUNTED)).aggregate([([], "count_all")])
    counts = counted.sort_by([(name, "ascending") for name in _COUNTED]).to_pylist()
    return [
        LineCount(row["ordered_on"], row["return_known_on"], row["count_all"], row["available_at"]) for row in counts
    ]


def _counts(rows: pa.Table, returned: Numbers) -> Mapping[str, Any]:
    bounds = pc.min_max(rows.column("ordered_on")).as_py()
    return {
        "rows": rows.num_rows,
        "positives": int(returned.sum()),
        "first_day": None if bounds["min"] is None else bounds["min"].isoformat(),
        "last_day": None if bounds["max"] is None else bounds["max"].isoformat(),
    }
