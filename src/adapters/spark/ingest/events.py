"""Return rows to canonical return events, each row with its fate; and events from the flags of lines."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from adapters.spark.ingest.fates import FATE, KEPT, canonical, with_fates
from adapters.spark.ingest.identity import KEY, OCCURRENCE, identity, identity_key
from adapters.spark.ingest.lines import RETURNED_AT, RETURNED_UNITS, words_of
from adapters.spark.ingest.parse import Words, read_fields
from adapters.spark.ingest.read import SourceRows
from adapters.spark.ingest.rules import VERDICT, compile_rules, with_cleared
from adapters.spark.tables import SPARK_TYPES
from domain.source.fields import event_fields
from domain.source.mapping import SourceMapping
from domain.source.quality_rules import NAMES_NOTHING, event_clock_rules, event_rules
from domain.tables import DISPOSITIONS, OUTCOMES, RETURN_EVENTS

_IDENTITY = tuple(column for column in RETURN_EVENTS.columns if column.name != "event_id")


def fated_events(rows: SourceRows, mapping: SourceMapping, latest: datetime) -> DataFrame:
    """One row a source row of returns: the columns of `return_events` with its fate and why."""
    fields = event_fields(mapping)
    read = read_fields(rows, fields, mapping.format_of_returns, _words(mapping), _unmarked(mapping))
    for name in ("line_id", "item_id"):
        if name not in read.columns:
            read = read.withColumn(name, F.lit(None).cast("string"))
    if "quantity" not in read.columns:
        read = read.withColumn("quantity", F.lit(1))  # a row a unit, where the source counts none
    if mapping.return_rows is not None and mapping.return_rows.told_by == "marker":
        read = read.withColumn("quantity", F.abs("quantity"))  # marked rows write their units with either sign
    read = read.withColumn(NAMES_NOTHING, F.col("line_id").isNull() & F.col("item_id").isNull())
    read = with_cleared(read, event_clock_rules(mapping, latest))
    judged = read.withColumn(VERDICT, compile_rules(event_rules(mapping, latest), fields))
    given = _given(judged, mapping)
    columns = [canonical(column.name, SPARK_TYPES[column.type], judged, given) for column in _IDENTITY]
    fated = with_fates(judged, columns, _key(), rows, drop_duplicates=mapping.drops_repeated_rows)
    return fated.withColumn("event_id", identity())


def flagged_events(lines: DataFrame, mapping: SourceMapping) -> DataFrame:
    """Events of kept lines that came back: known like any return, and without a day when window and lag are over."""
    settled = F.col("ordered_at") + F.lit(timedelta(days=mapping.window_days + mapping.lag_days))
    recorded = F.col(RETURNED_AT) + F.lit(timedelta(days=mapping.feed_delay_days))
    given = {
        "line_id": F.col("line_id"),
        "order_id": F.col("order_id"),
        "customer_id": F.col("customer_id"),
        "item_id": F.col("item_id"),
        "returned_at": F.col(RETURNED_AT),
        "quantity": F.least(F.col(RETURNED_UNITS), F.col("quantity") - F.col("cancelled_quantity")),
        # Nobody knows of a return before the line itself is known.
        "available_at": F.greatest(F.coalesce(recorded, settled), F.col("available_at")),
    }
    returned = lines.filter((F.col(FATE) == KEPT) & (given["quantity"] > 0) & F.col(RETURNED_UNITS).isNotNull())
    events = returned.select(
        *(given.get(c.name, F.lit(None)).cast(SPARK_TYPES[c.type]).alias(c.name) for c in _IDENTITY)
    )
    return events.withColumn(KEY, _key()).withColumn(OCCURRENCE, F.lit(0)).withColumn("event_id", identity())


def _words(mapping: SourceMapping) -> Mapping[str, Words]:
    return {
        "outcome": words_of(mapping.outcomes, OUTCOMES),
        "disposition": words_of(mapping.dispositions, DISPOSITIONS),
    }


def _unmarked(mapping: SourceMapping) -> "Unmarking":
    return Unmarking(mapping)


class Unmarking:
    """Takes the marker of a return row off, so that a number which names the sale's order equals it."""

    def __init__(self, mapping: SourceMapping) -> None:
        told = mapping.return_rows
        is_marked = told is not None and told.told_by == "marker" and mapping.return_order == "original"
        self._column = told.column if told is not None and is_marked else None
        self._prefix = (told.prefix or "") if told is not None else ""

    def __call__(self, column: str, text: Column) -> Column:
        """The text of a source column without the marker."""
        if column != self._column:
            return text
        return F.when(text.startswith(self._prefix), F.substr(text, F.lit(len(self._prefix) + 1))).otherwise(text)


def _given(read: DataFrame, mapping: SourceMapping) -> Mapping[str, Column]:
    known = F.col("returned_at") + F.lit(timedelta(days=mapping.feed_delay_days))
    given = {"available_at": F.coalesce("available_at", known) if "available_at" in read.columns else known}
    return given if mapping.return_order == "original" else {**given, "order_id": F.lit(None).cast("string")}


def _key() -> Column:
    return identity_key([(column.type, F.col(column.name)) for column in _IDENTITY])
