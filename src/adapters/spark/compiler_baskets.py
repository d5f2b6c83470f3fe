"""Baskets as one shuffle by order, however many rules there are, and a vectorised kernel over whole orders."""

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import types as t

from adapters.spark.as_of_batches import KNOWN
from adapters.spark.basket_kernel import BasketQuestion, Baskets
from adapters.spark.compiler_expressions import compiled, own_name
from domain.expressions import Expression
from domain.rules import Basket

BASKET = ("order_id", KNOWN)


def add_baskets(frame: DataFrame, baskets: Mapping[Basket, str], made: Mapping[Expression, str]) -> DataFrame:
    """The frame with a DOUBLE column for each basket, named as given.

    Args:
        frame: whole orders, one row a line, with the day on which it was KNOWN.
        baskets: what to compute, with the names of the new columns.
        made: rules that are columns already.
    """
    parts = dict.fromkeys(operand for basket in baskets for operand in basket.operands)
    names = {part: own_name(part, made) or f"_part_{i}" for i, part in enumerate(parts)}
    new = (compiled(part, made).alias(name) for part, name in names.items() if name not in frame.columns)
    # The rows of a part then come in one order whenever it is made; see `as_of_pieces.home_of`.
    together = frame.select("*", *new).repartition("order_id").sortWithinPartitions(*BASKET, "line_id")
    kernel = Baskets(BASKET, tuple(_asked(rule, name, names) for rule, name in baskets.items()), tuple(frame.columns))
    added = [t.StructField(name, t.DoubleType()) for name in baskets.values()]
    return together.mapInArrow(kernel, t.StructType([*frame.schema.fields, *added]))


def _asked(rule: Basket, name: str, names: Mapping[Expression, str]) -> BasketQuestion:
    value = None if rule.value is None else names[rule.value]
    same, different = (tuple(names[part] for part in of) for of in (rule.same, rule.different))
    return BasketQuestion(name, rule.aggregate, value, same, different, rule.own)
