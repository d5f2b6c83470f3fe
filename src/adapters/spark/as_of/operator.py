"""The as-of operator: the one seam behind which past facts are aggregated for every line.

Lines stay together while their facts go to the keys in Arrow's format: where all facts of a key are, a vectorised
kernel answers what is asked about its past, and the answers go back to the lines. These are two shuffles, however many
keys there are. Keys that many lines share are added up by their days first, so that a popular key is as small as the
calendar. What else was tried: docs/decisions/0006.
"""

from collections.abc import Iterable, Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as t

from adapters.spark.arrow_memory import releasing
from adapters.spark.as_of.answers import KeyQuestions
from adapters.spark.as_of.batches import IS_PRODUCT, Question
from adapters.spark.as_of.pieces import PART, PIECES, Parts
from adapters.spark.as_of.stages import Answering, Asking, Inquiry, Joining
from adapters.spark.features.baskets import AskedOrders
from adapters.spark.features.expressions import compiled, in_millionths, own_name
from domain.features import expressions as domain
from domain.features.expressions import TEXT, Expression
from domain.features.rules import AsOf
from domain.labels import LagLaw

# A key with one of these has few lines for each value, so that adding them up by day gains nothing.
_IDENTIFIERS = frozenset({"line_id", "order_id", "customer_id", "item_id"})
_FACTS_A_PART, _LINES_A_PART = 250_000, 125_000


def add_as_of(
    orders: AskedOrders, rules: Mapping[AsOf, str], made: Mapping[Expression, str], lag_law: LagLaw, parts: Parts
) -> DataFrame:
    """The lines with a column for each as-of rule, named as given: DOUBLE, or STRING for a mode.

    Args:
        orders: one row a line, with its DAYS as numbers (the last two nullable) and whether it IS_PRODUCT; what is
            asked of their baskets is answered as well, while the lines are in Python.
        rules: what to compute, with the names of the new columns.
        made: rules that are columns already.
        lag_law: weighs exposures.
        parts: into how many the lines, and the facts of each key, go; see `parts_for`.
    """
    keys = list(dict.fromkeys(rule.key for rule in rules))
    values = {value: f"_value_{i}" for i, value in enumerate(_values_of(rules))}
    parts_of_keys = dict.fromkeys(part for key in keys for part in key)
    key_parts = {part: own_name(part, made) or f"_key_{i}" for i, part in enumerate(parts_of_keys)}
    hashes = {key: f"_hash_{i}" for i, key in enumerate(keys)}
    frame = orders.frame
    prepared = frame.select(
        "*",
        *(compiled(part, made).alias(name) for part, name in key_parts.items() if name not in frame.columns),
        *(_hash([compiled(part, made) for part in key]).alias(name) for key, name in hashes.items()),
        *(F.when(F.col(IS_PRODUCT), _measured(value, made)).alias(name) for value, name in values.items()),
    )
    asked = {
        key: KeyQuestions(
            tuple(key_parts[part] for part in key),
            hashes[key],
            tuple(Question.of(rule, name, values) for rule, name in rules.items() if rule.key == key),
            lag_law,
        )
        for key in keys
    }
    inquiry = Inquiry(
        single=tuple(asked[key] for key in keys if _is_single(key)),
        popular=tuple(asked[key] for key in keys if not _is_single(key)),
        parts=parts,
        carried=(*orders.columns, *(question.name for question in orders.questions)),
        answered=tuple(rules.values()),
    )
    baskets = orders.kernel(prepared.columns) if orders.questions else None
    # Lines pass by where facts are answered: which part they are in matters only afterwards.
    asking = prepared.mapInArrow(releasing(Asking(inquiry, baskets)), PIECES).repartitionById(parts.facts, PART)
    answering = asking.mapInArrow(releasing(Answering(inquiry)), PIECES).repartitionById(parts.lines, PART)
    return answering.mapInArrow(releasing(Joining(inquiry)), _schema(orders, rules))


def parts_for(rows: int, parallelism: int) -> Parts:
    """The parts of so many lines: a Python worker holds few of them, pieces are not too small, every core has some."""
    facts, lines = (max(parallelism, -(-rows // most)) for most in (_FACTS_A_PART, _LINES_A_PART))
    return Parts(facts, lines)


def _schema(orders: AskedOrders, rules: Mapping[AsOf, str]) -> t.StructType:
    kinds = ((name, t.StringType() if rule.kind is TEXT else t.DoubleType()) for rule, name in rules.items())
    return t.StructType([*orders.fields, *(t.StructField(name, kind) for name, kind in kinds)])


def _hash(key: list[Column]) -> Column:
    """A hash of the key; null where a part of the key is, for such a line has no past to look at."""
    hashed = F.xxhash64(*key) if key else F.lit(0).cast("long")
    for part in key:
        hashed = F.when(part.isNotNull(), hashed)
    return hashed


def _measured(value: Expression, made: Mapping[Expression, str]) -> Column:
    column = compiled(value, made)
    return column if value.kind is TEXT else in_millionths(column)


def _values_of(rules: Iterable[AsOf]) -> list[Expression]:
    return list(dict.fromkeys(rule.value for rule in rules if rule.value is not None))


def _is_single(key: Iterable[Expression]) -> bool:
    """Whether an identifier is in the key, so that few lines share a value."""
    return any(isinstance(part, domain.Column) and part.name in _IDENTIFIERS for whole in key for part in whole.walk())
