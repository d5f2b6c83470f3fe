"""A trainer and an evaluator that learn nothing: chances lean to the outcome as the learning rate says."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from domain import cells
from domain.content import Cell
from domain.costs import CostPolicy
from domain.errors import ModelError, NotEnoughHistoryError
from domain.labels import LabelPolicy
from domain.model.decision import Interval
from domain.model.examples import EXAMPLE_KEYS
from domain.model.fits import LineCount, is_training_line, label_known
from domain.model.leaks import revealing_features
from domain.model.predictions import TEST_PREDICTIONS
from domain.model.promotion import Comparison, check_equal_outcomes
from domain.model.recipe import LEARNERS, Recipe
from domain.snapshot import DatasetRef, Json, digest_of
from domain.unit_shares import UnitShares
from ports.model_evaluator import Evaluation, ModelEvaluator, Trial
from ports.model_trainer import FittedModel, ModelTrainer
from ports.table_store import Row

Lines = Sequence[Mapping[str, Cell]]
BASELINE_RATE = 0.05  # the learning rate that a recipe must have more of to beat the baseline


class FakeModelTrainer(ModelTrainer):
    """Learns nothing but the rate of the lines.

    Args:
        lines: rows of the examples table.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def count_lines(self, examples: DatasetRef) -> Sequence[LineCount]:
        """Lines by their days."""
        days = Counter(
            (_day(line, "ordered_on"), _known(line, "return_known_on"), _day(line, "available_at"))
            for line in self._lines
        )
        return [LineCount(ordered, known, lines, available) for (ordered, known, available), lines in days.items()]

    def fit(
        self,
        examples: DatasetRef,
        recipe: Recipe,
        policy: LabelPolicy,
        fit_at: date,
        features: Sequence[str] | None = None,
        forerunner: Mapping[str, bytes] | None = None,
    ) -> FittedModel:
        """The rate of the lines mature at the fit."""
        chosen = [n for n in examples.schema.names if n not in EXAMPLE_KEYS] if features is None else list(features)
        if absent := [name for name in chosen if name not in examples.schema]:
            raise ModelError(f"The examples have no feature {absent}.", "Take others.")
        rows = sorted(
            (str(line["line_id"]), label_known(_known(line, "return_known_on"), fit_at), _day(line, "ordered_on"))
            for line in self._lines
            if is_training_line(_day(line, "ordered_on"), policy, fit_at) and _day(line, "available_at") < fit_at
        )
        positives = sum(label for _, label, _ in rows)
        came = {line for line, label, _ in rows if label}
        units = Counter(_units(line) for line in self._lines if str(line["line_id"]) in came)
        facts: dict[str, Json] = {
            "rows": len(rows),
            "positives": positives,
            "first_day": min((day.isoformat() for *_, day in rows), default=None),
            "last_day": max((day.isoformat() for *_, day in rows), default=None),
            "features": chosen,
            "fitted": ["hgb", "logistic"] if 0 < positives < len(rows) else [],
            "trees": recipe.trees(min(positives, len(rows) - positives)) if 0 < positives < len(rows) else 0,
            "degenerate": None if 0 < positives < len(rows) else "Only the baseline was fitted.",
            "open_orders": {"lines": 0, "returned": 0, "rounds": 0, "reason": "A fake learns from mature lines alone."},
            "learned_lines": len(rows),
            "drifted": {},
            "calibration": {"regime": "none", "test_from": None, "lines": 0, "learners": {}},
            "rolling_intercept": {} if forerunner is None else dict.fromkeys(("mean", "hgb", "logistic"), 0.0),
            "unit_shares": list(UnitShares.measured(units).by_band),
            "lag_law": [1.0] * (policy.window_days + 1) if positives else None,
        }
        card = {"recipe": recipe.as_json(), "fit_at": fit_at.isoformat(), "rate": (positives + 0.2) / (len(rows) + 1)}
        content = digest_of([card, chosen, [(line, label) for line, label, _ in rows]])
        return FittedModel({"model.json": json.dumps({**card, "content": content}).encode()}, content, facts)


class FakeModelEvaluator(ModelEvaluator):
    """Log-losses of chances that lean to the outcome as much as the recipe's learning rate says.

    Args:
        lines: rows of the examples table.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def evaluate(self, model: Mapping[str, bytes], trial: Trial) -> Evaluation:
        """Log-loss and its skill for every learner."""
        card = json.loads(model["model.json"])
        recipe, rate = Recipe.from_json(card["recipe"]), card["rate"]
        rows = self._rows(trial)
        outcomes = [label_known(_known(line, "return_known_on"), trial.as_of) for line in rows]
        chances = {name: [_chance(rate, y, _lean(recipe, name)) for y in outcomes] for name in LEARNERS}
        chances["constant"] = [rate for _ in outcomes]
        losses = {name: _mean_loss(p, outcomes) for name, p in chances.items()} if rows else {}
        facts: dict[str, Json] = {
            "rows": len(rows),
            "positives": sum(outcomes),
            "learner": recipe.learner,
            "constant_rate": rate,
            "resamples": 0,
            "learners": {
                name: {
                    "log_loss": _figure(loss),
                    "log_loss_skill": _figure(1 - loss / losses["constant"]),
                }
                for name, loss in losses.items()
                if name != "constant"
            },
            "rolling_intercept": [],
            **_no_details(),
            "revealing": _revealing(rows, outcomes),
        }
        predictions = [
            {
                **{name: line[name] for name in TEST_PREDICTIONS.names if name in line},
                "p": chances[recipe.learner][row],
                **{f"p_{name}": p[row] for name, p in chances.items()},
                "y": outcomes[row],
                "returned_quantity": outcomes[row] * _units(line)[1],
                "unit_share": 1.0,
            }
            for row, line in enumerate(rows)
        ]
        return Evaluation(predictions, facts)

    def compare(self, candidate: Mapping[str, bytes], champion: Mapping[str, bytes], trial: Trial) -> Comparison:
        """The difference of the log-losses, known exactly."""
        ours, theirs = (self.evaluate(model, trial).facts for model in (candidate, champion))
        if not ours["rows"]:
            raise NotEnoughHistoryError("There is no line to compare on.", "Choose other days.")
        difference = _own_loss(ours) - _own_loss(theirs)
        sure = Interval(difference, difference, difference)
        return Comparison(sure, difference, 0.0, 0.0, _customers(self._rows(trial)), ours["positives"])

    def pool(
        self, examples: DatasetRef, predictions: Sequence[Row], learner: str, costs: CostPolicy
    ) -> Mapping[str, Json]:
        """Log-losses over all of them."""
        outcomes = [int(str(row["y"])) for row in predictions]
        chances = {name: [float(str(row[f"p_{name}"])) for row in predictions] for name in (*LEARNERS, "constant")}
        losses = {name: _mean_loss(p, outcomes) for name, p in chances.items()} if predictions else {}
        learners = {name: {"log_loss": _figure(losses[name])} for name in LEARNERS if name in losses}
        counts = {"rows": len(outcomes), "positives": sum(outcomes), "learner": learner, "resamples": 0}
        return {**counts, "learners": learners, **_no_details()}

    def compare_predictions(
        self, examples: DatasetRef, ours: Sequence[Row], theirs: Sequence[Row], costs: CostPolicy
    ) -> Comparison:
        """The difference of the log-losses on the lines of both, known exactly."""
        other = {row["line_id"]: row for row in theirs}
        shared = [row for row in ours if row["line_id"] in other]
        if not shared:
            raise NotEnoughHistoryError("The two tests share no line.", "Choose other days.")
        check_equal_outcomes({str(row["line_id"]): (row["y"], other[row["line_id"]]["y"]) for row in shared})
        outcomes = [int(str(row["y"])) for row in shared]
        own_loss = _mean_loss([float(str(row["p"])) for row in shared], outcomes)
        difference = own_loss - _mean_loss([float(str(other[row["line_id"]]["p"])) for row in shared], outcomes)
        sure = Interval(difference, difference, difference)
        return Comparison(sure, 0.0, 0.0, 0.0, _customers(shared), sum(outcomes))

    def _rows(self, trial: Trial) -> list[Mapping[str, Cell]]:
        mature = [
            line
            for line in self._lines
            if trial.window.holds(_day(line, "ordered_on"))
            and trial.policy.is_mature(_day(line, "ordered_on"), trial.as_of)
        ]
        return sorted(mature, key=lambda line: str(line["line_id"]))


def _no_details() -> dict[str, Json]:
    empty: dict[str, Json] = {name: [] for name in ("slices", "money", "reliability", "roc", "pr", "importance")}
    return {**empty, "revealing": [], "order_models": {}}


def _revealing(rows: Lines, outcomes: Sequence[int]) -> list[dict[str, Json]]:
    numbers = {name for row in rows for name, value in row.items() if isinstance(value, float)} - set(
        EXAMPLE_KEYS.names
    )
    columns = {name: [None if row[name] is None else float(str(row[name])) for row in rows] for name in numbers}
    found = revealing_features(columns, outcomes)
    return [
        {"feature": name, "auc": auc} for name, auc in sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
    ]


def _customers(rows: Lines) -> int:
    return len({row["customer_id"] or ("order", row["order_id"]) for row in rows})


def _units(line: Row) -> tuple[int, int]:
    """Those sold and those that came back."""
    return cells.integer(line, "quantity"), cells.integer(line, "returned_quantity")


def _own_loss(facts: Mapping[str, Json]) -> float:
    return float(facts["learners"][facts["learner"]]["log_loss"]["value"])


def _lean(recipe: Recipe, learner: str) -> float:
    return BASELINE_RATE if learner == "baseline" else recipe.learning_rate


def _chance(rate: float, outcome: int, lean: float) -> float:
    return rate + lean / 2 * (outcome - rate)


def _mean_loss(chances: Sequence[float], outcomes: Sequence[int]) -> float:
    losses = [-math.log(p if y else 1 - p) for p, y in zip(chances, outcomes, strict=True)]
    return math.fsum(losses) / len(losses)


def _figure(value: float) -> dict[str, float]:
    return {"value": value, "low": value, "high": value}


def _day(line: Mapping[str, Cell], name: str) -> date:
    day = _known(line, name)
    assert day is not None
    return day


def _known(line: Mapping[str, Cell], name: str) -> date | None:
    value = line[name]
    if hasattr(value, "date"):
        value = value.date()
    assert value is None or isinstance(value, date)
    return value
