"""Lines that something was done about: what is learned of them, and from what they are left out."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.example_rows import counts_on, labels_at, training_rows, unsettled_rows, window_rows
from adapters.sklearn.training.lag_law import LagCounts
from adapters.sklearn.training.open_orders import WeightedLabels, open_orders
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.model.fits import Window
from domain.model.open_chance import open_chance
from domain.model.recipe import Recipe
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

RECIPE = Recipe(iterations=60, min_samples_leaf=20)
FIT_AT = FIRST_DAY + timedelta(days=101)
COUNTS = LagCounts(0, 0, np.array([0.0] + [1.0] * 28 + [0.0] * (POLICY.window_days - 28)))
AGE = 6  # days from an order to what is done about it
RISKY = 0.5


def fates(examples: ExamplesTable) -> list[dict[str, Any]]:
    names = ("line_id", "customer_id", "risk", "ordered_on", "return_known_on")
    return examples.table.select(names).to_pylist()


def acted_upon(examples: ExamplesTable, *, works: float = 0.5, told: bool = True) -> ExamplesTable:
    """The shop in which nine of ten risky lines that are still out after six days are called about.

    Args:
        examples: the shop as it would be without.
        works: share of the returns that would have come later and stay away after a call.
        told: whether the shop says whom it called.
    """
    draws = np.random.default_rng(3)
    days: list[date | None] = []
    known: list[date | None] = []
    for line in fates(examples):
        called = line["ordered_on"] + timedelta(days=AGE)
        back = line["return_known_on"]
        acts = line["risk"] > RISKY and draws.random() < 0.9 and (back is None or back > called)
        days.append(called if acts and called < FIT_AT else None)
        known.append(None if days[-1] is not None and draws.random() < works else back)
    changed = examples.with_column("return_known_on", known)
    for name in ("acted_on", "acted_known_on"):
        changed = changed.with_column(name, days if told else [None] * len(days))
    return changed


def acted_ids(examples: ExamplesTable) -> set[str]:
    pairs = zip(*(examples.table[name].to_pylist() for name in ("line_id", "acted_on")), strict=True)
    return {line_id for line_id, day in pairs if day is not None}


SHOP = ExamplesTable(9000)
CALLED = acted_upon(SHOP)


def chance_of_risky_lines(examples: ExamplesTable) -> float:
    model = SklearnModelTrainer(examples.read, examples.read_lines).fit(examples.ref, RECIPE, POLICY, FIT_AT)
    risky = np.array(SHOP.table["risk"].to_pylist()) > RISKY
    return float(load_predictor(model.files)(SHOP.table)[risky].mean())


@pytest.fixture(scope="module")
def untouched_rate() -> float:
    settled = [line for line in fates(SHOP) if POLICY.is_mature(line["ordered_on"], FIT_AT) and line["risk"] > RISKY]
    return sum(line["return_known_on"] is not None for line in settled) / len(settled)


def test_a_fit_learns_what_would_come_back_if_nothing_were_done(untouched_rate: float) -> None:
    watched = chance_of_risky_lines(CALLED)
    unaware = chance_of_risky_lines(acted_upon(SHOP, told=False))
    left_out = acted_upon(SHOP)
    left_out.table = left_out.table.filter(np.array([day is None for day in left_out.table["acted_on"].to_pylist()]))

    off = abs(watched - untouched_rate)
    assert off < 0.5 * abs(unaware - untouched_rate)  # whose returns stayed away would come
    assert off < 0.5 * abs(chance_of_risky_lines(left_out) - untouched_rate)  # only those that came at once are there


def test_what_became_of_a_line_after_something_was_done_about_it_changes_no_fit() -> None:
    never, always = (acted_upon(SHOP, works=works) for works in (0.0, 1.0))
    models = [SklearnModelTrainer(e.read, e.read_lines).fit(e.ref, RECIPE, POLICY, FIT_AT) for e in (never, always)]
    assert acted_ids(never) == acted_ids(always)
    assert models[0].content == models[1].content
    assert models[0].facts["open_orders"]["acted"] > 1000


def test_a_line_that_was_acted_upon_is_neither_a_label_nor_a_test_nor_moves_the_intercept() -> None:
    acted = acted_ids(CALLED)
    window = Window(FIRST_DAY + timedelta(days=30), FIRST_DAY + timedelta(days=60))
    moving = CALLED.table.filter(counts_on(CALLED.table, window, FIT_AT))
    for rows in (
        training_rows(CALLED.table, POLICY, FIT_AT),
        unsettled_rows(CALLED.table, POLICY, FIT_AT),
        window_rows(CALLED.table, window, POLICY, FIT_AT),
        moving,
    ):
        held = set(rows["line_id"].to_pylist())
        assert held
        assert not held & acted
    counts = SklearnModelTrainer(CALLED.read, CALLED.read_lines).count_lines(CALLED.ref)
    assert sum(count.lines for count in counts) == CALLED.table.num_rows - len(acted)


def test_a_fit_made_before_an_action_was_known_takes_the_line_as_it_was() -> None:
    before = FIRST_DAY + timedelta(days=60)
    late = CALLED.with_column(
        "acted_known_on", [before if day else None for day in CALLED.table["acted_on"].to_pylist()]
    )
    rows = training_rows(late.table, POLICY, before)
    assert set(rows["line_id"].to_pylist()) & acted_ids(late)
    assert labels_at(rows, before).sum() > 0


def test_a_watch_that_an_action_ended_counts_as_kept_as_far_as_it_went() -> None:
    opened = open_orders(CALLED.table, POLICY, FIT_AT, COUNTS, 0.05)
    assert opened is not None
    ids = opened.rows["line_id"].to_pylist()
    assert ids == sorted(ids)
    assert set(np.array(ids)[opened.acted]) == acted_ids(CALLED)
    assert opened.shares[opened.acted] == pytest.approx(AGE / 28)

    p = 0.4
    labels = opened.joined(WeightedLabels.certain(np.zeros(0), np.zeros(0)), np.full(len(ids), p))
    of_acted = opened.acted[labels.rows]
    assert set(labels.labels[of_acted]) == {0.0}
    assert of_acted.sum() == opened.acted.sum()
    slope = -(AGE / 28) / (1 - p * AGE / 28)  # of log(1 - p F) in p
    assert labels.weights[of_acted] * -1 / (1 - p) == pytest.approx(slope)
    assert labels.weights[of_acted] == pytest.approx(AGE / 28 * (1 - open_chance(p, AGE / 28)))


def test_an_action_before_anything_could_come_back_tells_nothing_and_one_after_the_window_tells_all() -> None:
    ordered = CALLED.table["ordered_on"].to_pylist()
    weights = []
    for age in (0, POLICY.window_days + 5):
        days = [day + timedelta(days=age) if number % 2 else None for number, day in enumerate(ordered)]
        changed = CALLED
        for name in ("acted_on", "acted_known_on"):
            changed = changed.with_column(name, days)
        opened = open_orders(changed.table, POLICY, FIT_AT + timedelta(days=99), COUNTS, 0.05)
        weights.append([] if opened is None else opened.shares[opened.acted].tolist())
    assert weights[0] == []
    assert set(weights[1]) == {1.0}


def test_without_a_law_of_lags_a_line_that_was_acted_upon_is_left_out() -> None:
    assert open_orders(CALLED.table, POLICY, FIT_AT, None, 0.05) is None
