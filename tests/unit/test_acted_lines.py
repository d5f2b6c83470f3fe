"""Lines that something was done about: what is learned of them, and from what they are left out."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.prediction.predictor import Predictor
from adapters.sklearn.training.example_rows import counts_on, labels_at, training_rows, unsettled_rows, window_rows
from adapters.sklearn.training.lag_law import LagCounts, Lags
from adapters.sklearn.training.open_orders import WeightedLabels, open_orders
from adapters.sklearn.training.rolling_intercept import RollingIntercept
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.labels import LabelPolicy
from domain.model.fits import Window
from domain.model.open_chance import open_chance
from domain.model.recipe import Recipe
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

RECIPE = Recipe(iterations=60, min_samples_leaf=20)
FIT_AT = FIRST_DAY + timedelta(days=101)
LAGS = Lags(np.array([0.0] + [1.0] * 28 + [0.0] * (POLICY.window_days - 28)))
COUNTS = LagCounts(0, 0, LAGS, LAGS)
AGE = 6  # days from an order to what is done about it
RISKY = 0.5


def fates(examples: ExamplesTable) -> list[dict[str, Any]]:
    names = ("line_id", "customer_id", "risk", "ordered_on", "return_known_on")
    return examples.table.select(names).to_pylist()


def acted_upon(
    examples: ExamplesTable, *, works: float = 0.5, told: bool = True, above: float = RISKY
) -> ExamplesTable:
    """The shop in which nine of ten risky lines that are still out after six days are called about.

    Args:
        examples: the shop as it would be without.
        works: share of the returns that would have come later and stay away after a call.
        told: whether the shop says whom it called.
        above: which risk is called about.
    """
    draws = np.random.default_rng(3)
    days: list[date | None] = []
    known: list[date | None] = []
    for line in fates(examples):
        called = line["ordered_on"] + timedelta(days=AGE)
        back = line["return_known_on"]
        acts = line["risk"] > above and draws.random() < 0.9 and (back is None or back > called)
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


def fitted(examples: ExamplesTable, policy: LabelPolicy = POLICY, fit_at: date = FIT_AT) -> Predictor:
    model = SklearnModelTrainer(examples.read, examples.read_lines).fit(examples.ref, RECIPE, policy, fit_at)
    return load_predictor(model.files)


def chance_of_risky_lines(examples: ExamplesTable, policy: LabelPolicy) -> float:
    risky = np.array(SHOP.table["risk"].to_pylist()) > RISKY
    return float(fitted(examples, policy)(SHOP.table)[risky].mean())


def without_acted(examples: ExamplesTable, above: float = RISKY) -> ExamplesTable:
    left = acted_upon(examples, above=above)
    left.table = left.table.filter(np.array([day is None for day in left.table["acted_on"].to_pylist()]))
    return left


@pytest.mark.parametrize("recording_lag_days", [0, 14])
def test_a_fit_learns_what_would_come_back_if_nothing_were_done(recording_lag_days: int) -> None:
    policy = replace(POLICY, recording_lag_days=recording_lag_days)
    untouched = chance_of_risky_lines(SHOP, policy)
    off = abs(chance_of_risky_lines(CALLED, policy) - untouched)
    unaware = chance_of_risky_lines(acted_upon(SHOP, told=False), policy)
    assert off < 0.5 * abs(unaware - untouched)  # returns that stayed away would have come
    left = chance_of_risky_lines(without_acted(SHOP), policy)
    assert off < 0.5 * abs(left - untouched)  # only those that came at once are there


def test_a_shop_that_calls_about_whatever_is_still_out_has_a_baseline_all_the_same() -> None:
    untouched = fitted(SHOP).rates.rate
    watched = fitted(acted_upon(SHOP, above=-9.0)).rates.rate
    left = fitted(without_acted(SHOP, above=-9.0)).rates.rate
    assert left > 2 * untouched  # hardly any but those that came at once are there
    assert watched == pytest.approx(untouched, rel=0.25)


def test_the_level_of_an_earlier_fit_is_moved_as_if_nothing_had_been_done() -> None:
    earlier = fitted(SHOP, fit_at=FIRST_DAY + timedelta(days=60))
    untouched, watched, left = (
        RollingIntercept(earlier, examples.table, POLICY).on(FIT_AT) for examples in (SHOP, CALLED, without_acted(SHOP))
    )
    for learner in untouched:
        assert abs(watched[learner] - untouched[learner]) < 0.5 * abs(left[learner] - untouched[learner])


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
    # Beside lines whose window is open at the fit stand returns that weigh by the share of the law that has elapsed.
    ages = np.array([(FIT_AT - day).days - 1 for day in opened.rows["ordered_on"].to_pylist()])[labels.rows]
    of_open = of_acted & (ages <= POLICY.window_days)
    assert labels.weights[of_open] == pytest.approx(
        np.minimum(ages[of_open] / 28, 1) * AGE / 28 * (1 - open_chance(p, AGE / 28))
    )
    of_acted &= ~of_open
    slope = -(AGE / 28) / (1 - p * AGE / 28)  # of log(1 - p F) in p
    assert labels.weights[of_acted] * -1 / (1 - p) == pytest.approx(slope)
    assert labels.weights[of_acted] == pytest.approx(AGE / 28 * (1 - open_chance(p, AGE / 28)))


def test_an_action_before_anything_could_come_back_tells_nothing_and_one_after_the_window_tells_all() -> None:
    ordered = CALLED.table["ordered_on"].to_pylist()
    weights = []
    for age in (0, POLICY.window_days):
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
