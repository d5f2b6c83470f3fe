"""Judges fitted models on test lines: every metric of every learner, and one model against another."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import pyarrow as pa

from adapters.sklearn.evaluation.comparison import compared
from adapters.sklearn.evaluation.figures import judged_figures, rounded
from adapters.sklearn.evaluation.importance import permutation_importance
from adapters.sklearn.evaluation.judged_rows import JudgedRows
from adapters.sklearn.evaluation.pooled_rows import pooled_rows
from adapters.sklearn.evaluation.revealing import revealing_figures
from adapters.sklearn.evaluation.slices import slice_levels
from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.prediction.predictor import Predictor
from adapters.sklearn.threads import one_thread
from adapters.sklearn.training.example_rows import (
    ExampleReader,
    ReadLines,
    ReadTable,
    labels_at,
    rows_after,
    window_rows,
)
from adapters.sklearn.training.order_model import fit_order_model
from adapters.sklearn.training.rolling_intercept import RollingIntercept, last_training_day
from adapters.sklearn.unit_shares import shares_of
from domain.costs import CostPolicy
from domain.errors import NotEnoughHistoryError
from domain.model.predictions import TEST_PREDICTIONS
from domain.model.promotion import Comparison, check_equal_outcomes
from domain.model.recipe import LEARNERS
from domain.snapshot import DatasetRef, Json
from domain.unit_shares import UnitShares
from ports.model_evaluator import Evaluation, ModelEvaluator, Trial, no_figures
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
    "returned_quantity",
    "cancelled_known_on",
    "acted_on",
    "acted_known_on",
    "available_at",
)


ONE_DAY = timedelta(days=1)


class SklearnModelEvaluator(ModelEvaluator):
    """Vectorised metrics with bootstrap intervals over customers.

    Args:
        read_table: reads the named columns of a table (all when None).
        read_lines: reads the named columns of the named lines.
    """

    def __init__(self, read_table: ReadTable, read_lines: ReadLines) -> None:
        self._reader = ExampleReader(read_table, read_lines)

    def evaluate(self, model: Mapping[str, bytes], trial: Trial) -> Evaluation:
        """Every metric of every learner, as the port says."""
        predictor = load_predictor(model)
        table = self._table(trial, predictor)
        rolling = RollingIntercept(predictor, table, trial.policy)
        judged = _judged(_rows(table, trial), predictor, rolling, trial)
        rows = judged.rows
        constant_rate = float(predictor.rates.rate)
        counts = {"rows": rows.num_rows, "positives": int(judged.outcomes.sum()), "learner": predictor.learner}
        with one_thread():
            figures = self._figures(judged, predictor, trial) if rows.num_rows else no_figures()
        rolled = _rolled(rolling, trial)
        facts = rounded({**counts, "constant_rate": constant_rate, "rolling_intercept": rolled, **figures})
        return Evaluation(_predictions(judged, predictor), facts)

    def compare(self, candidate: Mapping[str, bytes], champion: Mapping[str, bytes], trial: Trial) -> Comparison:
        """Both on the same rows and resamples, as the port says; raises NotEnoughHistoryError for no rows."""
        ours, theirs = load_predictor(candidate), load_predictor(champion)
        table = self._table(trial, ours, theirs)
        rows = _rows(table, trial)
        if not rows.num_rows:
            raise NotEnoughHistoryError(
                f"No line of {trial.window.first} to {trial.window.last} is mature as of {trial.as_of}.",
                "Choose earlier test days or a later day of the run.",
            )
        judged, rival = (
            _judged(rows, fit, RollingIntercept(fit, table, trial.policy), trial) for fit in (ours, theirs)
        )
        with one_thread():
            levels = self._levels(judged, trial.examples)
            return compared(judged, judged.chances[ours.learner], rival.chances[theirs.learner], levels)

    def _table(self, trial: Trial, *predictors: Predictor) -> pa.Table:
        """The test lines and those that the intercepts roll with, with the features that the models read."""
        before = [last_training_day(predictor, trial.policy) for predictor in predictors]
        after = min(*before, trial.window.first - ONE_DAY)
        keys = rows_after(self._reader.read_table(trial.examples, _KEYS), after, trial.window.last)
        features = list(dict.fromkeys(name for predictor in predictors for name in predictor.features))
        return self._reader.with_features(trial.examples, keys, features)

    def pool(
        self, examples: DatasetRef, predictions: Sequence[Row], learner: str, costs: CostPolicy
    ) -> Mapping[str, Json]:
        """Every metric over the predictions of several fits, as the port says."""
        judged = pooled_rows(predictions, costs)
        counts = {"rows": len(predictions), "positives": int(judged.outcomes.sum()), "learner": learner}
        with one_thread():
            figures = judged_figures(judged, learner, self._levels(judged, examples)) if predictions else no_figures()
        return dict(rounded({"importance": [], "revealing": [], "order_models": {}, **counts, **figures}))

    def compare_predictions(
        self, examples: DatasetRef, ours: Sequence[Row], theirs: Sequence[Row], costs: CostPolicy
    ) -> Comparison:
        """Both on the lines that both hold, as the port says."""
        own, other = ({str(row["line_id"]): row for row in side} for side in (ours, theirs))
        judged = pooled_rows([row for line, row in own.items() if line in other], costs)
        if not judged.rows.num_rows:
            raise NotEnoughHistoryError("The two tests share no line.", "Compare tests of the same source and days.")
        ids = judged.rows.column("line_id").to_pylist()
        check_equal_outcomes({line: (own[line]["y"], other[line]["y"]) for line in ids})
        mine, others = (np.array([side[line]["p"] for line in ids], np.float64) for side in (own, other))
        with one_thread():
            return compared(judged, mine, others, self._levels(judged, examples))

    def _figures(self, judged: JudgedRows, predictor: Predictor, trial: Trial) -> dict[str, Json]:
        y = judged.outcomes
        return {
            **judged_figures(judged, predictor.learner, self._levels(judged, trial.examples)),
            "importance": permutation_importance(predictor, judged.rows, y),
            "revealing": revealing_figures(predictor, judged.rows, y),
            "order_models": {name: fit_order_model(judged.rows, judged.chances[name], y) for name in LEARNERS},
        }

    def _levels(self, judged: JudgedRows, examples: DatasetRef) -> dict[str, list[str]]:
        table = self._reader.read_table(examples, ["customer_id", "ordered_on"])
        first = table.group_by("customer_id").aggregate([("ordered_on", "min")])
        days = first.column("ordered_on_min").cast(pa.date32()).cast(pa.int32()).to_pylist()
        return slice_levels(judged, dict(zip(first.column("customer_id").to_pylist(), days, strict=True)))


def _rows(table: pa.Table, trial: Trial) -> pa.Table:
    return window_rows(table, trial.window, trial.policy, trial.as_of)


def _judged(rows: pa.Table, predictor: Predictor, rolling: RollingIntercept, trial: Trial) -> JudgedRows:
    chances = predictor.all_learners(rows, rolling.of_rows(rows))
    shares = shares_of(UnitShares.from_json(predictor.card["training"].get("unit_shares")), rows)
    return JudgedRows(rows, shares, labels_at(rows, trial.as_of), chances, trial.costs)


def _rolled(rolling: RollingIntercept, trial: Trial) -> list[dict[str, Json]]:
    """The shifts on every day of the test; nothing where nothing moves."""
    last = min(trial.window.last, trial.policy.last_mature_day(trial.as_of))
    days = (trial.window.first + timedelta(days=n) for n in range((last - trial.window.first).days + 1))
    return [{"day": day.isoformat(), **rolling.on(day)} for day in days if rolling.moves]


def _predictions(judged: JudgedRows, predictor: Predictor) -> list[Row]:
    moments = judged.rows.column("ordered_at").cast(pa.timestamp("us", "UTC"))
    columns = {
        **{name: judged.rows.column(name).to_pylist() for name in TEST_PREDICTIONS.names if name in _KEYS},
        "ordered_at": moments.to_pylist(),
        "p": judged.chances[predictor.learner].tolist(),
        **{f"p_{learner}": judged.chances[learner].tolist() for learner in (*LEARNERS, "constant")},
        "y": judged.outcomes.astype(int).tolist(),
        "returned_quantity": judged.returned_units,
        "unit_share": judged.unit_shares.tolist(),
    }
    names = TEST_PREDICTIONS.names
    return [dict(zip(names, values, strict=True)) for values in zip(*(columns[n] for n in names), strict=True)]
