"""What is counted in money of lines that came back in part: the units that came, and not the line."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from adapters.sklearn.evaluation.comparison import compared
from adapters.sklearn.evaluation.evaluator import SklearnModelEvaluator
from adapters.sklearn.evaluation.judged_rows import JudgedRows
from adapters.sklearn.evaluation.money_calibration import money_figures
from adapters.sklearn.evaluation.scorecard import cost_without_action
from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.costs import CostPolicy
from domain.model.fits import Window
from domain.model.recipe import BASELINE, Recipe
from domain.unit_shares import UnitShares
from ports.model_evaluator import Trial
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

COSTS = CostPolicy(return_cost_fixed=3, return_cost_share=0.1, effect=0.2)


def judged(quantities: list[int], returned: list[int], shares: list[float]) -> JudgedRows:
    """Lines of ten a unit, each of a customer of its own."""
    names = [f"{number}" for number in range(len(quantities))]
    rows = pa.table(
        {
            "customer_id": names,
            "order_id": names,
            "quantity": quantities,
            "net_value": pa.array([Decimal(10 * units) for units in quantities], pa.decimal128(18, 4)),
            "returned_quantity": returned,
        }
    )
    chances = {"mean": np.full(len(names), 0.5)}
    return JudgedRows(rows, np.array(shares), np.array([float(units > 0) for units in returned]), chances, COSTS)


def test_a_line_of_forty_of_which_two_came_back_costs_two_returns() -> None:
    lines = judged([40], [2], [0.05])

    assert lines.realised_costs(np.zeros(1)).tolist() == [pytest.approx(2 * 4.0)]
    assert cost_without_action(lines) == pytest.approx(1_000 * 8.0)


def test_units_that_came_back_too_late_to_count_cost_nothing() -> None:
    late = replace(judged([3, 3], [2, 2], [0.5, 0.5]), outcomes=np.array([1.0, 0.0]))

    assert late.returned_units == [2, 0]
    assert late.realised_costs(np.zeros(2)).tolist() == [pytest.approx(8.0), 0.0]


def test_money_is_calibrated_by_the_units_that_were_expected_and_those_that_came() -> None:
    (every,) = money_figures(judged([40, 1, 1, 1], [2, 0, 1, 0], [0.1, 1, 1, 1]), "mean", {})

    assert every["expected"] == pytest.approx(0.5 * (0.1 * 400 + 3 * 10))
    assert every["realised"] == pytest.approx(2 * 10 + 10)


def test_a_few_large_lines_do_not_rule_the_difference_of_costs() -> None:
    lines = judged([400, *[1] * 400], [2, *[1] * 400], [1 / 200, *[1.0] * 400])
    acts_on_large, acts_on_small = (np.full(401, 0.0) for _ in range(2))
    acts_on_large[0], acts_on_small[1:] = 1.0, 1.0

    assert (lines.realised_costs(acts_on_small) < lines.realised_costs(acts_on_large)).sum() == 400
    chances = {"mean": acts_on_small, BASELINE: acts_on_large, "constant": acts_on_large}
    shown = JudgedRows(lines.rows, lines.unit_shares, lines.outcomes, chances, COSTS)
    assert compared(shown, acts_on_small, acts_on_large, {}).cost_difference < 0


def test_shares_are_told_by_the_lines_that_train_and_stand_beside_every_prediction() -> None:
    shop = ExamplesTable(3_000, return_rate=0.4)
    came = [int(day is not None) for day in shop.table["return_known_on"].to_pylist()]
    ten = shop.with_column("quantity", [10] * 3_000).with_column("returned_quantity", [2 * back for back in came])
    window = Window(FIRST_DAY + timedelta(days=60), FIRST_DAY + timedelta(days=69))
    recipe = Recipe(iterations=10, min_samples_leaf=20)
    fitted = SklearnModelTrainer(ten.read, ten.read_lines).fit(ten.ref, recipe, POLICY, window.first)
    trial = Trial(ten.ref, window, POLICY, CostPolicy(), ten.as_of)
    evaluation = SklearnModelEvaluator(ten.read, ten.read_lines).evaluate(fitted.files, trial)

    share = UnitShares.from_json(fitted.facts["unit_shares"]).share(10)
    assert share == pytest.approx(0.2, abs=0.03)
    assert load_predictor(fitted.files).card["training"]["unit_shares"] == fitted.facts["unit_shares"]
    assert {row["unit_share"] for row in evaluation.predictions} == {share}
    assert {row["returned_quantity"] for row in evaluation.predictions} == {0, 2}
    (every,) = [entry for entry in evaluation.facts["money"] if entry["dimension"] == "all"]
    assert 0.8 < every["ratio"] < 1.25
