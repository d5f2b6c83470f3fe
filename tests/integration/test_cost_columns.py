"""The cost rule and the open chance on Spark are the domain's, to the last bit."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from adapters.spark.lines import cost_columns
from domain.costs import CostPolicy
from domain.model.open_chance import open_chance, share_known, visible_lag_days
from domain.unit_shares import UnitShares

SHARES = UnitShares((0.7, 0.31, 0.05))
AS_OF = date(2024, 3, 1)
GRID_CHANCES = (0.0, 1e-10, 0.1, 0.3333333333, 0.5, 0.9999999999, 1.0)
GRID_VALUES = ("0", "0.01", "9.99", "33.3333", "40", "123456789.1234")


@pytest.mark.parametrize("costs", [CostPolicy(), CostPolicy(3.7, 0.13, 0.41, 0.23, 0.07, 0.11)])
def test_the_cost_rule_is_one_rule_on_spark_and_in_the_domain(spark: SparkSession, costs: CostPolicy) -> None:
    grid = [(p, Decimal(value), units) for p, value, units in product(GRID_CHANCES, GRID_VALUES, (1, 2, 3, 7, 8, 40))]
    frame = spark.createDataFrame(grid, "p double, net_value decimal(18,4), quantity long").coalesce(1)
    of_unit = cost_columns.unit_chance(SHARES)
    computed = frame.select(
        "*",
        cost_columns.expected_return_cost(costs, of_unit).alias("cost"),
        cost_columns.should_act(costs, of_unit).alias("acts"),
        F.when(cost_columns.should_act(costs, of_unit), cost_columns.reason(costs, of_unit)).alias("reason"),
    )
    for p, net_value, quantity, cost, acts, reason in computed.collect():
        price, chance = float(net_value) / quantity, p * SHARES.share(quantity)
        assert cost == costs.expected_return_cost(chance, price, quantity)
        assert acts == costs.should_act(chance, price)
        assert reason == (costs.reason(chance, price) if acts else None)


@pytest.mark.parametrize("law", [None, [1.0], [0.0, 0.25, 0.5, 1.0]])
def test_the_open_chance_is_one_rule_on_spark_and_in_the_domain(spark: SparkSession, law: list[float] | None) -> None:
    days = [AS_OF - timedelta(days=age) for age in range(1, 8)]
    fates = ((False, False), (False, True), (True, True))
    rows = [(p, day, *fate) for p, day, fate in product(GRID_CHANCES, days, fates)]
    columns = "p double, ordered_at date, returned boolean, order_returned boolean"
    frame = spark.createDataFrame(rows, columns).coalesce(1)
    computed = frame.select("*", cost_columns.open_chance(law, 0.125, AS_OF).alias("left"))
    for p, ordered_on, returned, order_returned, left in computed.collect():
        share = share_known(law or [], visible_lag_days(ordered_on, AS_OF))
        counted = p * 0.125 if order_returned and not returned else p
        assert left == open_chance(counted, share, returned=returned)
