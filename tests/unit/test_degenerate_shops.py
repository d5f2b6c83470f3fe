"""Fits and their evaluation on shops that lack what others have: few buyers, one class, features that say nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest

from adapters.sklearn.evaluation.evaluator import SklearnModelEvaluator
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.costs import CostPolicy
from domain.model.fits import Window, plan_fits
from domain.model.recipe import Recipe
from domain.snapshot import Json
from ports.model_evaluator import Trial
from ports.model_trainer import FittedModel
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

LINES = 1500
RECIPE = Recipe(iterations=3, min_samples_leaf=20)
TEST = Window(FIRST_DAY + timedelta(days=60), FIRST_DAY + timedelta(days=69))
SHIP_AT = FIRST_DAY + timedelta(days=95)
FEATURES = ("risk", "skewed", "noise", "constant", "size")


def trainer(shop: ExamplesTable) -> SklearnModelTrainer:
    return SklearnModelTrainer(shop.read, shop.read_lines)


def with_columns(shop: ExamplesTable, names: Sequence[str], value: object) -> ExamplesTable:
    for name in names:
        shop = shop.with_column(name, [value] * shop.table.num_rows)
    return shop


def with_returns(shop: ExamplesTable, returned: Sequence[bool] | np.ndarray) -> ExamplesTable:
    days = shop.table["ordered_on"].to_pylist()
    known = [day + timedelta(days=3) if came else None for day, came in zip(days, returned, strict=True)]
    return shop.with_column("return_known_on", known).with_column(
        "return_lag_days", [3 if c else None for c in returned]
    )


def bought_by(customers: int) -> ExamplesTable:
    return ExamplesTable(LINES).with_column("customer_id", [f"C{number % customers}" for number in range(LINES)])


def constant_features() -> ExamplesTable:
    return with_columns(with_columns(ExamplesTable(LINES), FEATURES[:-1], 1.0), ["size"], "m")


SHOPS: dict[str, Callable[[], ExamplesTable]] = {
    "one customer": lambda: bought_by(1),
    "two customers": lambda: bought_by(2),
    "three customers, one of whom sends all back": lambda: with_returns(bought_by(3), np.arange(LINES) % 3 == 0),
    "all guests": lambda: with_columns(ExamplesTable(LINES), ["customer_id"], None),
    "one order of guests": lambda: with_columns(
        with_columns(ExamplesTable(LINES), ["customer_id"], None), ["order_id"], "O"
    ),
    "one item without a category": lambda: with_columns(
        with_columns(ExamplesTable(LINES), ["item_id"], "I"), ["category"], None
    ),
    "one category": lambda: with_columns(ExamplesTable(LINES), ["category"], "c"),
    "constant features": constant_features,
    "features that are all null": lambda: with_columns(ExamplesTable(LINES), FEATURES, None),
    "a number that is all null": lambda: with_columns(ExamplesTable(LINES), ["risk"], None),
    "20 lines": lambda: ExamplesTable(20),
    "all returned": lambda: with_returns(ExamplesTable(LINES), [True] * LINES),
    "none returned": lambda: with_returns(ExamplesTable(LINES), [False] * LINES),
}


@pytest.mark.parametrize("name", SHOPS)
def test_a_shop_that_lacks_something_is_fitted_and_judged(name: str) -> None:
    shop = SHOPS[name]()
    evaluator = SklearnModelEvaluator(shop.read, shop.read_lines)
    tested = trainer(shop).fit(shop.ref, RECIPE, POLICY, TEST.first)
    plain = trainer(shop).fit(shop.ref, RECIPE.using("baseline"), POLICY, TEST.first)
    shipped = trainer(shop).fit(shop.ref, RECIPE, POLICY, SHIP_AT, forerunner=tested.files)
    trial = Trial(shop.ref, TEST, POLICY, CostPolicy(), shop.as_of)
    judged = evaluator.evaluate(tested.files, trial)
    compared = evaluator.compare(tested.files, plain.files, trial)

    assert judged.predictions
    assert all(0 < float(str(row["p"])) < 1 for row in judged.predictions)
    assert np.isfinite(judged.facts["learners"]["mean"]["log_loss"]["value"])
    assert compared.log_loss_difference.low <= compared.log_loss_difference.high
    assert shipped.facts["rows"] > tested.facts["rows"]


def calibration(shop: ExamplesTable, days: int, recipe: Recipe = RECIPE) -> dict[str, Json]:
    fitted: FittedModel = trainer(shop).fit(shop.ref, recipe, POLICY, FIRST_DAY + timedelta(days=days))
    assert fitted.facts["fitted"]
    return dict(fitted.facts["calibration"])


def test_nothing_is_calibrated_on_blocks_where_a_handful_of_customers_bought_everything() -> None:
    for customers in (1, 2):
        assert calibration(bought_by(customers), 60)["regime"] == "none"
    assert calibration(bought_by(300), 60)["regime"] == "blocks"


def test_nothing_is_calibrated_on_blocks_where_one_of_them_lacks_a_class() -> None:
    one_sends_back = with_returns(bought_by(10), np.arange(LINES) % 10 == 0)

    assert calibration(one_sends_back, 60)["regime"] == "none"


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize("customers", [["C0"], ["C0", "C2"]])
def test_a_slice_bought_by_a_customer_or_two_tells_no_slope(customers: list[str]) -> None:
    shop = ExamplesTable(6000, return_rate=0.3)
    found = calibration(shop.with_column("customer_id", (customers * 6000)[:6000]), 100)

    assert found["regime"] == "slice"
    assert {(tried["slope"], tried["error"]) for tried in found["learners"].values()} == {(1.0, None)}


@pytest.mark.usefixtures("small_slices")
def test_nothing_is_calibrated_where_the_earlier_fit_is_the_baseline_alone() -> None:
    """Nearly all came back: the fit knows 20 lines that were kept, the earlier one does not."""
    days = ExamplesTable(9000).table["ordered_on"].to_pylist()
    kept_since = FIRST_DAY + timedelta(days=35)
    kept = [day > kept_since and number % 100 == 0 for number, day in enumerate(days)]
    shop = with_returns(ExamplesTable(9000), [not stays for stays in kept])

    assert calibration(shop, 100)["regime"] == "none"


@pytest.mark.usefixtures("small_slices")
def test_a_test_and_a_slice_are_not_planned_where_their_fit_would_not_know_the_lines_yet() -> None:
    shop = ExamplesTable(6000, return_rate=0.3)
    loaded = FIRST_DAY + timedelta(days=65)
    days = shop.table["ordered_on"].to_pylist()
    late = shop.with_column("available_at", [datetime.combine(max(day, loaded), time(12), UTC) for day in days])

    assert plan_fits(trainer(shop).count_lines(shop.ref), POLICY, shop.as_of).test is not None
    test = plan_fits(trainer(late).count_lines(late.ref), POLICY, shop.as_of).test
    assert test is None
    assert calibration(shop, 95)["regime"] == "slice"
    assert calibration(late, 95)["regime"] == "blocks"


def test_a_fit_at_the_day_of_a_planned_test_has_the_lines_that_the_plan_counted_on() -> None:
    shop = ExamplesTable(6000, return_rate=0.3)
    moments = shop.table["ordered_at"].to_pylist()
    late = shop.with_column("available_at", [moment + timedelta(days=35) for moment in moments])
    plan = plan_fits(trainer(late).count_lines(late.ref), POLICY, late.as_of)
    assert plan.test is not None
    facts = trainer(late).fit(late.ref, replace(RECIPE, calibrate=False), POLICY, plan.test.first).facts

    assert facts["rows"] >= 1000
    assert facts["positives"] >= 50
