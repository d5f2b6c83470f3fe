"""Judges fitted models on test lines: every metric of every learner, and one model against another."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from adapters.sklearn import metrics
from adapters.sklearn.bootstrap import Metric, interval, point
from adapters.sklearn.columns import Numbers
from adapters.sklearn.curves import pr_points, reliability_points, roc_points
from adapters.sklearn.example_rows import ReadTable, labels_at, window_rows
from adapters.sklearn.importance import permutation_importance
from adapters.sklearn.judged_rows import JudgedRows
from adapters.sklearn.model_files import load_predictor
from adapters.sklearn.order_model import fit_order_model
from adapters.sklearn.predictor import Predictor
from adapters.sklearn.scorecard import cost_without_action, judged_metrics, scorecard
from adapters.sklearn.slices import slice_figures, slice_levels
from adapters.sklearn.threads import one_thread
from domain.decision import Interval
from domain.errors import NotEnoughHistoryError
from domain.predictions import TEST_PREDICTIONS
from domain.promotion import Comparison, SliceComparison
from domain.recipe import LEARNERS
from domain.snapshot import Json
from ports.model_evaluator import Evaluation, ModelEvaluator, Trial
from ports.table_store import Row

_KEYS = (
    "line_id",
    "order_id",
    "customer_id",
    "item_id",
    "category",
    "ordered_at",
    "ordered_on",
    "quantity",
    "net_value",
    "return_known_on",
    "cancelled_known_on",
)
_PLACES = 9
_PLOTTED = ("mean", "hgb", "logistic", "baseline")


class SklearnModelEvaluator(ModelEvaluator):
    """Vectorised metrics with bootstrap intervals over customers.

    Args:
        read_table: reads the named columns of a table (all when None).
    """

    def __init__(self, read_table: ReadTable) -> None:
        self._read_table = read_table

    def evaluate(self, model: Mapping[str, bytes], trial: Trial) -> Evaluation:
        """Every metric of every learner, as the port says."""
        predictor = load_predictor(model)
        rows = self._rows(trial, predictor)
        judged = _judged(rows, predictor, trial)
        constant_rate = float(predictor.rates.rate)
        counts = {"rows": rows.num_rows, "positives": int(judged.outcomes.sum()), "learner": predictor.learner}
        with one_thread():
            figures = self._figures(judged, predictor, trial) if rows.num_rows else _no_figures()
        facts = _rounded({**counts, "constant_rate": constant_rate, **figures})
        return Evaluation(_predictions(judged, predictor), facts)

    def compare(self, candidate: Mapping[str, bytes], champion: Mapping[str, bytes], trial: Trial) -> Comparison:
        """Both on the same rows and resamples, as the port says; raises NotEnoughHistoryError for no rows."""
        ours, theirs = load_predictor(candidate), load_predictor(champion)
        rows = self._rows(trial, ours, theirs)
        if not rows.num_rows:
            raise NotEnoughHistoryError(
                f"No line of {trial.window.first} to {trial.window.last} is mature as of {trial.as_of}.",
                "Choose earlier test days or a later day of the run.",
            )
        judged = _judged(rows, ours, trial)
        with one_thread():
            return _comparison(judged, judged.chances[ours.learner], theirs(rows), self._levels(judged, trial))

    def _rows(self, trial: Trial, *predictors: Predictor) -> pa.Table:
        features = dict.fromkeys(name for predictor in predictors for name in predictor.features)
        table = self._read_table(trial.examples, [*_KEYS, *features])
        return window_rows(table, trial.window, trial.policy, trial.as_of)

    def _figures(self, judged: JudgedRows, predictor: Predictor, trial: Trial) -> dict[str, Json]:
        p, y = judged.chances[predictor.learner], judged.outcomes
        curves = {"reliability": reliability_points, "roc": roc_points, "pr": pr_points}
        return {
            "resamples": len(judged.resamples),
            "learners": scorecard(judged),
            "cost_per_1000_without_action": cost_without_action(judged),
            "slices": slice_figures(judged, predictor.learner, self._levels(judged, trial)),
            **{
                name: [entry for learner in _PLOTTED for entry in points(learner, judged.chances[learner], y)]
                for name, points in curves.items()
            },
            "importance": permutation_importance(predictor, judged.rows, y),
            "order_model": fit_order_model(judged.rows, p, y),
        }

    def _levels(self, judged: JudgedRows, trial: Trial) -> dict[str, list[str]]:
        table = self._read_table(trial.examples, ["customer_id", "ordered_on"])
        first = table.group_by("customer_id").aggregate([("ordered_on", "min")])
        days = first.column("ordered_on_min").cast(pa.date32()).cast(pa.int32()).to_pylist()
        return slice_levels(judged, dict(zip(first.column("customer_id").to_pylist(), days, strict=True)))


def _judged(rows: pa.Table, predictor: Predictor, trial: Trial) -> JudgedRows:
    return JudgedRows(rows, labels_at(rows, trial.as_of), predictor.all_learners(rows), trial.costs)


def _comparison(judged: JudgedRows, ours: Numbers, theirs: Numbers, levels: dict[str, list[str]]) -> Comparison:
    y = judged.outcomes
    our_losses, their_losses = metrics.log_losses(ours, y), metrics.log_losses(theirs, y)
    difference = interval(metrics.weighted_mean(our_losses - their_losses), judged.resamples)
    cost = float(1_000 * (judged.realised_costs(ours) - judged.realised_costs(theirs)).mean())
    our_figures, their_figures = judged_metrics(judged, ours), judged_metrics(judged, theirs)
    return Comparison(
        log_loss_difference=difference or Interval(0.0, 0.0, 0.0),
        cost_difference=cost,
        candidate_ece=_value(our_figures["ece"], judged) or 0.0,
        champion_ece=_value(their_figures["ece"], judged) or 0.0,
        candidate_slope=_value(our_figures["calibration_slope"], judged),
        champion_slope=_value(their_figures["calibration_slope"], judged),
        slices=tuple(_slice_comparisons(our_losses, their_losses, levels)),
    )


def _slice_comparisons(ours: Numbers, theirs: Numbers, levels: dict[str, list[str]]) -> Iterator[SliceComparison]:
    for dimension, of_rows in levels.items():
        for level in sorted(set(of_rows)):
            members = np.array(of_rows) == level
            means = float(ours[members].mean()), float(theirs[members].mean())
            yield SliceComparison(dimension, level, int(members.sum()), *means)


def _value(metric: Metric, judged: JudgedRows) -> float | None:
    return point(metric, len(judged.outcomes))


def _predictions(judged: JudgedRows, predictor: Predictor) -> list[Row]:
    moments = judged.rows.column("ordered_at").cast(pa.timestamp("us", "UTC"))
    columns = {
        **{name: judged.rows.column(name).to_pylist() for name in TEST_PREDICTIONS.names if name in _KEYS},
        "ordered_at": moments.to_pylist(),
        "p": judged.chances[predictor.learner].tolist(),
        **{f"p_{learner}": judged.chances[learner].tolist() for learner in (*LEARNERS, "constant")},
        "y": judged.outcomes.astype(int).tolist(),
    }
    names = TEST_PREDICTIONS.names
    return [dict(zip(names, values, strict=True)) for values in zip(*(columns[n] for n in names), strict=True)]


def _rounded(value: Json) -> Json:
    """Figures without the last bits, which depend on the machine."""
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return round(value, _PLACES) if isinstance(value, float) else value


def _no_figures() -> dict[str, Json]:
    empty: dict[str, Json] = {name: [] for name in ("slices", "reliability", "roc", "pr", "importance")}
    return {**empty, "resamples": 0, "learners": {}, "order_model": None, "cost_per_1000_without_action": None}
