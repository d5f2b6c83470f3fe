"""Scoring on Spark: the window, what is open, the cost rule, and how often a model is loaded."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from adapters.spark import cost_columns
from adapters.spark.scoring import SparkBatchScorer
from domain.costs import ADVISE, NO_ACTION, CostPolicy
from domain.errors import ModelError
from domain.open_chance import open_chance, share_known, visible_lag_days
from domain.snapshot import Attempt, StepResult
from ports.batch_scorer import ScoringModel, ScoringTerms
from ports.progress import Progress
from tests.integration.fake_predictor import files_logging_to, load_predictor, processes_in
from tests.integration.known_shop import AS_OF, POLICY, KnownShop
from tests.integration.tables_on_disk import plain_digest, rows_of

LAW = [0.0, 0.1, 0.1, 0.2, 0.35, 0.5, 0.7, 0.8, 0.9, 0.95, *[0.97] * 10, 1.0]
COSTS = CostPolicy(return_cost_fixed=2.0, effect=0.3)
Score = Callable[[KnownShop, Path], StepResult]


class Messages(Progress):
    """Keeps what a step said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, float]] = []

    def report(self, message: str, share: float) -> None:
        self.said.append((message, share))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loads") / "log"


@pytest.fixture(scope="module")
def score(spark: SparkSession, log: Path) -> Score:
    """Scores a shop in batches of a few rows, with files below a place."""
    scorer = SparkBatchScorer(lambda: spark, plain_digest, load_predictor)
    model = ScoringModel(files_logging_to(log), "model-1", "features-1", lag_law=LAW)

    def scored(shop: KnownShop, place: Path) -> StepResult:
        attempt = Attempt("score", "k", "a", f"{place}/a")
        return scorer.score(shop.put(place), model, ScoringTerms(AS_OF, POLICY, COSTS), attempt, Messages())

    return scored


@pytest.fixture(scope="module")
def shop() -> KnownShop:
    return KnownShop.seeded()


@pytest.fixture(scope="module")
def scored(spark: SparkSession, score: Score, shop: KnownShop, tmp_path_factory: pytest.TempPathFactory) -> StepResult:
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "7")
    try:
        return score(shop, tmp_path_factory.mktemp("score"))
    finally:
        spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")


def test_the_lines_of_the_window_are_scored_and_no_others(scored: StepResult, shop: KnownShop) -> None:
    first = AS_OF - timedelta(days=POLICY.window_days)
    expected = {k for k, line in shop.known_lines(AS_OF).items() if line["ordered_at"].date() >= first}
    found = [row["line_id"] for row in rows_of(scored.tables[0])]
    assert sorted(found) == sorted(expected)
    assert any(shop.known_lines(AS_OF)[k]["ordered_at"].date() == first for k in found)


def test_what_is_open_follows_what_was_known_of_returns(scored: StepResult, shop: KnownShop) -> None:
    rows = rows_of(scored.tables[0])
    for row in rows:
        known = shop.known(row["line_id"], AS_OF)
        assert row["open_quantity"] == row["quantity"] - known.closed
        assert row["returned"] == (known.known_on is not None)
    assert {row["returned"] for row in rows if 0 < row["open_quantity"] < row["quantity"]} == {True, False}


def test_every_figure_is_the_domains(scored: StepResult, shop: KnownShop) -> None:
    chance = {row["line_id"]: row["chance"] for row in shop.features}
    for row in rows_of(scored.tables[0]):
        p, price = chance[row["line_id"]], float(row["net_value"]) / row["quantity"]
        lag_days = visible_lag_days(row["ordered_at"].date(), AS_OF, POLICY.recording_lag_days)
        still_comes = open_chance(p, share_known(LAW, lag_days)) if row["open_quantity"] else 0.0
        acts = row["open_quantity"] > 0 and COSTS.should_act(p, price)
        assert (row["p"], row["p_open"]) == (p, still_comes)
        assert row["expected_return_cost"] == COSTS.expected_return_cost(p, price, row["quantity"])
        assert row["action"] == (ADVISE if acts else NO_ACTION)
        assert row["reasons"] == (COSTS.reason(p, price) if acts else None)
        assert (row["model"], row["feature_set"]) == ("model-1", "features-1")


def test_the_facts_count_the_rows(scored: StepResult) -> None:
    rows = rows_of(scored.tables[0])
    assert scored.facts == {
        "lines": len(rows),
        "open_lines": sum(row["open_quantity"] > 0 for row in rows),
        "returned_lines": sum(row["returned"] for row in rows),
        "advised_lines": sum(row["action"] == ADVISE for row in rows),
        "expected_returned_lines": pytest.approx(sum(row["p"] for row in rows)),
    }
    assert scored.facts["advised_lines"] > 0


def test_what_came_later_changes_nothing_and_no_process_loads_the_model_twice(
    score: Score, scored: StepResult, shop: KnownShop, log: Path, tmp_path: Path
) -> None:
    cut = shop.cut(AS_OF)
    assert len(cut.line_returns) < len(shop.line_returns)
    without_the_future = score(cut, tmp_path)
    assert without_the_future.tables[0].content == scored.tables[0].content
    assert without_the_future.facts == scored.facts
    loads = processes_in(log)
    assert loads
    assert len(loads) == len(set(loads))


@pytest.mark.parametrize(("column", "chance"), [("chance", 1.5), ("absent", 0.5)])
def test_a_model_that_gives_no_probabilities_is_named(
    spark: SparkSession, shop: KnownShop, tmp_path: Path, column: str, chance: float
) -> None:
    features = [{**row, "chance": chance} for row in shop.features]
    tables = KnownShop(shop.lines, shop.line_returns, features).put(tmp_path)
    model = ScoringModel(files_logging_to(tmp_path / "log"), "model-2", "features-1", column)
    attempt = Attempt("score", "k", "a", f"{tmp_path}/a")
    scorer = SparkBatchScorer(lambda: spark, plain_digest, load_predictor)
    with pytest.raises(ModelError, match="model-2"):
        scorer.score(tables, model, ScoringTerms(AS_OF, POLICY, COSTS), attempt, Messages())


GRID_CHANCES = (0.0, 1e-10, 0.1, 0.3333333333, 0.5, 0.9999999999, 1.0)
GRID_VALUES = ("0", "0.01", "9.99", "33.3333", "40", "123456789.1234")


@pytest.mark.parametrize("costs", [CostPolicy(), CostPolicy(3.7, 0.13, 0.41, 0.23, 0.07, 0.11)])
def test_the_cost_rule_is_one_rule_on_spark_and_in_the_domain(spark: SparkSession, costs: CostPolicy) -> None:
    grid = [(p, Decimal(value), units) for p, value, units in product(GRID_CHANCES, GRID_VALUES, (1, 3, 7))]
    frame = spark.createDataFrame(grid, "p double, net_value decimal(18,4), quantity long").coalesce(1)
    computed = frame.select(
        "*",
        cost_columns.expected_return_cost(costs).alias("cost"),
        cost_columns.should_act(costs).alias("acts"),
        F.when(cost_columns.should_act(costs), cost_columns.reason(costs)).alias("reason"),
    )
    for p, net_value, quantity, cost, acts, reason in computed.collect():
        price = float(net_value) / quantity
        assert cost == costs.expected_return_cost(p, price, quantity)
        assert acts == costs.should_act(p, price)
        assert reason == (costs.reason(p, price) if acts else None)


@pytest.mark.parametrize("law", [None, [1.0], [0.0, 0.25, 0.5, 1.0]])
def test_the_open_chance_is_one_rule_on_spark_and_in_the_domain(spark: SparkSession, law: list[float] | None) -> None:
    days = [AS_OF - timedelta(days=age) for age in range(1, 8)]
    frame = spark.createDataFrame(list(product(GRID_CHANCES, days)), "p double, ordered_at date").coalesce(1)
    computed = frame.select("*", cost_columns.open_chance(law, AS_OF, 2).alias("left"))
    for p, ordered_on, left in computed.collect():
        assert left == open_chance(p, share_known(law or [], visible_lag_days(ordered_on, AS_OF, 2)))
