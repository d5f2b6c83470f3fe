"""The checkpoints of a finished run, made by the real use cases on made-up shops, for tests of what reads them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from adapters.local.snapshot_store import LocalSnapshotStore
from adapters.sklearn.training.example_rows import feature_names
from application.reporting.compose_report import ComposeReport, ReportSubject
from application.run.pipeline import GRAPH
from application.steps.assess_orders import AssessOrders
from application.steps.evaluate_model import EvaluateModel
from application.steps.forecast_stock import ForecastStock
from application.steps.promote_model import Candidacy, PromoteModel
from application.steps.tabulate_items import TabulateItems
from application.steps.train_model import TrainModel
from application.tracking.tracked_run import RecordSubject
from domain.actions.decided_lines import DecidedLine, Decisions
from domain.actions.declared import Action, ActionPolicy, Believed
from domain.actions.outputs import ACTIONS, REASONS
from domain.actions.value import OpenLine, stakes
from domain.content import Cell
from domain.costs import CostPolicy
from domain.labels import DEFAULT_LAG_LAW, LabelPolicy
from domain.model.recipe import Recipe
from domain.monitoring.measures import Measure, drift, lag_shift, set_aside_share
from domain.outputs import MONITORING, SCORES
from domain.snapshot import Attempt, DatasetRef, Json, MadeFrom, Manifest, StepResult
from domain.tables import QUARANTINE
from domain.unit_shares import UnitShares
from ports.model_evaluator import ModelEvaluator
from ports.model_trainer import FittedModel, ModelTrainer
from ports.report_content import MoneyBasis, Provenance
from ports.report_renderer import ReportRenderer
from tests.examples_table import POLICY, ExamplesTable
from tests.fakes.holiday_calendar import DeclaredHolidayCalendar
from tests.fakes.line_counter import InMemoryLineCounter
from tests.fakes.models import FakeModelEvaluator, FakeModelTrainer
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import busy_shop, day_of, moment

SHOP = "made-up shop"
STOCK_DAY = day_of(60)
HOSTILE = "<script>alert('x')</script>"
PROVENANCE = Provenance(commit="abc123", branch="main", version="0.1.0", made_at="2026-01-01T00:00:00+00:00")


@cache
def known_lines(days: int) -> ExamplesTable:
    """Lines with room for a test, labels known before that many days after the first."""
    return ExamplesTable(4000, known_until=days)


@cache
def rows_of(examples: ExamplesTable) -> list[dict[str, Cell]]:
    """The lines as rows."""
    return list(examples.table.to_pylist())


class DescribedFakeTrainer(FakeModelTrainer):
    """The fake with a card that names features and levels, as the real one's does."""

    def fit(
        self,
        examples: DatasetRef,
        recipe: Recipe,
        policy: LabelPolicy,
        fit_at: date,
        features: Sequence[str] | None = None,
        forerunner: Mapping[str, bytes] | None = None,
    ) -> FittedModel:
        """The fake's model with a longer card."""
        fitted = super().fit(examples, recipe, policy, fit_at, features, forerunner)
        card = {**json.loads(fitted.files["model.json"]), "features": fitted.facts["features"], "levels": {"size": []}}
        return replace(fitted, files={"model.json": json.dumps(card).encode()})


def planned_actions(tables: InMemoryTableStore, attempt: Attempt) -> StepResult:
    """A plan of one action on two lines, the second held out, and a line without one."""
    believed = Believed(0.2, 0.1, 0.3, "made up")
    call = Action("call", "Call the customer.", believed, daily_capacity=2)
    policy = ActionPolicy((call,), hold_out_share=0.5)
    lines = []
    for number in range(3):
        scored: dict[str, Cell] = {
            "line_id": f"line{number}",
            "order_id": f"order{number}",
            "customer_id": f"customer{number}",
            "item_id": HOSTILE,
            "ordered_at": moment(59),
            "open_quantity": 1,
            "net_value": Decimal(40),
            "p_open": 0.5,
            "model": "digest",
        }
        at_stake = (call, stakes(call, OpenLine(f"line{number}", 0.5, 1, 40.0, 1), CostPolicy()))
        planned = "call" if number < 2 else None
        held_out = number == 1
        lines.append(
            DecidedLine(scored, ("call",), planned, pays=True, held_out=held_out, share=0.5, at_stake=at_stake)
            if planned
            else DecidedLine(scored, ("call",), None, pays=True, held_out=False, share=0.5, at_stake=None)
        )
    decisions = Decisions(tuple(lines), policy.actions, {"call": 0.7})
    actions = tables.write(attempt, "actions", ACTIONS, [line.row(HOSTILE) for line in lines])
    reasons = tables.write(attempt, "reasons", REASONS, [])
    left_out = {"left_out": {"other": "The source has no size."}, "hold_out_share": 0.5, "explained": 2}
    return StepResult(tables=(actions, reasons), facts={**decisions.facts(), **left_out})


@dataclass
class FinishedRun:
    """One run after another in the same lake.

    Args:
        directory: where the lake is.
        examples: the labelled lines.
        trainer: fits; the fake by default.
        evaluator: judges; the fake by default.
    """

    directory: Path
    examples: ExamplesTable = field(default_factory=lambda: known_lines(101))
    trainer: ModelTrainer | None = None
    evaluator: ModelEvaluator | None = None
    tables: InMemoryTableStore = field(default_factory=InMemoryTableStore)
    made: dict[str, Manifest] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the lake."""
        self.store = LocalSnapshotStore(self.directory)
        self.trainer = self.trainer or DescribedFakeTrainer(self._lines())
        self.evaluator = self.evaluator or FakeModelEvaluator(self._lines())

    @property
    def as_of(self) -> date:
        """The day of the run."""
        return self.examples.as_of

    @property
    def report_subject(self) -> ReportSubject:
        """What the report is about."""
        return ReportSubject(SHOP, self.as_of, POLICY, CostPolicy(), MoneyBasis("GBP", prices_include_tax=False))

    @property
    def record_subject(self) -> RecordSubject:
        """What is recorded."""
        return RecordSubject(SHOP, self.as_of, POLICY, ("champion", "challenger"), PROVENANCE)

    def run(self, recipe: Recipe, renderer: ReportRenderer) -> Mapping[str, Manifest]:
        """Every step up to the report; the steps of the source and of stock are made once."""
        if not self.made:
            self._source()
            self._outputs()
        self._model(recipe)
        report = ComposeReport(self.tables, self.store, renderer, lambda: PROVENANCE)
        attempt = self.begin("report", recipe.digest)
        self._commit(attempt, report.compose(self.made, self.report_subject, attempt))
        return dict(self.made)

    def begin(self, step: str, key: str = "key") -> Attempt:
        """An attempt of the lake."""
        return self.store.begin(step, f"{key}-{self.as_of.isoformat()}")

    def replace_facts(self, step: str, **facts: Json) -> None:
        """Other facts for a step that has run, for this run alone."""
        self.made[step] = replace(self.made[step], facts={**self.made[step].facts, **facts})

    def _lines(self) -> list[dict[str, Cell]]:
        return rows_of(self.examples)

    def _source(self) -> None:
        attempt = self.begin("ingest")
        rows = [
            {"reason": reason, "detail": detail, "table": "order_lines", "known_at": None, "row": "{}"}
            for reason, detail in (("bad_date", "'31/02' is no day."), ("bad_date", HOSTILE), ("no_item", "No item."))
        ]
        quarantine = self.tables.write(attempt, "quarantine", QUARANTINE, rows)
        facts = {
            "rows_in": 1500,
            "rows_kept": 1496,
            "rows_set_aside": 3,
            "rows_duplicate": 1,
            "set_aside_by_reason": {"no_item": 1, "bad_date": 2},
            "cleared_by_reason": {"delivered_before_ordered": 7},
            "lines": 1400,
            "events": 96,
            "return_units": 100,
            "first_day": "2024-01-01",
            "last_day": "2024-04-09",
            "absent": ["unit_cost", "colour"],
        }
        self._commit(attempt, StepResult(tables=(quarantine,), facts=facts), source="f" * 64)
        units = {"return_units": 100, "matched_units": 90, "orphan_units": 8, "cancelled_units": 2}
        months = {"orphan_units_by_month": {"2024-02": 3, "2024-01": 5}}
        self._commit(self.begin("match"), StepResult(facts={**units, **months, "events": 96}))
        attempt = self.begin("examples")
        examples = self.tables.write(attempt, "examples", self.examples.ref.schema, self._lines()[:20])
        self._commit(attempt, StepResult(tables=(examples,)))

    def _outputs(self) -> None:
        shop, labels, costs = busy_shop(days=65, lines_a_day=6), LabelPolicy(window_days=30), CostPolicy()
        lines, line_returns = shop.write(self.tables)
        raw = shop.score(self.tables, STOCK_DAY, labels.window_days)
        scored = self.begin("score")
        rows = [
            {**row, "action": "advise", "reasons": HOSTILE, "expected_return_cost": float(n % 50)}
            for n, row in enumerate(self.tables.read(raw))
        ]
        scores = self.tables.write(scored, "scores", SCORES, rows)
        self._commit(scored, StepResult(tables=(scores,)))
        self._commit(attempt := self.begin("actions"), planned_actions(self.tables, attempt))
        stock = ForecastStock(self.tables, InMemoryLineCounter(self.tables), DeclaredHolidayCalendar())(
            lines=lines,
            line_returns=line_returns,
            scores=scores,
            as_of=STOCK_DAY,
            labels=labels,
            dated=True,
            law=DEFAULT_LAG_LAW,
            attempt=(attempt := self.begin("stock")),
        )
        self._commit(attempt, stock)
        orders = AssessOrders(self.tables)(
            scores=scores,
            line_returns=line_returns,
            order_model=None,
            unit_shares=UnitShares(),
            as_of=STOCK_DAY,
            costs=costs,
            attempt=(attempt := self.begin("orders")),
        )
        self._commit(attempt, orders)
        items = TabulateItems(self.tables, InMemoryLineCounter(self.tables))(
            lines=lines,
            line_returns=line_returns,
            as_of=STOCK_DAY,
            labels=labels,
            costs=costs,
            attempt=(attempt := self.begin("items")),
        )
        self._commit(attempt, items)
        self._watch()

    def _watch(self) -> None:
        measures = [
            Measure("input.lines", 1400.0, "Order lines known at the day."),
            drift("risk", 0.31, "the training lines"),
            drift("noise", 0.01, "the training lines"),
            lag_shift([9, 10, 11], [8, 9, 10]),
            set_aside_share(6, 94),
        ]
        attempt = self.begin("monitor")
        table = self.tables.write(attempt, "monitoring", MONITORING, [m.row(self.as_of) for m in measures])
        self._commit(
            attempt, StepResult(tables=(table,), facts={"alerts": [measures[-1].alert()], "measures": len(measures)})
        )

    def _model(self, recipe: Recipe) -> None:
        assert self.trainer is not None
        assert self.evaluator is not None
        ref, key = self.examples.ref, recipe.digest
        parameters = {"as_of": self.as_of.isoformat(), "recipe": recipe.as_json()}
        attempt = self.begin("train", key)
        rules = dict.fromkeys(feature_names(ref.schema), "rule")
        trained = TrainModel(self.trainer, self.store)(ref, rules, recipe, POLICY, self.as_of, attempt)
        self._commit(attempt, trained, **parameters)
        attempt = self.begin("evaluate", key)
        evaluate = EvaluateModel(self.evaluator, self.tables, self.store)
        self._commit(attempt, evaluate(ref, self.made["train"], POLICY, CostPolicy(), self.as_of, attempt))
        candidacy = Candidacy(SHOP, self.as_of, POLICY, CostPolicy(), ref, self.made["train"], self.made["evaluate"])
        promote = PromoteModel(self.store, self.trainer, self.evaluator)
        self._commit(self.begin("promote", key), promote(candidacy))

    def _commit(self, attempt: Attempt, result: StepResult, **parameters: Json) -> None:
        inputs = {name: self.made[name].key for name in GRAPH[attempt.step].inputs if name in self.made}
        at = datetime(2026, 1, 1, second=len(self.store.manifests(attempt.step)), tzinfo=UTC)
        files = self.store.inventory(attempt)
        manifest = Manifest.of(attempt, result, files, MadeFrom(inputs, parameters, "code"), at)
        self.made[attempt.step] = self.store.commit(manifest)
