"""What every builder of features must do beyond giving rules their values."""

from abc import abstractmethod
from datetime import UTC, datetime, timedelta

import pytest

from domain.content import Cell
from domain.features.expressions import Column, Expression, Operation
from domain.features.rules import Aggregate, AsOf, Basket, Facts
from domain.snapshot import DatasetRef
from domain.tables import LINE_RETURNS
from ports.feature_builder import FeatureBuilder
from tests.contract.rule_cases import LINES, Row, a_fate, a_line, as_feature_set
from tests.contract.table_bench import TableBench

DAY = datetime(2024, 5, 1, tzinfo=UTC)
CUSTOMER = (Column("customer_id"),)
RULES: tuple[Expression, ...] = (
    Basket(Aggregate.COUNT),
    AsOf(Aggregate.COUNT, Facts.LINES, CUSTOMER),
    AsOf(Aggregate.COUNT, Facts.RETURNS, CUSTOMER),
    AsOf(Aggregate.MEAN, Facts.LINES, CUSTOMER, Column("net_value")),
    AsOf(Aggregate.MODE, Facts.LINES, CUSTOMER, Column("size")),
    Operation("hour", (Column("ordered_at"),)),
)


def days(number: float) -> datetime:
    return DAY + timedelta(days=number)


class FeatureBench(TableBench):
    """One engine's builder and tables."""

    @property
    @abstractmethod
    def builder(self) -> FeatureBuilder:
        """The builder under test."""

    def build(self, lines: list[Row], fates: list[Row], rules: tuple[Expression, ...] = RULES) -> DatasetRef:
        tables = self.put("order_lines", LINES, lines), self.put("line_returns", LINE_RETURNS, fates)
        return self.builder.build(as_feature_set(rules), *tables, self.attempt())

    def values(
        self, lines: list[Row], fates: list[Row], rules: tuple[Expression, ...] = RULES
    ) -> dict[Cell, list[Cell]]:
        """The features of every line, in the order of the rules."""
        names = [f"f{i}" for i in range(len(rules))]
        return {row["line_id"]: [row[name] for name in names] for row in self.rows(self.build(lines, fates, rules))}


class FeatureBuilderContract:
    """Laws of `ports.feature_builder.FeatureBuilder`; a suite's own class gives the fixture `bench`."""

    @pytest.fixture(scope="class")
    @classmethod
    def shop(cls) -> tuple[list[Row], list[Row]]:
        """Two orders of Ann's, the later with a service, one of a guest, and a return that comes in between."""
        lines = [
            a_line(1, days(0), order_id="a", size="m"),
            a_line(2, days(0), order_id="a", size="s"),
            a_line(3, days(9.5), order_id="b", size="s"),
            a_line(4, days(9.5), order_id="b", kind="service"),
            a_line(5, days(9.5), order_id="c", customer_id=None),
            a_line(6, days(10), order_id="d"),
        ]
        return lines, [a_fate(lines[0], days(9))]

    @pytest.fixture(scope="class")
    @classmethod
    def built(cls, bench: FeatureBench, shop: tuple[list[Row], list[Row]]) -> DatasetRef:
        return bench.build(*shop)

    def test_one_row_a_product_line_says_when_it_was_ordered_and_known(
        self, bench: FeatureBench, built: DatasetRef, shop: tuple[list[Row], list[Row]]
    ) -> None:
        identities = {(row["line_id"], row["ordered_at"], row["available_at"]) for row in bench.rows(built)}

        assert identities == {
            (line["line_id"], line["ordered_at"], line["available_at"]) for line in shop[0] if line["kind"] == "product"
        }
        assert built.rows == len(identities) == 5

    def test_the_table_has_the_columns_of_the_feature_set(self, bench: FeatureBench, built: DatasetRef) -> None:
        assert (built.name, built.schema) == ("features", as_feature_set(RULES).schema)
        assert all(tuple(row) == built.schema.names for row in bench.rows(built))

    def test_a_line_sees_its_whole_basket_and_what_was_known_before_its_day(
        self, bench: FeatureBench, built: DatasetRef
    ) -> None:
        found = {row["line_id"]: [row[f"f{i}"] for i in range(len(RULES))] for row in bench.rows(built)}

        assert found == {
            "line 001": [2.0, 0.0, 0.0, None, None, 0.0],
            "line 002": [2.0, 0.0, 0.0, None, None, 0.0],
            "line 003": [2.0, 2.0, 0.0, 10.0, "s", 12.0],
            "line 005": [1.0, 0.0, 0.0, None, None, 12.0],
            "line 006": [1.0, 3.0, 1.0, 10.0, "s", 0.0],
        }

    def test_content_does_not_depend_on_the_order_of_rows(
        self, bench: FeatureBench, built: DatasetRef, shop: tuple[list[Row], list[Row]]
    ) -> None:
        lines, fates = shop

        assert bench.build(lines[::-1], fates[::-1]).content == built.content

    def test_tables_without_rows_give_a_table_without_rows(self, bench: FeatureBench) -> None:
        built = bench.build([], [])

        assert (bench.rows(built), built.rows) == ([], 0)

    def test_a_shop_without_returns_has_features(self, bench: FeatureBench) -> None:
        assert bench.values([a_line(1, days(0))], []) == {"line 001": [1.0, 0.0, 0.0, None, None, 0.0]}
