"""Strict ingest with Spark: every source row is kept, set aside with a reason, or a duplicate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from adapters.spark.ingest.actions import fated_actions
from adapters.spark.ingest.events import fated_events, flagged_events
from adapters.spark.ingest.fates import DETAIL, FATE, KEPT, REASON, SET_ASIDE
from adapters.spark.ingest.lines import fated_lines
from adapters.spark.ingest.read import ROW, SourceRows, read_rows
from adapters.spark.ingest.roles import role_columns, split, with_roles
from adapters.spark.ingest.summary import Tally, explained, facts, one_currency, require_known_words, tally
from adapters.spark.tables import SparkTables, spark_schema
from domain.days import GRACE_DAYS, start_of
from domain.errors import SourceError
from domain.snapshot import Attempt, Json, StepResult
from domain.source.fields import absent_columns, event_fields, line_fields, source_columns, taken_action_fields
from domain.source.mapping import SourceMapping
from domain.source.quality_rules import ACTIONS, EARLIEST_MOMENT, EVENTS, LINES, event_clock_rules, line_clock_rules
from domain.tables import QUARANTINE, RETURN_EVENTS, TAKEN_ACTIONS
from ports.order_ingestor import OrderIngestor
from ports.order_source import SourceFiles
from ports.source_store import SourceStore


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class SparkOrderIngestor(OrderIngestor):
    """Ingests with Spark.

    Args:
        spark: where the tables are.
        stores: gives the ends of a file, for its header or schema.
        today: the day of the ingest, after which nothing can have happened.
    """

    spark: SparkTables
    stores: SourceStore
    today: Callable[[], date] = _today

    def ingest(self, mapping: SourceMapping, files: SourceFiles, attempt: Attempt) -> StepResult:
        """Write the canonical tables and `quarantine`, and count every row's fate."""
        held: list[DataFrame] = []
        with explained(files):
            try:
                fated = self._fated(mapping, files, held)
                return self._written(mapping, fated, attempt)
            finally:
                for frame in held:
                    frame.unpersist()

    def _fated(self, mapping: SourceMapping, files: SourceFiles, held: list[DataFrame]) -> "_Fated":
        """Every row with its fate, held because the counts and all tables are made of it."""
        latest = start_of(self.today()) + timedelta(days=GRACE_DAYS)
        known_by = latest + timedelta(days=mapping.feed_delay_days)
        orders, returns = self._rows(mapping, files, held)
        lines = _hold(fated_lines(orders, mapping, latest), held)
        line_tally = tally(lines, "cancelled_quantity", line_clock_rules(mapping, latest))
        if line_tally.rows == 0:
            raise SourceError(
                f"The source has no row of orders, only headers: {', '.join(files.orders[:3])}.",
                "Copy the files again, or correct the mapping's paths.",
            )
        require_known_words(lines, line_tally, mapping.flag)
        currency = one_currency(line_tally, mapping.currency if isinstance(mapping.currency, str) else None)
        actions = self._actions(mapping, files, lines, latest, held)
        action_tally = Tally() if actions is None else tally(actions)
        if returns is None:
            events, event_tally = _hold(flagged_events(lines, mapping), held), Tally()
        else:
            events = _hold(fated_events(returns, mapping, latest), held)
            event_tally = tally(events, "quantity", event_clock_rules(mapping, latest))
        return _Fated(lines, line_tally, events, event_tally, actions, action_tally, currency, known_by)

    def _actions(
        self, mapping: SourceMapping, files: SourceFiles, lines: DataFrame, latest: datetime, held: list[DataFrame]
    ) -> DataFrame | None:
        """The rows of actions taken with their fates; None where the source has none."""
        if mapping.taken_actions is None:
            return None
        wanted = source_columns(taken_action_fields(mapping))
        form = mapping.format_of_taken_actions
        rows = read_rows(self.spark.session, files.taken_actions, form, wanted, self.stores)
        return _hold(fated_actions(rows, mapping, lines, latest), held)

    def _rows(
        self, mapping: SourceMapping, files: SourceFiles, held: list[DataFrame]
    ) -> tuple[SourceRows, SourceRows | None]:
        """The order rows and, unless returns are flags, the return rows."""
        of_lines, of_events = source_columns(line_fields(mapping)), source_columns(event_fields(mapping))
        if mapping.shape == "table":
            orders = read_rows(self.spark.session, files.orders, mapping.format, of_lines, self.stores)
            form = mapping.format_of_returns
            return orders, read_rows(self.spark.session, files.returns, form, of_events, self.stores)
        wanted = (*of_lines, *of_events, *role_columns(mapping))
        rows = read_rows(self.spark.session, files.orders, mapping.format, wanted, self.stores)
        if mapping.return_rows is None:
            return rows, None
        told = with_roles(rows, mapping, mapping.return_rows)
        return split(told.on(_hold(told.frame, held)))

    def _written(self, mapping: SourceMapping, fated: "_Fated", attempt: Attempt) -> StepResult:
        events = fated.events.filter(F.col(FATE) == KEPT) if FATE in fated.events.columns else fated.events
        lines = fated.lines.filter(F.col(FATE) == KEPT)
        written = (
            self.spark.write(lines, attempt, "order_lines", mapping.order_lines_schema()),
            self.spark.write(events, attempt, "return_events", RETURN_EVENTS),
            self.spark.write(self._taken(fated), attempt, "taken_actions", TAKEN_ACTIONS),
            self.spark.write(_quarantine(fated), attempt, "quarantine", QUARANTINE),
        )
        known = facts(fated.line_tally, fated.event_tally, fated.action_tally)
        if mapping.shape == "flag":
            known |= _flagged_facts(known, events)
        known["absent"] = list(absent_columns(mapping))
        known["currency"] = fated.currency
        return StepResult(written, facts=known)

    def _taken(self, fated: "_Fated") -> DataFrame:
        """The actions taken; none, as a table, where the source has no record of them."""
        if fated.actions is None:
            return self.spark.session.createDataFrame([], spark_schema(TAKEN_ACTIONS))
        return fated.actions.filter(F.col(FATE) == KEPT)


@dataclass(frozen=True)
class _Fated:
    """Lines, events and actions with their fates, counted; events from flags have none, for they are no source rows.

    No row can have become known after `known_by`.
    """

    lines: DataFrame
    line_tally: Tally
    events: DataFrame
    event_tally: Tally
    actions: DataFrame | None
    action_tally: Tally
    currency: str | None
    known_by: datetime


def _flagged_facts(known: Mapping[str, Json], events: DataFrame) -> dict[str, Json]:
    """What events of lines add to the figures of the rows: one without a day does not say when the source ends."""
    dated = F.when(F.col("returned_at").isNotNull(), F.col("available_at"))
    rows, units, last = events.agg(F.count("*"), F.sum("quantity"), F.to_date(F.max(dated)).cast("string")).collect()[0]
    return {
        "events": rows,
        "return_units": known["return_units"] + int(units or 0),
        "last_day": max(filter(None, (known["last_day"], last)), default=None),
    }


def _quarantine(fated: _Fated) -> DataFrame:
    # A day that cannot be true tells nothing, and may be one that readers of the table cannot hold.
    can_be = F.col("available_at").between(F.lit(EARLIEST_MOMENT), F.lit(fated.known_by))
    tables = [(fated.lines, LINES)]
    if FATE in fated.events.columns:
        tables.append((fated.events, EVENTS))
    if fated.actions is not None:
        tables.append((fated.actions, ACTIONS))
    parts = [
        frame.filter(F.col(FATE) == SET_ASIDE).select(
            F.col(REASON).alias("reason"),
            F.col(DETAIL).alias("detail"),
            F.lit(table).alias("table"),
            F.when(can_be, F.col("available_at")).alias("known_at"),
            ROW,
        )
        for frame, table in tables
    ]
    return reduce(DataFrame.unionByName, parts)


def _hold(frame: DataFrame, held: list[DataFrame]) -> DataFrame:
    held.append(frame.persist())
    return held[-1]
