"""Rows of what the shop did about lines to the canonical table of actions taken, each row with its fate."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from adapters.spark.ingest.fates import FATE, KEPT, canonical, with_fates
from adapters.spark.ingest.identity import identity, identity_key
from adapters.spark.ingest.parse import read_fields
from adapters.spark.ingest.read import SourceRows
from adapters.spark.ingest.rules import VERDICT, compile_rules
from adapters.spark.tables import SPARK_TYPES
from domain.source.fields import taken_action_fields
from domain.source.mapping import SourceMapping
from domain.source.quality_rules import OF_NO_LINE, taken_action_rules
from domain.tables import TAKEN_ACTIONS

_IDENTITY = tuple(column for column in TAKEN_ACTIONS.columns if column.name != "action_id")


def fated_actions(rows: SourceRows, mapping: SourceMapping, lines: DataFrame, latest: datetime) -> DataFrame:
    """One row a source row of actions: the columns of `taken_actions` with its fate and why.

    Args:
        rows: the source's rows.
        mapping: how they are written.
        lines: the order rows with their fates; an action is about a kept one.
        latest: a moment after which nothing can have happened.
    """
    fields = taken_action_fields(mapping)
    read = read_fields(rows, fields, mapping.format_of_taken_actions, words={})
    known = lines.filter(F.col(FATE) == KEPT).select("line_id", "ordered_at")
    read = read.join(known, "line_id", how="left").withColumn(OF_NO_LINE, F.col("ordered_at").isNull())
    judged = read.withColumn(VERDICT, compile_rules(taken_action_rules(mapping, latest), fields))
    known_at = F.coalesce("available_at", "taken_at") if "available_at" in read.columns else F.col("taken_at")
    columns = [canonical(c.name, SPARK_TYPES[c.type], judged, {"available_at": known_at}) for c in _IDENTITY]
    key = identity_key([(column.type, F.col(column.name)) for column in _IDENTITY])
    return with_fates(judged, columns, key, rows, drop_duplicates=True).withColumn("action_id", identity())
