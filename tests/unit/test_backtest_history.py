"""The backtest over the whole history and its comparison, with a trainer and an evaluator that learn nothing."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest

from application.backtests.backtest_history import TABLE, BacktestHistory, HistoryRequest
from application.backtests.compare_backtests import CompareBacktests
from domain import cells
from domain.costs import CostPolicy
from domain.errors import ConfigurationError, NotEnoughHistoryError
from domain.labels import LabelPolicy
from domain.model.fits import MIN_TRAINING_LINES, Window, rolling_origins, training_counts
from domain.model.predictions import TEST_PREDICTIONS
from domain.model.recipe import Recipe
from domain.snapshot import Json, Manifest, StepResult
from tests.examples_table import POLICY, ExamplesTable
from tests.fakes.models import FakeModelEvaluator, FakeModelTrainer
from tests.fakes.progress import RecordingProgress
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.fakes.table_store import InMemoryTableStore

EXAMPLES = ExamplesTable(8000)
LINES = EXAMPLES.table.to_pylist()
TRAINER, EVALUATOR = FakeModelTrainer(LINES), FakeModelEvaluator(LINES)
REQUEST = HistoryRequest(EXAMPLES.ref, Recipe(learning_rate=0.2), POLICY, CostPolicy(), EXAMPLES.as_of, "hats")


class Lab:
    """A lake in memory in which backtests are made and committed."""

    def __init__(self) -> None:
        self.store, self.tables = InMemorySnapshotStore(), InMemoryTableStore()
        self.compare = CompareBacktests(self.store, self.tables, EVALUATOR)

    def made(self, request: HistoryRequest = REQUEST, key: str = "aaaa") -> StepResult:
        use_case = BacktestHistory(TRAINER, EVALUATOR, self.tables)
        return use_case(request, self.store.begin("backtest", key), RecordingProgress())

    def committed(self, request: HistoryRequest = REQUEST, key: str = "aaaa") -> Manifest:
        attempt = self.store.begin("backtest", key)
        result = BacktestHistory(TRAINER, EVALUATOR, self.tables)(request, attempt, RecordingProgress())
        return self.store.commit(
            Manifest(
                step="backtest",
                key=key,
                attempt=attempt.id,
                uri=attempt.uri,
                tables=result.tables,
                artifacts=(),
                files=(),
                facts=result.facts,
                notes={},
                inputs={},
                parameters={"label": asdict(request.policy)},
                code="",
                committed_at="2024-01-01",
            )
        )


def test_origins_follow_one_another_to_the_last_mature_day_and_each_has_enough_to_train_on() -> None:
    counts = TRAINER.count_lines(EXAMPLES.ref)
    tests = rolling_origins(counts, POLICY, EXAMPLES.as_of, days=7)

    assert len(tests) > 2
    assert tests[-1].last == POLICY.last_mature_day(EXAMPLES.as_of)
    assert all((test.last - test.first).days == 6 for test in tests)
    assert all(a.last + timedelta(days=1) == b.first for a, b in zip(tests, tests[1:], strict=False))
    assert all(training_counts(counts, POLICY, test.first)[0] >= MIN_TRAINING_LINES for test in tests)
    before = Window(tests[0].first - timedelta(days=7), tests[0].first - timedelta(days=1))
    assert training_counts(counts, POLICY, before.first)[0] < MIN_TRAINING_LINES


def test_a_history_without_a_mature_line_has_no_origin() -> None:
    assert rolling_origins([], POLICY, EXAMPLES.as_of) == ()


def test_every_fold_is_fitted_on_its_first_day_and_pooled_they_hold_every_line_once() -> None:
    lab = Lab()
    made = lab.made()
    folds: list[Mapping[str, Json]] = made.facts["folds"]
    rows = list(lab.tables.read(made.tables[0]))

    assert made.tables[0].schema == TEST_PREDICTIONS
    assert len(rows) == len({row["line_id"] for row in rows}) == made.facts["rows"]
    assert made.facts["rows"] == sum(fold["rows"] for fold in folds)
    assert all(fold["training"]["last_day"] < fold["test_from"] for fold in folds)
    assert (made.facts["test_from"], made.facts["test_to"]) == (folds[0]["test_from"], folds[-1]["test_to"])
    assert made.facts["learners"]["mean"]["log_loss"]["value"] > 0


def test_too_little_history_is_refused_with_the_reason() -> None:
    with pytest.raises(NotEnoughHistoryError, match="Not enough history"):
        Lab().made(replace(REQUEST, as_of=EXAMPLES.as_of - timedelta(days=60)))


def test_too_little_history_is_refused_with_a_window_that_leaves_room() -> None:
    request = replace(REQUEST, policy=LabelPolicy(window_days=60), as_of=EXAMPLES.as_of - timedelta(days=10))
    with pytest.raises(NotEnoughHistoryError, match=r"With window_days = (45|30) \(in the mapping"):
        Lab().made(request)


def test_two_backtests_are_compared_on_the_lines_of_both_and_the_better_one_lies_below_0() -> None:
    lab = Lab()
    other = lab.committed()
    better = lab.made(replace(REQUEST, recipe=Recipe(learning_rate=0.4)), key="bbbb")
    ours = list(lab.tables.read(better.tables[0]))

    found = lab.compare.as_json(EXAMPLES.ref, better.facts, ours, lab.compare.find("aa", "hats", POLICY), CostPolicy())
    assert found["log_loss_difference"]["high"] < 0
    assert (found["run"], found["lines"], found["note"]) == (other.key, len(ours), None)
    same = lab.compare(EXAMPLES.ref, list(lab.tables.read(other.table(TABLE))), other, CostPolicy())
    assert same.log_loss_difference.value == 0


def test_a_backtest_that_is_not_there_is_named_with_those_that_are() -> None:
    lab = Lab()
    lab.committed()

    with pytest.raises(ConfigurationError, match="begins with 'zz'") as raised:
        lab.compare.find("zz", "hats", POLICY)
    assert "aaaa" in str(raised.value)


def test_a_backtest_of_another_shop_or_label_is_refused_and_those_that_would_do_are_named() -> None:
    lab = Lab()
    lab.committed()
    lab.committed(replace(REQUEST, shop="shoes"), key="bbbb")
    lab.committed(replace(REQUEST, policy=LabelPolicy(20, 2)), key="cccc")
    lab.committed(replace(REQUEST, shop=""), key="dddd")  # made before backtests told their shop

    with pytest.raises(ConfigurationError, match="bbbb is of the shop 'shoes', and this one of 'hats'") as raised:
        lab.compare.find("bb", "hats", POLICY)
    assert raised.value.remedy == "Name one of these: aaaa, dddd."
    with pytest.raises(ConfigurationError, match=r"cccc predicts returns within 20 days.*2 more.*within 30 days"):
        lab.compare.find("cc", "hats", POLICY)
    assert lab.compare.find("dd", "hats", POLICY).key == "dddd"


def test_backtests_that_disagree_on_what_became_of_a_line_are_not_compared() -> None:
    lab = Lab()
    other = lab.committed()
    first, *rest = lab.tables.read(other.table(TABLE))
    ours = [{**first, "y": 1 - int(str(first["y"]))}, *rest]

    with pytest.raises(ConfigurationError, match="disagree on what became of 1 of"):
        lab.compare(EXAMPLES.ref, ours, other, CostPolicy())


def test_a_comparison_says_how_many_lines_were_predicted_by_fits_of_other_days() -> None:
    lab = Lab()
    other = lab.committed()
    ours = list(lab.tables.read(other.table(TABLE)))
    first, last = other.facts["folds"][-1]["test_from"], other.facts["test_to"]
    later = (date.fromisoformat(first) + timedelta(days=5)).isoformat()
    one_test = {"test_from": later, "test_to": last}
    tested = [row for row in ours if cells.moment(row, "ordered_at").date().isoformat() >= later]

    found = lab.compare.as_json(EXAMPLES.ref, one_test, tested, other, CostPolicy())
    assert f"{len(tested)} of these lines" in found["note"]
    assert f"{later} here and of {first} there" in found["note"]
