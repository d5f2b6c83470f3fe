from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pytest

from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.drifted import RECENT_DAYS, drifted, recent_lines
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.model.recipe import Recipe
from domain.monitoring.psi import population_stability
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

FIT_AT = FIRST_DAY + timedelta(days=70)
EXAMPLES = ExamplesTable(4000)
RECIPE = Recipe(iterations=10, min_samples_leaf=20)
FEATURES = ("risk", "skewed", "noise", "constant", "size")


def moving() -> ExamplesTable:
    """The examples with a noise that rises from day to day."""
    days = EXAMPLES.table["ordered_on"].to_pylist()
    return EXAMPLES.with_column("noise", [float((day - FIRST_DAY).days) for day in days])


def test_recent_lines_are_those_of_the_last_four_weeks_before_the_fit() -> None:
    days = recent_lines(EXAMPLES.table, FIT_AT)["ordered_on"].to_pylist()

    assert (min(days), max(days)) == (FIT_AT - timedelta(days=RECENT_DAYS), FIT_AT - timedelta(days=1))


def test_a_line_that_becomes_known_on_the_day_of_the_fit_is_not_looked_at() -> None:
    lines = EXAMPLES.table["line_id"].to_pylist()
    moments = EXAMPLES.table["available_at"].to_pylist()
    loaded = datetime.combine(FIT_AT, time(0), UTC)
    late = EXAMPLES.with_column(
        "available_at", [loaded if line.endswith("7") else at for line, at in zip(lines, moments, strict=True)]
    )

    assert any(line.endswith("7") for line in recent_lines(EXAMPLES.table, FIT_AT)["line_id"].to_pylist())
    assert not any(line.endswith("7") for line in recent_lines(late.table, FIT_AT)["line_id"].to_pylist())


def test_a_feature_that_rises_from_day_to_day_has_drifted_and_the_others_have_not() -> None:
    table = moving().table
    recent = recent_lines(table, FIT_AT)
    before = table.filter(np.array([day < FIT_AT - timedelta(days=31) for day in table["ordered_on"].to_pylist()]))

    assert set(drifted(before, recent, FEATURES, 0.5)) == {"noise"}
    assert drifted(before, recent, FEATURES, 1000.0) == {}
    assert drifted(before.slice(0, 50), recent, FEATURES, 0.5) == {}


def test_levels_of_a_text_drift_too() -> None:
    before, now = (pa.table({"size": ["s"] * 300 + [level] * 300}) for level in ("m", "xl"))

    assert set(drifted(before, now, ("size",), 0.5)) == {"size"}


def test_few_values_that_change_a_little_have_not_drifted() -> None:
    """What an index of shares takes for a move: every value is another, and none has gone far."""
    rates = np.repeat([0.9, 1.0, 1.2], 200)
    before, now = (pa.table({"rate": rates + moved}) for moved in (0.0, 0.01))

    assert (population_stability(rates.tolist(), (rates + 0.01).tolist()) or 0) > 1
    assert drifted(before, now, ("rate",), 0.1) == {}


def test_a_move_is_told_in_standard_deviations_of_the_training_lines() -> None:
    values = np.random.default_rng(0).normal(size=4000)
    before, now = (pa.table({"value": moved + scale * values}) for moved, scale in ((5.0, 3.0), (8.0, 3.0)))

    assert drifted(before, now, ("value",), 0.5)["value"] == pytest.approx(1.0, abs=0.05)
    assert drifted(before, now, ("value",), 1.1) == {}


def test_a_tail_is_looked_at_on_the_scale_that_the_regression_sees() -> None:
    """Of the few dear items ten times as dear ones would move the mean of the prices by far."""
    prices = np.exp(np.random.default_rng(1).normal(size=4000))
    before, now = (pa.table({"price": np.where(prices > 12, prices * times, prices)}) for times in (1.0, 10.0))

    assert drifted(before, now, ("price",), 0.1) == {}


def test_values_that_go_missing_move_nothing() -> None:
    values = np.arange(1000.0) % 100
    before, now = (pa.table({"value": pa.array(values, mask=np.arange(1000) // 100 < missing)}) for missing in (0, 9))

    assert drifted(before, now, ("value",), 0.1) == {}


def test_the_logistic_regression_does_without_what_drifted_and_the_trees_do_not() -> None:
    shop = moving()
    model = SklearnModelTrainer(shop.read, shop.read_lines).fit(shop.ref, RECIPE, POLICY, FIT_AT)
    predictor = load_predictor(model.files)
    moved = shop.with_column("noise", [value + 40 for value in shop.table["noise"].to_pylist()])
    still, later = (predictor.all_learners(table)["logistic"] for table in (shop.table, moved.table))

    assert set(model.facts["drifted"]) == {"noise"}
    assert "noise" in model.facts["features"]
    assert np.array_equal(still, later)


def test_a_sample_that_is_drawn_by_label_moves_no_feature() -> None:
    """The rarer label is up to half of a bounded sample, and what tells it apart lies elsewhere there."""
    known = EXAMPLES.table["return_known_on"].to_pylist()
    shop = EXAMPLES.with_column("noise", [float(day is not None) + n % 7 for n, day in enumerate(known)])
    whole, sampled = (
        SklearnModelTrainer(shop.read, shop.read_lines)
        .fit(shop.ref, replace(RECIPE, max_lines=lines_at_most, max_drift=1e-9), POLICY, FIT_AT)
        .facts["drifted"]
        for lines_at_most in (4000, 1000)
    )
    assert whole == sampled
