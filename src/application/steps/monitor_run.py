"""Monitor a run: its input, its drift from what the model learned from, and how the model is doing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from domain import cells
from domain.content import Cell
from domain.days import date_of, day_number
from domain.labels import LabelPolicy
from domain.matching import CANCELLED, MATCHED
from domain.model.decision import Decision
from domain.model.examples import ENDED_ON, feature_columns
from domain.monitoring.measures import (
    NEWEST_DAYS,
    RECENT_DAYS,
    Measure,
    drift,
    estimated,
    lag_shift,
    log_loss,
    realised,
    refit_skill,
    score_drift,
    set_aside_share,
    volume,
)
from domain.monitoring.psi import category_stability, population_stability
from domain.monitoring.thresholds import DEFAULTS, Thresholds
from domain.outputs import MONITORING
from domain.sampling import BottomSample
from domain.schema import ColumnType
from domain.snapshot import Attempt, DatasetRef, StepResult
from domain.source.line_versions import OF_VERSIONS
from domain.source.quality_rules import ACTIONS
from ports.table_store import Row, TableStore

RARE_SHARE = 0.01  # categories with less of both samples differ by chance, and are taken together
_TOLD_OF_EXAMPLES = ("ordered_at", *ENDED_ON)


@dataclass(frozen=True)
class MonitoredTables:
    """The tables that monitoring reads.

    `events` is None where returns are flags of the lines, no rows of their own, and `test_predictions` where no test
    was possible.
    """

    lines: DatasetRef
    events: DatasetRef | None
    quarantine: DatasetRef
    line_returns: DatasetRef
    features: DatasetRef
    examples: DatasetRef
    scores: DatasetRef
    test_predictions: DatasetRef | None = None


@dataclass(frozen=True)
class MonitorRun:
    """Measures of one run with their thresholds; memory is bounded by the samples.

    Args:
        tables: reads and writes the tables.
        sample_rows: most rows of a sample that drift and estimates are measured on.
    """

    tables: TableStore
    sample_rows: int = 20_000

    def __call__(
        self,
        *,
        inputs: MonitoredTables,
        learner: str,
        decision: Decision,
        as_of: date,
        labels: LabelPolicy,
        attempt: Attempt,
        bounds: Thresholds = DEFAULTS,
    ) -> StepResult:
        """Write `monitoring`: one row a measure.

        Args:
            inputs: the tables of the run; rows known at `as_of` or later are ignored.
            learner: whose chances the scores are, and whose of the test they are compared with.
            decision: which model scores; the test of another recipe than its own raises no alert.
            as_of: the day of the run.
            labels: the score window, and which lines are mature.
            attempt: where the table goes.
            bounds: what raises an alert.

        Facts: `alerts`, one entry a measure that raises one, and `measures`, their number, and `shop`, by which later
        runs find this one.
        """
        day = day_number(as_of)
        measures = [
            *self._input(inputs, day, bounds),
            *self._lag(inputs.line_returns, day, bounds),
            *self._drift(inputs, as_of, labels, bounds),
            *self._performance(inputs, learner, decision, day, bounds),
        ]
        rows = [measure.row(as_of) for measure in measures]
        written = self.tables.write(attempt, "monitoring", MONITORING, rows)
        alerts = [measure.alert() for measure in measures if measure.is_alert]
        return StepResult(tables=(written,), facts={"measures": written.rows, "alerts": alerts, "shop": decision.shop})

    def _input(self, inputs: MonitoredTables, day: int, bounds: Thresholds) -> Iterator[Measure]:
        lines, events = self._rows(inputs.lines, day), self._rows(inputs.events, day)
        units: dict[str, _Known] = defaultdict(lambda: _Known(day))
        for row in self.tables.tally(inputs.line_returns, ("fate", "available_at"), "quantity"):
            units[cells.text(row, "fate")].add(cells.integer(row, "total"), cells.day(row, "available_at"))
        reasons, faulty = self._set_aside(inputs.quarantine, day)
        yield Measure("input.lines", float(lines.all), "Order lines known at the day.")
        yield volume("lines", lines.recent, lines.before, "Order lines", bounds)
        came = units[MATCHED]
        yield volume("return_units", came.recent, came.before, "Units returned", bounds)
        for fate in (MATCHED, CANCELLED):
            yield Measure(f"input.{fate}_units", float(units[fate].all), f"Units {fate} and known at the day.")
        yield set_aside_share(faulty.all, lines.all + events.all, bounds)
        yield set_aside_share(faulty.recent, lines.recent + events.recent, bounds, recent=True)
        for reason, rows in sorted(reasons.items()):
            yield Measure(
                f"set_aside.{reason}", float(rows), f"Rows set aside for '{reason}', known at the day or undated."
            )

    def _rows(self, table: DatasetRef | None, day: int) -> "_Known":
        known = _Known(day)
        for row in () if table is None else self.tables.tally(table, ("available_at",)):
            known.add(cells.integer(row, "rows"), cells.day(row, "available_at"))
        return known

    def _set_aside(self, quarantine: DatasetRef, day: int) -> tuple[Counter[str], "_Known"]:
        """Rows by reason, and the faulty ones of orders and returns: an earlier version of a line is none of these."""
        reasons: Counter[str] = Counter()
        faulty = _Known(day)
        for row in self.tables.tally(quarantine, ("reason", "known_at", "table")):
            known_at, rows = cells.optional_day(row, "known_at"), cells.integer(row, "rows")
            if known_at is None or known_at < day:
                reasons[cells.text(row, "reason")] += rows
                if row["reason"] not in OF_VERSIONS and row["table"] != ACTIONS:
                    faulty.add(rows, known_at)
        return reasons, faulty

    def _lag(self, line_returns: DatasetRef, day: int, bounds: Thresholds) -> Iterator[Measure]:
        recent: Counter[int] = Counter()
        earlier: Counter[int] = Counter()
        for row in self.tables.tally(line_returns, ("fate", "ordered_at", "returned_at", "available_at")):
            came, known = cells.optional_day(row, "returned_at"), cells.day(row, "available_at")
            if row["fate"] == MATCHED and came is not None and known < day:
                into = recent if known >= day - RECENT_DAYS else earlier
                into[came - cells.day(row, "ordered_at")] += cells.integer(row, "rows")
        if recent or earlier:
            yield lag_shift(sorted(recent.elements()), sorted(earlier.elements()), bounds)

    def _drift(
        self, inputs: MonitoredTables, as_of: date, labels: LabelPolicy, bounds: Thresholds
    ) -> Iterator[Measure]:
        columns = [c for c in feature_columns(inputs.features.schema) if c.name in inputs.examples.schema]
        names = [column.name for column in columns]

        def learned_from(row: Row) -> str | None:
            mature = labels.is_mature(date_of(cells.day(row, "ordered_at")), as_of)
            stands = all(row[ended] is None for ended in ENDED_ON)
            return cells.text(row, "line_id") if mature and stands else None

        def scored(row: Row) -> str:
            return cells.text(row, "line_id")

        # The features are wide, so they are read of the sampled lines alone.
        before = self._lines(inputs.examples, names, self._sample(inputs.examples, _TOLD_OF_EXAMPLES, learned_from))
        now = self._lines(inputs.features, names, self._sample(inputs.scores, (), scored))
        for column in columns:
            textual = column.type in {ColumnType.TEXT, ColumnType.FLAG}
            index = _stability([row[column.name] for row in before], [row[column.name] for row in now], textual)
            yield drift(column.name, index, "mature training lines", bounds, min(len(before), len(now)))

    def _lines(self, table: DatasetRef, columns: Sequence[str], line_ids: Sequence[str]) -> list[Row]:
        """The named lines, in their order."""
        found = {cells.text(row, "line_id"): row for row in self.tables.read(table, ("line_id", *columns), line_ids)}
        return [found[line_id] for line_id in line_ids]

    def _performance(
        self, inputs: MonitoredTables, learner: str, decision: Decision, day: int, bounds: Thresholds
    ) -> Iterator[Measure]:
        scored = self._sample(inputs.scores, ("ordered_at", "p"), _scored)
        columns = ("order_id", "customer_id", "ordered_at", f"p_{learner}", "p_constant", "y")
        table = inputs.test_predictions
        tested = [] if table is None else self._sample(table, columns, partial(_tested, learner))
        known_loss = log_loss([(line.p, line.y) for line in tested]) if tested and decision.tests_champion else None
        yield _of_score(scored, day, bounds)
        yield from estimated([line.p for line in scored], known_loss, bounds)
        measures = _of_test(tested, bounds)
        yield from measures if decision.tests_champion else (measure.of_another_model() for measure in measures)
        refit = refit_skill(decision)
        if refit is not None:
            yield refit

    def _sample[V](self, table: DatasetRef, columns: tuple[str, ...], take: Callable[[Row], V | None]) -> list[V]:
        sample: BottomSample[V] = BottomSample(self.sample_rows)
        for row in self.tables.read(table, ("line_id", *columns)):
            taken = take(row)
            if taken is not None:
                sample.offer(cells.text(row, "line_id"), taken)
        return sample.values()


@dataclass
class _Known:
    """How much was known before the day: in all, in the last 28 days, and in the 28 days before those."""

    day: int
    all: int = 0
    recent: int = 0
    before: int = 0

    def add(self, much: int, known: int | None) -> None:
        """Count what became known on a day, None for a day that nobody knows."""
        if known is None or known < self.day:
            self.all += much
        if known is not None:
            self.recent += much if self.day - RECENT_DAYS <= known < self.day else 0
            self.before += much if self.day - 2 * RECENT_DAYS <= known < self.day - RECENT_DAYS else 0


@dataclass(frozen=True)
class _Scored:
    """A line that is scored: the day of its order and its chance."""

    day: int
    p: float


@dataclass(frozen=True)
class _Tested:
    """A line of the test: the month of its order, its customer or a guest's order, chance, training rate and label."""

    cohort: str
    buyer: str
    p: float
    constant: float
    y: int


def _tested(learner: str, row: Row) -> _Tested:
    return _Tested(
        f"{date_of(cells.day(row, 'ordered_at')):%Y-%m}",
        _buyer(row),
        cells.number(row, f"p_{learner}"),
        cells.number(row, "p_constant"),
        cells.integer(row, "y"),
    )


def _buyer(row: Row) -> str:
    customer = cells.optional_text(row, "customer_id")
    return f"order {cells.text(row, 'order_id')}" if customer is None else f"customer {customer}"


def _of_score(scored: Sequence["_Scored"], day: int, bounds: Thresholds) -> Measure:
    newest = day - NEWEST_DAYS
    now = [line.p for line in scored if line.day >= newest]
    before = [line.p for line in scored if newest - RECENT_DAYS <= line.day < newest]
    return score_drift(population_stability(before, now), min(len(before), len(now)), bounds)


def _of_test(tested: Sequence["_Tested"], bounds: Thresholds) -> Iterator[Measure]:
    cohorts: dict[str, list[_Tested]] = {}
    for line in tested:
        cohorts.setdefault(line.cohort, []).append(line)
    for cohort, lines in sorted(cohorts.items()):
        pairs, buyers = [(line.p, line.y) for line in lines], [line.buyer for line in lines]
        yield from realised(cohort, pairs, buyers, lines[0].constant, bounds)


def _scored(row: Row) -> _Scored:
    return _Scored(cells.day(row, "ordered_at"), cells.number(row, "p"))


def _stability(before: Sequence[Cell], now: Sequence[Cell], textual: bool) -> float | None:
    if textual:
        return category_stability(before, now, RARE_SHARE)
    return population_stability(_numbers(before), _numbers(now))


def _numbers(values: Sequence[Cell]) -> list[float | None]:
    return [float(value) if isinstance(value, int | float | Decimal) else None for value in values]
