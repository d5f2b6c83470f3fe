"""The forms of the as-of operator that were measured, each a function from the lines to their features.

`inquiry` is the product's. The others were tried and left; they stay here so that the choice can be measured again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as t

from adapters.spark.as_of.answers import KeyQuestions
from adapters.spark.as_of.batches import CANCELLED, DAYS, IS_PRODUCT, KNOWN, ORDERED, RETURNED, Question
from adapters.spark.as_of.facts import codes_of
from adapters.spark.as_of.kernel import Measure
from adapters.spark.as_of.operator import add_as_of, parts_for
from adapters.spark.features.baskets import AskedOrders, ask_baskets
from benchmarks.as_of_sql import BASKET, COUNTS, KEYS, names, spark_days_query, spark_union_query
from domain.features.expressions import Column, Expression, Literal
from domain.features.rules import Aggregate, AsOf, Basket, Facts
from domain.labels import DEFAULT_LAG_LAW

_FACTS = {"lines": Facts.LINES, "returns": Facts.RETURNS}
_OF_BASKET: dict[str, Expression] = {
    "basket_lines": Literal(1.0),
    "basket_units": Column("quantity"),
    "basket_value": Column("net_value"),
}


def read_lines(session: SparkSession, source: str) -> DataFrame:
    """The flat table with the columns that the operator asks for."""
    lines = session.read.parquet(source)
    return lines.select(
        "*",
        F.col("cents").alias("net_value"),
        F.col("ordered_day").alias(ORDERED),
        F.col("ordered_day").alias(KNOWN),
        F.col("returned_day").alias(RETURNED),
        F.lit(None).cast("int").alias(CANCELLED),
        F.lit(True).alias(IS_PRODUCT),
    )


def inquiry(lines: DataFrame) -> DataFrame:
    """Facts go to the keys and answers come back to the lines, in Arrow's format: the product's operator."""
    rules = {
        AsOf(Aggregate.COUNT, _FACTS[fact], (Column(column),), None, days): f"{key}_{name}"
        for key, column in KEYS.items()
        for name, fact, days in COUNTS
    }
    rows = lines.sparkSession.read.parquet(*lines.inputFiles()).count()
    parts = parts_for(rows, lines.sparkSession.sparkContext.defaultParallelism)
    needed = ["line_id", "order_id", *KEYS.values(), "quantity", "net_value", *DAYS, IS_PRODUCT]
    return _named(add_as_of(_asked_of_basket(lines.select(needed), {"line_id"}), rules, {}, DEFAULT_LAG_LAW, parts))


def row_travel(lines: DataFrame) -> DataFrame:
    """Lines travel from key to key in Spark's own shuffle of rows, to a kernel at each."""
    parts = lines.rdd.getNumPartitions() * 4
    for key, column in KEYS.items():
        asked = _asked(key, column)
        schema = t.StructType([*lines.schema.fields, *(t.StructField(q.name, t.DoubleType()) for q in asked.questions)])
        hashed = lines.withColumn(asked.hash_name, F.xxhash64(column)).repartition(parts, column)
        lines = hashed.mapInArrow(partial(_whole, partial(_answered, asked), tuple(schema.names)), schema)
    return _named(_with_basket(lines))


def join_back(lines: DataFrame) -> DataFrame:
    """A kernel for each key gives answers by day, which are joined back to the lines."""
    joined = lines
    for key, column in KEYS.items():
        asked = _asked(key, column)
        answers = ", ".join(f"{question.name} double" for question in asked.questions)
        facts = lines.select(column, ORDERED, KNOWN, RETURNED, CANCELLED, IS_PRODUCT)
        together = facts.withColumn(asked.hash_name, F.xxhash64(column)).repartition(8, column)
        columns = (column, ORDERED, *(question.name for question in asked.questions))
        by_day = together.mapInArrow(
            partial(_whole, partial(_by_day, asked), columns), f"{column} string, {ORDERED} int, {answers}"
        )
        joined = joined.join(by_day, [column, ORDERED], "left")
    return _named(_with_basket(joined))


def days_sql(lines: DataFrame) -> DataFrame:
    """Key by day and cumulative windows in Spark SQL, joined back to the lines."""
    lines.createOrReplaceTempView("l")
    joined = lines
    for key, column in KEYS.items():
        answers = lines.sparkSession.sql(spark_days_query(key)).withColumnsRenamed({"key": column, "day": ORDERED})
        joined = joined.join(answers, [column, ORDERED], "left")
    return _named(_with_basket(joined))


def union_sql(lines: DataFrame) -> DataFrame:
    """Lines and returns in one union under a cumulative window of Spark SQL, joined back by line."""
    lines.createOrReplaceTempView("l")
    joined = lines
    for key in KEYS:
        answers = lines.sparkSession.sql(spark_union_query(key)).withColumnRenamed("line", "line_id")
        joined = joined.join(answers, "line_id", "left")
    return _named(_with_basket(joined))


FORMS: dict[str, Callable[[DataFrame], DataFrame]] = {
    form.__name__: form for form in (inquiry, row_travel, join_back, days_sql, union_sql)
}


def _with_basket(lines: DataFrame) -> DataFrame:
    return _asked_of_basket(lines, lines.columns).answered()


def _asked_of_basket(lines: DataFrame, kept: Collection[str]) -> AskedOrders:
    return ask_baskets(lines, {Basket(Aggregate.SUM, _OF_BASKET[name]): name for name in BASKET}, {}, kept)


def _named(lines: DataFrame) -> DataFrame:
    return lines.select("line_id", *(F.col(name).cast("double").alias(name) for name in names()))


def _asked(key: str, column: str) -> KeyQuestions:
    questions = (
        Question(f"{key}_{name}", Measure(Aggregate.COUNT, _FACTS[fact], None, days)) for name, fact, days in COUNTS
    )
    return KeyQuestions((column,), "_hash", tuple(questions), DEFAULT_LAG_LAW)


def _answered(asked: KeyQuestions, lines: pa.Table) -> pa.Table:
    return asked.joined(lines, asked.answer(asked.line_facts(lines)), None)


def _by_day(asked: KeyQuestions, lines: pa.Table) -> pa.Table:
    """One of the lines of each key and day, with the answers."""
    _, first = np.unique(codes_of(lines, [*asked.key, ORDERED]), return_index=True)
    return _answered(asked, lines).take(pa.array(first))


def _whole(
    answer: Callable[[pa.Table], pa.Table], columns: tuple[str, ...], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """A partition at once."""
    held = [batch for batch in batches if batch.num_rows]
    if held:
        yield from answer(pa.Table.from_batches(held)).select(columns).to_batches(max_chunksize=50_000)
