"""What every builder of examples must do: tell what was known by a day, and nothing else."""

from collections import Counter
from dataclasses import replace

import pytest

from domain.errors import SnapshotError
from domain.examples import EXAMPLE_KEYS
from domain.snapshot import StepResult
from tests.contract.known_shop import AS_OF, POLICY, KnownShop
from tests.contract.line_bench import LineBench

ALL_LINES = 1_000


def build(bench: LineBench, shop: KnownShop, max_lines: int = ALL_LINES) -> StepResult:
    return bench.builder.build(shop.put(bench), POLICY, AS_OF, max_lines, bench.attempt())


class ExampleBuilderContract:
    """Laws of `ports.example_builder.ExampleBuilder`; a suite's own class gives the fixture `bench`."""

    @pytest.fixture(scope="class")
    @classmethod
    def shop(cls) -> KnownShop:
        return KnownShop.seeded()

    @pytest.fixture(scope="class")
    @classmethod
    def built(cls, bench: LineBench, shop: KnownShop) -> StepResult:
        return build(bench, shop)

    def test_every_known_line_carries_what_was_known_of_its_return(
        self, bench: LineBench, built: StepResult, shop: KnownShop
    ) -> None:
        rows = {row["line_id"]: row for row in bench.rows(built.tables[0])}
        expected, kept = shop.sold_lines(AS_OF), shop.known_lines(AS_OF)
        assert rows.keys() == expected.keys()
        features = {row["line_id"]: row for row in shop.features}
        for line_id, row in rows.items():
            line, known = expected[line_id], shop.known(line_id, AS_OF)
            assert (row["return_known_on"], row["return_lag_days"]) == (known.known_on, known.lag_days)
            assert row["returned_quantity"] == known.returned
            assert row["cancelled_known_on"] == (None if line_id in kept else known.cancelled_on)
            assert row["ordered_on"] == line["ordered_at"].date()
            assert (row["chance"], row["colour_of_item"]) == (
                features[line_id]["chance"],
                features[line_id]["colour_of_item"],
            )

    def test_the_columns_are_the_keys_and_then_the_features(self, bench: LineBench, built: StepResult) -> None:
        assert built.tables[0].schema.names == (*EXAMPLE_KEYS.names, "chance", "colour_of_item")

    def test_the_facts_count_lines_labels_and_lags_of_mature_lines(
        self, bench: LineBench, built: StepResult, shop: KnownShop
    ) -> None:
        lines = shop.known_lines(AS_OF)
        known = {line_id: shop.known(line_id, AS_OF) for line_id in lines}
        mature = [line_id for line_id, line in lines.items() if POLICY.is_mature(line["ordered_at"].date(), AS_OF)]
        lags = Counter(known[line_id].lag_days for line_id in mature)
        assert built.facts == {
            "lines": len(lines),
            "positives": sum(k.known_on is not None for k in known.values()),
            "mature_lines": len(mature),
            "mature_positives": sum(known[line_id].known_on is not None for line_id in mature),
            "cancelled": len(shop.sold_lines(AS_OF)) - len(lines),
            "lag_histogram": [lags[lag] for lag in range(POLICY.window_days + 1)],
        }
        assert built.facts["cancelled"] > 0
        assert sum(built.facts["lag_histogram"]) > 10

    def test_what_came_later_changes_nothing(self, bench: LineBench, built: StepResult, shop: KnownShop) -> None:
        cut = shop.cut(AS_OF)
        assert len(cut.lines) < len(shop.lines)
        assert len(cut.line_returns) < len(shop.line_returns)
        without_the_future = build(bench, cut)
        assert without_the_future.tables[0].content == built.tables[0].content
        assert without_the_future.facts == built.facts

    def test_a_bound_draws_a_sample_that_is_the_same_whatever_the_order_and_the_future(
        self, bench: LineBench, shop: KnownShop
    ) -> None:
        bound = 40
        drawn = build(bench, shop, bound)
        cut = shop.cut(AS_OF)
        reversed_shop = replace(cut, lines=cut.lines[::-1])
        again = build(bench, reversed_shop, bound)
        assert again.tables[0].content == drawn.tables[0].content
        assert bound * 0.9 <= drawn.tables[0].rows <= bound
        assert {row["line_id"] for row in bench.rows(drawn.tables[0])} <= shop.sold_lines(AS_OF).keys()

    def test_features_that_lack_a_line_are_refused(self, bench: LineBench, shop: KnownShop) -> None:
        lacking = next(iter(shop.known_lines(AS_OF)))
        others = [row for row in shop.features if row["line_id"] != lacking]
        with pytest.raises(SnapshotError, match="found features"):
            build(bench, replace(shop, features=others))

    def test_a_cancellation_that_was_known_late_is_dated_so_that_an_earlier_fit_does_not_know_it(
        self, bench: LineBench, built: StepResult, shop: KnownShop
    ) -> None:
        rows = [row for row in bench.rows(built.tables[0]) if row["cancelled_known_on"] is not None]
        assert any(row["cancelled_known_on"] > row["available_at"].date() for row in rows)
