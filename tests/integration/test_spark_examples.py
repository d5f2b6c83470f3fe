"""Examples on Spark: what was known by a day, and nothing else."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from adapters.spark.examples import SparkExampleBuilder
from domain.days import start_of
from domain.examples import EXAMPLE_KEYS
from domain.snapshot import Attempt, StepResult
from tests.integration.known_shop import AS_OF, POLICY, KnownShop
from tests.integration.tables_on_disk import plain_digest, rows_of

ALL_LINES = 1_000


def build(spark: SparkSession, shop: KnownShop, place: Path, max_lines: int = ALL_LINES) -> StepResult:
    """The examples of a shop, written below a place."""
    builder = SparkExampleBuilder(lambda: spark, plain_digest)
    return builder.build(shop.put(place), POLICY, AS_OF, max_lines, Attempt("examples", "k", "a", f"{place}/a"))


@pytest.fixture(scope="module")
def shop() -> KnownShop:
    return KnownShop.seeded()


@pytest.fixture(scope="module")
def built(spark: SparkSession, shop: KnownShop, tmp_path_factory: pytest.TempPathFactory) -> StepResult:
    return build(spark, shop, tmp_path_factory.mktemp("examples"))


def test_every_known_line_carries_what_was_known_of_its_return(built: StepResult, shop: KnownShop) -> None:
    rows = {row["line_id"]: row for row in rows_of(built.tables[0])}
    expected = shop.known_lines(AS_OF)
    assert rows.keys() == expected.keys()
    features = {row["line_id"]: row for row in shop.features}
    for line_id, row in rows.items():
        line, known = expected[line_id], shop.known(line_id, AS_OF)
        assert (row["return_known_on"], row["return_lag_days"]) == (known.known_on, known.lag_days)
        assert (row["returned_quantity"], row["cancelled_known_on"]) == (known.returned, None)
        assert row["ordered_on"] == line["ordered_at"].date()
        assert (row["chance"], row["colour_of_item"]) == (
            features[line_id]["chance"],
            features[line_id]["colour_of_item"],
        )


def test_the_columns_are_the_keys_and_then_the_features(built: StepResult) -> None:
    assert built.tables[0].schema.names == (*EXAMPLE_KEYS.names, "chance", "colour_of_item")


def test_the_facts_count_lines_labels_and_lags_of_mature_lines(built: StepResult, shop: KnownShop) -> None:
    lines = shop.known_lines(AS_OF)
    known = {line_id: shop.known(line_id, AS_OF) for line_id in lines}
    mature = [line_id for line_id, line in lines.items() if POLICY.is_mature(line["ordered_at"].date(), AS_OF)]
    lags = Counter(known[line_id].lag_days for line_id in mature)
    start = start_of(AS_OF)
    everything = [
        row
        for row in shop.lines
        if row["kind"] == "product" and row["available_at"] < start and row["ordered_at"] < start
    ]
    assert built.facts == {
        "lines": len(lines),
        "positives": sum(k.known_on is not None for k in known.values()),
        "mature_lines": len(mature),
        "mature_positives": sum(known[line_id].known_on is not None for line_id in mature),
        "cancelled": len(everything) - len(lines),
        "lag_histogram": [lags[lag] for lag in range(POLICY.window_days + 1)],
    }
    assert built.facts["cancelled"] > 0
    assert sum(built.facts["lag_histogram"]) > 10


def test_what_came_later_changes_nothing(
    spark: SparkSession, built: StepResult, shop: KnownShop, tmp_path: Path
) -> None:
    cut = shop.cut(AS_OF)
    assert len(cut.lines) < len(shop.lines)
    assert len(cut.line_returns) < len(shop.line_returns)
    without_the_future = build(spark, cut, tmp_path)
    assert without_the_future.tables[0].content == built.tables[0].content
    assert without_the_future.facts == built.facts


def test_a_bound_draws_a_sample_that_is_the_same_whatever_the_order_and_the_future(
    spark: SparkSession, shop: KnownShop, tmp_path: Path
) -> None:
    bound = 40
    drawn = build(spark, shop, tmp_path / "one", bound)
    cut = shop.cut(AS_OF)
    reversed_shop = replace(cut, lines=cut.lines[::-1])
    again = build(spark, reversed_shop, tmp_path / "two", bound)
    assert again.tables[0].content == drawn.tables[0].content
    assert bound * 0.9 <= drawn.tables[0].rows <= bound
    assert {row["line_id"] for row in rows_of(drawn.tables[0])} <= shop.known_lines(AS_OF).keys()
