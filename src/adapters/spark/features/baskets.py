"""Baskets: one shuffle by order, however many rules there are, and a vectorised kernel over whole orders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import types as t

from adapters.spark.arrow_memory import releasing
from adapters.spark.as_of.batches import KNOWN
from adapters.spark.features.basket_kernel import BasketQuestion, Baskets
from adapters.spark.features.expressions import compiled, own_name
from domain.features.expressions import Expression
from domain.features.rules import Basket

BASKET = ("order_id", KNOWN)


@dataclass(frozen=True)
class AskedOrders:
    """Lines and what is asked of their baskets, which whoever handles the lines next in Python answers on the way.

    Args:
        frame: the lines with what the rules look at; where anything is asked, the rows of an order follow one another.
        columns: those of the lines' columns that go on, in order.
        questions: what is asked.
    """

    frame: DataFrame
    columns: tuple[str, ...]
    questions: tuple[BasketQuestion, ...]

    @property
    def fields(self) -> list[t.StructField]:
        """The columns that go on and a DOUBLE for each answer."""
        own = (self.frame.schema[name] for name in self.columns)
        return [*own, *(t.StructField(question.name, t.DoubleType()) for question in self.questions)]

    def kernel(self, columns: Sequence[str]) -> Baskets:
        """What answers, and lets these columns pass."""
        return Baskets(BASKET, self.questions, tuple(columns))

    def answered(self) -> DataFrame:
        """The lines with the answers."""
        return self.frame.mapInArrow(releasing(self.kernel(self.columns)), t.StructType(self.fields))


def ask_baskets(
    frame: DataFrame, baskets: Mapping[Basket, str], made: Mapping[Expression, str], kept: Collection[str]
) -> AskedOrders:
    """The orders brought together for some rules; the lines as they are where there is none.

    Args:
        frame: whole orders, one row a line, with the day on which it was KNOWN.
        baskets: what to compute, with the names of the new columns.
        made: rules that are columns already.
        kept: the columns of the frame that are looked at again later.
    """
    columns = tuple(name for name in frame.columns if name in kept)
    if not baskets:
        return AskedOrders(frame, columns, ())
    parts = dict.fromkeys(operand for basket in baskets for operand in basket.operands)
    names = {part: own_name(part, made) or f"_part_{i}" for i, part in enumerate(parts)}
    new = (compiled(part, made).alias(name) for part, name in names.items() if name not in frame.columns)
    # The rows of a part then come in one order whenever it is made; see `as_of_pieces.home_of`.
    together = frame.select("*", *new).repartition("order_id").sortWithinPartitions(*BASKET, "line_id")
    questions = tuple(_asked(rule, name, names) for rule, name in baskets.items())
    return AskedOrders(together, columns, questions)


def _asked(rule: Basket, name: str, names: Mapping[Expression, str]) -> BasketQuestion:
    value = None if rule.value is None else names[rule.value]
    same, different = (tuple(names[part] for part in of) for of in (rule.same, rule.different))
    return BasketQuestion(name, rule.aggregate, value, same, different, rule.own)
