"""The shape of the plan: what it must not hold, and how it grows with the number of rules."""

import ast
import inspect
from itertools import islice, product
from types import ModuleType

import pytest
from pyspark.sql import DataFrame, SparkSession

from adapters.spark.as_of import answers as as_of_answers
from adapters.spark.as_of import batches as as_of_batches
from adapters.spark.as_of import days as as_of_days
from adapters.spark.as_of import facts as as_of_facts
from adapters.spark.as_of import operator as as_of
from adapters.spark.as_of import pieces as as_of_pieces
from adapters.spark.as_of import stages as as_of_stages
from adapters.spark.features import basket_kernel, compiler
from adapters.spark.features import baskets as compiler_baskets
from adapters.spark.features import expressions as compiler_expressions
from adapters.spark.tables import spark_schema
from domain.features.catalogue import features_for_source
from domain.features.expressions import Column, Expression
from domain.features.feature import FeatureSet
from domain.features.rules import Aggregate, AsOf, Facts
from domain.tables import LINE_RETURNS, ORDER_LINES
from tests.contract.rule_cases import as_feature_set

KEYS = ((), (Column("customer_id"),), (Column("category"),))
AS_OF = (as_of, as_of_answers, as_of_batches, as_of_days, as_of_facts, as_of_pieces, as_of_stages)
MODULES = (*AS_OF, basket_kernel, compiler, compiler_baskets, compiler_expressions)
GATHERING = {"collect", "toPandas", "toLocalIterator", "toArrow", "first", "head", "show", "isEmpty"}


def counts(number: int) -> list[Expression]:
    """So many different rules over three keys."""
    windows = (None, *range(1, 200))
    kinds = product(windows, (Aggregate.COUNT, Aggregate.EXPOSURE), (Facts.LINES, Facts.SALES), KEYS)
    return [AsOf(aggregate, facts, key, None, days) for days, aggregate, facts, key in islice(kinds, number)]


def plan_of(spark: SparkSession, features: FeatureSet) -> str:
    lines = spark.createDataFrame([], spark_schema(ORDER_LINES))
    returns = spark.createDataFrame([], spark_schema(LINE_RETURNS))
    frame: DataFrame = compiler.compile_features(features, lines, returns)
    return str(frame._jdf.queryExecution().executedPlan().toString())


def test_the_catalogue_is_one_plan_without_range_joins_windows_or_row_functions(spark: SparkSession) -> None:
    plan = plan_of(spark, features_for_source())

    assert "MapInArrow" in plan
    for unwanted in ("BatchEvalPython", "ArrowEvalPython", "CartesianProduct", "NestedLoop"):
        assert unwanted not in plan
    assert "Window" not in plan


def test_a_plan_of_150_rules_has_as_many_shuffles_and_kernels_as_one_of_12_over_the_same_keys(
    spark: SparkSession,
) -> None:
    few, many = (plan_of(spark, as_feature_set(counts(number))) for number in (12, 150))

    assert many.count("MapInArrow") == few.count("MapInArrow") == 3
    assert many.count("Exchange ") == few.count("Exchange ")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_rule_gathers_rows_on_the_driver(module: ModuleType) -> None:
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Call)]
    methods = [(call.func.attr, call.args) for call in calls if isinstance(call.func, ast.Attribute)]

    assert not [name for name, args in methods if name in GATHERING or (name == "count" and not args)]
