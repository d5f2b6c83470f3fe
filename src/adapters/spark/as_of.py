"""The as-of operator: the one seam behind which past facts are aggregated for every line.

For each key, rows are brought together by one shuffle and sorted by key and day, a vectorised kernel answers every
(key, day) that some line asks about, and the answers are joined back. Keys that many lines share are added up by
their days first, so that a popular key is as small as the calendar.
"""

from collections.abc import Iterable, Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from adapters.spark.as_of_batches import DAYS, IS_PRODUCT, LINES, ORDERED, AnswerBatches, Question
from adapters.spark.compiler_expressions import compiled, in_millionths
from domain import expressions as domain
from domain.expressions import TEXT, Expression
from domain.labels import LagLaw
from domain.rules import ZERO_WHEN_EMPTY, AsOf

# A key with one of these has few lines for each value, so that adding them up by day gains nothing.
_IDENTIFIERS = frozenset({"line_id", "order_id", "customer_id", "item_id"})
_ALL = "_key_all"


def add_as_of(
    frame: DataFrame, rules: Mapping[AsOf, str], made: Mapping[Expression, str], lag_law: LagLaw
) -> DataFrame:
    """The frame with a column for each as-of rule, named as given: DOUBLE, or STRING for a mode.

    Args:
        frame: one row a line, with its DAYS as numbers (the last two nullable) and whether it IS_PRODUCT.
        rules: what to compute, with the names of the new columns.
        made: rules that are columns already.
        lag_law: weighs exposures.
    """
    keys = dict.fromkeys(rule.key for rule in rules)
    parts = {part: f"_key_{i}" for i, part in enumerate(dict.fromkeys(part for key in keys for part in key))}
    keyed = frame.select("*", *(compiled(part, made).alias(name) for part, name in parts.items()), F.lit(0).alias(_ALL))
    joined = keyed
    for key in keys:
        names = [parts[part] for part in key] or [_ALL]
        same_key = {rule: name for rule, name in rules.items() if rule.key == key}
        # Every key starts from the same rows, so that no answer is computed twice.
        answers = _answers(keyed, names, same_key, made, lag_law)
        joined = joined.join(answers, on=[*names, ORDERED], how="left")
    return joined.select(*frame.columns, *(_or_zero(rule, name) for rule, name in rules.items()))


def _answers(
    keyed: DataFrame, key: list[str], rules: Mapping[AsOf, str], made: Mapping[Expression, str], lag_law: LagLaw
) -> DataFrame:
    """One row a key and day of order, with a column for each rule."""
    values = {value: f"_value_{i}" for i, value in enumerate(_values_of(rules))}
    fine = any(_is_identifier(part) for rule in rules for part in rule.key)
    facts = _facts(keyed, key, values, made, summed=not fine)
    questions = tuple(Question.of(rule, name, values) for rule, name in rules.items())
    kinds = [f"{name} {facts.schema[name].dataType.simpleString()}" for name in (*key, ORDERED)]
    schema = ", ".join([*kinds, *(f"{question.name} {question.spark_type}" for question in questions)])
    together = facts.repartition(*key).sortWithinPartitions(*key, ORDERED)
    return together.mapInArrow(AnswerBatches(tuple(key), questions, lag_law), schema)


def _facts(
    keyed: DataFrame, key: list[str], values: Mapping[Expression, str], made: Mapping[Expression, str], *, summed: bool
) -> DataFrame:
    """Lines that have the key, as rows of the kernel's ledger; if asked, added up where key, days and texts agree."""
    texts = [name for value, name in values.items() if value.kind is TEXT]
    numbers = [name for value, name in values.items() if value.kind is not TEXT]
    rows = keyed.dropna(subset=key).select(
        *key,
        *(F.col(day).cast("long").alias(day) for day in DAYS),
        F.col(IS_PRODUCT).cast("long").alias(LINES),
        *(F.when(F.col(IS_PRODUCT), _measured(value, made)).alias(name) for value, name in values.items()),
    )
    if summed:
        sums = (c for name in numbers for c in _as_values(name, F.sum(name), F.count(name), F.max(name)))
        return rows.groupBy(*key, *DAYS, *texts).agg(F.sum(LINES).alias(LINES), *sums)
    alone = (c for n in numbers for c in _as_values(n, F.col(n), F.col(n).isNotNull(), F.col(n)))
    return rows.select(*key, *DAYS, *texts, LINES, *alone)


def _measured(value: Expression, made: Mapping[Expression, str]) -> Column:
    column = compiled(value, made)
    return column if value.kind is TEXT else in_millionths(column)


def _as_values(name: str, total: Column, support: Column, largest: Column) -> tuple[Column, ...]:
    return (
        F.coalesce(total, F.lit(0)).alias(f"{name}_total"),
        support.cast("long").alias(f"{name}_support"),
        F.coalesce(largest, F.lit(0)).alias(f"{name}_largest"),
    )


def _values_of(rules: Iterable[AsOf]) -> list[Expression]:
    return list(dict.fromkeys(rule.value for rule in rules if rule.value is not None))


def _is_identifier(part: Expression) -> bool:
    return isinstance(part, domain.Column) and part.name in _IDENTIFIERS


def _or_zero(rule: AsOf, name: str) -> Column:
    column = F.col(name)
    return (F.coalesce(column, F.lit(0.0)) if rule.aggregate in ZERO_WHEN_EMPTY else column).alias(name)
