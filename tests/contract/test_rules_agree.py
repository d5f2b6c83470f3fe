"""Reference and compiler give every rule the same values."""

import math
from collections.abc import Iterable, Sequence

import pytest
from pyspark.sql import DataFrame, SparkSession

from adapters.spark.features.compiler import compile_features
from adapters.spark.tables import spark_schema
from domain.days import start_of
from domain.features.catalogue import CATALOGUE, features_for_source
from domain.features.expressions import OPERATIONS, Column, Literal, Operation
from domain.features.feature import FeatureSet
from domain.features.reference import Reference
from domain.features.rules import Aggregate, AsOf, BackOffRate, Basket, Facts, Share
from domain.labels import LagLaw
from domain.schema import ColumnType, Schema
from domain.tables import LINE_RETURNS
from tests.contract.generated_shops import many_shops, until
from tests.contract.rule_cases import LINES, Row, as_feature_set, edge_shop, rules_of_every_kind, rules_within_a_shop

ATTRIBUTES = {"attr_score": ColumnType.NUMBER, "attr_country": ColumnType.TEXT}
SHORT_LAW = LagLaw(((0, 0.25), (1, 0.5), (3, 1.0)))
EVERYTHING = features_for_source((), ATTRIBUTES, SHORT_LAW)

Values = dict[str, Row]


def on_spark(spark: SparkSession, features: FeatureSet, lines: Sequence[Row], fates: Sequence[Row]) -> Values:
    frame = compile_features(features, _frame(spark, LINES, lines), _frame(spark, LINE_RETURNS, fates))
    return {row["line_id"]: row.asDict() for row in frame.drop("ordered_at", "available_at").collect()}


def in_reference(features: FeatureSet, lines: Sequence[Row], fates: Sequence[Row]) -> Values:
    return {str(row["line_id"]): row for row in Reference(lines, fates, features.lag_law).features(features)}


def assert_equal(features: FeatureSet, found: Values, wanted: Values) -> None:
    assert found.keys() == wanted.keys()
    differing = {
        f.name: f"{line_id}: {f.rule} is {found[line_id][f.name]!r}, not {row[f.name]!r}"
        for line_id, row in wanted.items()
        for f in features.features
        if not _same(found[line_id][f.name], row[f.name])
    }
    assert not differing, "\n".join(differing.values())


def _same(found: object, wanted: object) -> bool:
    """Equal to the last bit but for logarithms, which no two libraries round alike, and what is made of them."""
    if isinstance(found, float) and isinstance(wanted, float):
        same_zero = found != wanted or math.copysign(1, found) == math.copysign(1, wanted)
        return same_zero and math.isclose(found, wanted, rel_tol=1e-12, abs_tol=1e-12)
    return found is None and wanted is None if None in {found, wanted} else found == wanted


def _frame(spark: SparkSession, schema: Schema, rows: Iterable[Row]) -> DataFrame:
    return spark.createDataFrame([tuple(row[name] for name in schema.names) for row in rows], spark_schema(schema))


@pytest.fixture(scope="module")
def catalogue_on_spark(spark: SparkSession) -> Values:
    return on_spark(spark, EVERYTHING, *edge_shop())


def test_the_cases_hold_every_kind_of_node() -> None:
    parts = [part for rule in rules_of_every_kind() for part in rule.walk()]
    operations = {part.name for part in parts if isinstance(part, Operation)}
    as_of = {(part.aggregate, part.facts) for part in parts if isinstance(part, AsOf)}
    baskets = {part.aggregate for part in parts if isinstance(part, Basket)}

    assert operations == set(OPERATIONS)
    assert {aggregate for aggregate, _ in as_of} | baskets == set(Aggregate)
    assert {facts for _, facts in as_of} == set(Facts)
    assert {type(part) for part in parts} == {Column, Literal, Operation, AsOf, Basket, BackOffRate, Share}


def test_every_kind_of_rule_agrees_on_the_edge_shop(spark: SparkSession) -> None:
    features = as_feature_set(rules_of_every_kind())
    lines, fates = edge_shop()

    assert_equal(features, on_spark(spark, features, lines, fates), in_reference(features, lines, fates))


def test_every_kind_of_rule_agrees_on_generated_shops(spark: SparkSession) -> None:
    features = as_feature_set(rules_within_a_shop(), lag_law=SHORT_LAW)
    shops = many_shops()
    lines, fates = [line for shop in shops for line in shop[0]], [fate for shop in shops for fate in shop[1]]
    wanted = {line_id: row for shop in shops for line_id, row in in_reference(features, *shop).items()}

    assert_equal(features, on_spark(spark, features, lines, fates), wanted)


def test_every_feature_of_the_catalogue_agrees_on_the_edge_shop(catalogue_on_spark: Values) -> None:
    assert len(EVERYTHING.features) == len(CATALOGUE) + len(ATTRIBUTES)

    assert_equal(EVERYTHING, catalogue_on_spark, in_reference(EVERYTHING, *edge_shop()))


def test_dropping_what_came_later_leaves_earlier_features_as_they_were(
    spark: SparkSession, catalogue_on_spark: Values
) -> None:
    lines, fates = edge_shop()
    day = lines[-10]["ordered_at"].date()
    kept_lines, kept_fates = until(start_of(day), lines, fates)

    truncated = on_spark(spark, EVERYTHING, kept_lines, kept_fates)

    assert 10 < len(truncated) < len(catalogue_on_spark)
    assert truncated == {line_id: catalogue_on_spark[line_id] for line_id in truncated}
