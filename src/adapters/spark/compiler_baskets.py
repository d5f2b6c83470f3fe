"""Baskets as Spark windows over whole orders: one shuffle by order, and no frame that moves."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from adapters.spark.as_of_batches import KNOWN
from adapters.spark.compiler_expressions import compiled, in_millionths
from domain.expressions import Expression
from domain.rules import SCALE, Aggregate, Basket

BASKET = ("order_id", KNOWN)


def add_baskets(frame: DataFrame, baskets: Mapping[Basket, str], made: Mapping[Expression, str]) -> DataFrame:
    """The frame with a DOUBLE column for each basket, named as given.

    Args:
        frame: whole orders, one row a line, with the day on which it was KNOWN.
        baskets: what to compute, with the names of the new columns.
        made: rules that are columns already.
    """
    parts = dict.fromkeys(operand for basket in baskets for operand in basket.operands)
    names = {part: f"_part_{i}" for i, part in enumerate(parts)}
    prepared = frame.select("*", *(compiled(part, made).alias(name) for part, name in names.items()))
    columns = (_compiled_basket(rule, names).alias(name) for rule, name in baskets.items())
    # The rows of a part then come in one order whenever it is made; see `as_of_pieces.home_of`.
    together = prepared.repartition("order_id").sortWithinPartitions(*BASKET, "line_id")
    return together.select(*frame.columns, *columns)


def _compiled_basket(rule: Basket, names: Mapping[Expression, str]) -> Column:
    same = [names[part] for part in rule.same]
    value = F.lit(1.0) if rule.value is None else F.col(names[rule.value])
    if rule.aggregate is Aggregate.DISTINCT:
        return F.coalesce(_where_known(same, _distinct(value, same, rule)), F.lit(0)).cast("double")
    number = in_millionths(value)
    if rule.aggregate in {Aggregate.MIN, Aggregate.MAX}:
        return _where_known(same, _extreme(number, same, rule)) / F.lit(float(SCALE))
    different = [names[part] for part in rule.different]
    support = _total(number.isNotNull().cast("long"), same, different, rule).cast("double")
    if rule.aggregate is Aggregate.COUNT:
        return support
    total = _total(F.coalesce(number, F.lit(0)), same, different, rule).cast("double") / F.lit(float(SCALE))
    return total if rule.aggregate is Aggregate.SUM else F.try_divide(total, support)


def _total(number: Column, same: Sequence[str], different: Sequence[str], rule: Basket) -> Column:
    """Sum of a LONG over the lines that the rule chooses: those that differ are all that could less the equal ones."""
    if different:
        could = F.sum(F.when(_all_known(different), number)).over(_lines(same))
        chosen = could - F.sum(number).over(_lines([*same, *different]))
        return F.coalesce(_where_known([*same, *different], chosen), F.lit(0))
    total = F.sum(number).over(_lines(same))
    return F.coalesce(_where_known(same, total if rule.own else total - number), F.lit(0))


def _distinct(value: Column, same: Sequence[str], rule: Basket) -> Column:
    different_values = F.size(F.collect_set(value).over(_lines(same)))
    if rule.own:
        return different_values
    only_here = value.isNotNull() & (F.count(F.lit(1)).over(Window.partitionBy(*BASKET, *same, value)) == 1)
    return different_values - only_here.cast("int")


def _extreme(number: Column, same: Sequence[str], rule: Basket) -> Column:
    """The lowest or highest; without the own line it is the second one where the own is the first."""
    lowest = rule.aggregate is Aggregate.MIN
    if rule.own:
        return (F.min if lowest else F.max)(number).over(_lines(same))
    ranked = F.sort_array(F.collect_list(number).over(_lines(same)), asc=lowest)
    first = F.get(ranked, F.lit(0))
    return F.when(number == first, F.get(ranked, F.lit(1))).otherwise(first)


def _lines(same: Sequence[str]) -> WindowSpec:
    return Window.partitionBy(*BASKET, *same)


def _all_known(names: Sequence[str]) -> Column:
    return reduce(and_, (F.col(name).isNotNull() for name in names), F.lit(True))


def _where_known(names: Sequence[str], value: Column) -> Column:
    return F.when(_all_known(names), value)
