from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.prediction.predictor import Predictor
from adapters.sklearn.training.rolling_intercept import RollingIntercept, fitted_shift
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.labels import LabelPolicy
from domain.model.recipe import Recipe
from domain.model.rolling_intercept import MONTHLY_DRIFT, held_at_zero, matured_since_fit
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

FIT_AT = FIRST_DAY + timedelta(days=45)
RECIPE = Recipe(iterations=10, min_samples_leaf=20, open_order_rounds=0)
EXAMPLES = ExamplesTable(4000)


def fitted(recipe: Recipe = RECIPE, examples: ExamplesTable = EXAMPLES) -> Predictor:
    return load_predictor(
        SklearnModelTrainer(examples.read, examples.read_lines).fit(examples.ref, recipe, POLICY, FIT_AT).files
    )


def test_the_window_holds_what_matured_in_31_days_and_trained_nothing() -> None:
    policy = LabelPolicy(window_days=60)
    window = matured_since_fit(policy, date(2024, 3, 1), date(2024, 3, 11))

    assert window is not None
    assert not policy.is_mature(window.first, date(2024, 3, 1))
    assert policy.is_mature(window.last, date(2024, 3, 11))
    assert not policy.is_mature(window.last + timedelta(days=1), date(2024, 3, 11))
    later = matured_since_fit(policy, date(2024, 3, 1), date(2024, 6, 1))
    assert later is not None
    assert (later.last - later.first).days == 30


def test_nothing_matured_on_the_day_of_the_fit() -> None:
    assert matured_since_fit(POLICY, FIT_AT, FIT_AT) is None


def test_a_shift_makes_the_mean_chance_the_observed_rate() -> None:
    draws = np.random.default_rng(0)
    logits, y = draws.normal(-1, 1, 5000), np.float64(draws.random(5000) < 0.4)
    shifted = 1 / (1 + np.exp(-logits - fitted_shift(logits, y)))

    assert shifted.mean() == pytest.approx(y.mean(), abs=1e-9)
    assert fitted_shift(logits, np.zeros(5000)) == 0


def test_a_handful_of_returns_hardly_moves_it() -> None:
    few, many = (np.arange(lines) % 50 == 0 for lines in (200, 200_000))
    shifts = [fitted_shift(np.full(len(y), -4.6), np.float64(y), prior=10.0) for y in (few, many)]

    assert 0 < shifts[0] < 0.2
    assert shifts[1] == pytest.approx(0.71, abs=0.02)


def test_a_level_is_held_by_how_far_it_may_have_drifted_since_the_fit() -> None:
    month, four_months = (held_at_zero(FIT_AT, FIT_AT + timedelta(days=days)) for days in (31, 124))

    assert month == pytest.approx(1 / MONTHLY_DRIFT**2)
    assert month == 4 * four_months


def test_what_the_same_lines_say_moves_the_level_less_soon_after_the_fit() -> None:
    day = FIT_AT + timedelta(days=40)
    late, soon = (
        RollingIntercept(
            replace(fitted(), card={**fitted().card, "fit_at": fit_at.isoformat()}), EXAMPLES.table, POLICY
        )
        for fit_at in (FIT_AT, FIT_AT + timedelta(days=5))
    )
    window = matured_since_fit(POLICY, FIT_AT, day)

    assert window == matured_since_fit(POLICY, FIT_AT + timedelta(days=5), day)
    assert 0 < abs(soon.on(day)["mean"]) < abs(late.on(day)["mean"])


def test_it_is_0_while_too_few_lines_matured_and_follows_a_level_that_rose() -> None:
    known = EXAMPLES.table["return_known_on"].to_pylist()
    ordered = EXAMPLES.table["ordered_on"].to_pylist()
    more = np.random.default_rng(7).random(len(known)) < 0.3
    risen = [
        day or o + timedelta(days=3) if rises and o > FIT_AT - timedelta(days=31) else day
        for day, o, rises in zip(known, ordered, more, strict=True)
    ]
    changed = EXAMPLES.with_column("return_known_on", risen)
    rolling = RollingIntercept(fitted(), changed.table, POLICY)
    flat = RollingIntercept(fitted(), EXAMPLES.table, POLICY).on(FIT_AT + timedelta(days=25))

    assert set(rolling.on(FIT_AT + timedelta(days=1)).values()) == {0.0}
    assert rolling.on(FIT_AT + timedelta(days=25))["mean"] > 0.5
    assert all(abs(shift) < 0.2 for shift in flat.values())


def test_a_line_of_the_day_itself_and_later_ones_change_nothing() -> None:
    day = FIT_AT + timedelta(days=20)
    cut = EXAMPLES.table.filter(np.array([ordered < day for ordered in EXAMPLES.table["ordered_on"].to_pylist()]))
    known = [k if k is not None and k < day else None for k in cut["return_known_on"].to_pylist()]
    blind = cut.set_column(cut.column_names.index("return_known_on"), "return_known_on", [known])

    assert dict(RollingIntercept(fitted(), blind, POLICY).on(day)) == dict(
        RollingIntercept(fitted(), EXAMPLES.table, POLICY).on(day)
    )
    assert any(RollingIntercept(fitted(), EXAMPLES.table, POLICY).on(day).values())


def test_the_recipe_switches_it_off() -> None:
    still = RollingIntercept(fitted(replace(RECIPE, rolling_intercept=False)), EXAMPLES.table, POLICY)

    assert not still.moves
    assert still.of_rows(EXAMPLES.table) == {}


def test_a_shipping_fit_carries_what_its_own_lines_left_of_the_intercept_of_its_forerunner() -> None:
    ship_at = FIT_AT + timedelta(days=30)
    moments, lines = (EXAMPLES.table[name].to_pylist() for name in ("available_at", "line_id"))
    sent_late = datetime.combine(FIT_AT + timedelta(days=5), time(0), UTC)
    available = [
        max(at, sent_late) if line.endswith("7") else at for line, at in zip(lines, moments, strict=True)
    ]  # a tenth of the old lines comes in between the fits
    examples = EXAMPLES.with_column("available_at", available)
    trainer = SklearnModelTrainer(examples.read, examples.read_lines)
    forerunner = trainer.fit(examples.ref, RECIPE, POLICY, FIT_AT)
    plain = load_predictor(trainer.fit(examples.ref, RECIPE, POLICY, ship_at).files)
    model = trainer.fit(examples.ref, RECIPE, POLICY, ship_at, forerunner=forerunner.files)
    shifts = RollingIntercept(fitted(examples=examples), examples.table, POLICY).on(ship_at)
    share_before = forerunner.facts["rows"] / model.facts["rows"]

    assert 0.2 < share_before < 0.5
    assert model.facts["rolling_intercept"] == pytest.approx(
        {name: shift * share_before for name, shift in shifts.items()}
    )
    moved = load_predictor(model.files)
    logits = [np.log(p / (1 - p)) for p in (plain(examples.table), moved(examples.table))]
    assert np.allclose(logits[1] - logits[0], shifts["mean"] * share_before, atol=1e-6)
