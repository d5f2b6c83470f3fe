"""What each step calls: its use case, given the committed snapshots it reads and the parameters of the run."""

from collections.abc import Mapping
from typing import Protocol

from application.backtests.backtest_history import BacktestHistory, HistoryRequest
from application.champions.champion import standing_decision
from application.champions.champion_model import champion_model
from application.reporting.compose_report import ComposeReport
from application.run.pipeline import Pipeline
from application.run.workflow import Body
from application.steps.assess_orders import AssessOrders
from application.steps.build_examples import BuildExamples
from application.steps.build_features import BuildFeatures
from application.steps.evaluate_model import EvaluateModel
from application.steps.forecast_stock import ForecastStock
from application.steps.ingest_source import IngestSource
from application.steps.match_returns import MatchReturns
from application.steps.monitor_run import MonitoredTables, MonitorRun
from application.steps.plan_actions import PlanActions
from application.steps.promote_model import Candidacy, PromoteModel
from application.steps.score_batch import ScoreBatch
from application.steps.tabulate_items import TabulateItems
from application.steps.train_model import TrainModel
from application.tracking.record_backtest import RecordBacktest
from application.tracking.record_run import RecordRun
from domain.labels import LabelPolicy
from domain.snapshot import Attempt, StepResult
from domain.unit_shares import UnitShares
from ports.batch_scorer import ScoringModel
from ports.progress import Progress


class UseCases(Protocol):
    """The use cases of the steps, each put together when it is first asked for."""

    @property
    def ingest_source(self) -> IngestSource: ...  # noqa: D102

    @property
    def match_returns(self) -> MatchReturns: ...  # noqa: D102

    @property
    def build_features(self) -> BuildFeatures: ...  # noqa: D102

    @property
    def build_examples(self) -> BuildExamples: ...  # noqa: D102

    @property
    def train_model(self) -> TrainModel: ...  # noqa: D102

    @property
    def evaluate_model(self) -> EvaluateModel: ...  # noqa: D102

    @property
    def promote_model(self) -> PromoteModel: ...  # noqa: D102

    @property
    def score_batch(self) -> ScoreBatch: ...  # noqa: D102

    @property
    def plan_actions(self) -> PlanActions: ...  # noqa: D102

    @property
    def assess_orders(self) -> AssessOrders: ...  # noqa: D102

    @property
    def forecast_stock(self) -> ForecastStock: ...  # noqa: D102

    @property
    def tabulate_items(self) -> TabulateItems: ...  # noqa: D102

    @property
    def monitor_run(self) -> MonitorRun: ...  # noqa: D102

    @property
    def compose_report(self) -> ComposeReport: ...  # noqa: D102

    @property
    def record_run(self) -> RecordRun: ...  # noqa: D102

    @property
    def backtest_history(self) -> BacktestHistory: ...  # noqa: D102

    @property
    def record_backtest(self) -> RecordBacktest: ...  # noqa: D102


class StepBodies:
    """Binds the graph's steps to their use cases.

    Args:
        use_cases: put together lazily, so that a run with nothing to do starts no engine.
    """

    def __init__(self, use_cases: UseCases) -> None:
        self._use = use_cases

    def by_step(self) -> Mapping[str, Body]:
        """The body of every step, by its name."""
        return {
            "ingest": self._ingest,
            "match": self._match,
            "features": self._features,
            "examples": self._examples,
            "train": self._train,
            "evaluate": self._evaluate,
            "promote": self._promote,
            "score": self._score,
            "actions": self._actions,
            "orders": self._orders,
            "stock": self._stock,
            "items": self._items,
            "monitor": self._monitor,
            "report": self._report,
            "record": self._record,
            "backtest": self._backtest,
            "record_backtest": self._record_backtest,
        }

    def _ingest(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        return self._use.ingest_source(run.source, attempt)

    def _match(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        return self._use.match_returns(run.require("ingest"), attempt)

    def _features(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        law = run.source.mapping.exposure_law()
        return self._use.build_features(run.require("ingest"), run.require("match"), law, attempt)

    def _examples(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        return self._use.build_examples(
            run.require("ingest"),
            run.require("match"),
            run.require("features"),
            _label(run),
            run.known_as_of(),
            run.request.max_training_lines,
            attempt,
        )

    def _train(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        examples = run.require("examples").table("examples")
        rules = run.require("features").facts["rules"]
        return self._use.train_model(examples, rules, run.request.recipe, _label(run), run.known_as_of(), attempt)

    def _evaluate(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        examples = run.require("examples").table("examples")
        return self._use.evaluate_model(
            examples, run.require("train"), _label(run), run.request.costs, run.known_as_of(), attempt
        )

    def _promote(self, run: Pipeline, _attempt: Attempt, _progress: Progress) -> StepResult:
        return self._use.promote_model(
            Candidacy(
                shop=run.source.mapping.name,
                as_of=run.known_as_of(),
                policy=_label(run),
                costs=run.request.costs,
                examples=run.require("examples").table("examples"),
                trained=run.require("train"),
                evaluated=run.require("evaluate"),
            )
        )

    def _score(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        return self._use.score_batch(
            run.require("ingest"),
            run.require("match"),
            run.require("features"),
            _champion(run),
            _label(run),
            run.request.costs,
            run.known_as_of(),
            attempt,
            progress,
        )

    def _actions(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        return self._use.plan_actions(
            run.require("ingest"),
            run.require("features"),
            run.require("score"),
            _champion(run),
            run.request.actions,
            run.request.costs,
            run.known_as_of(),
            attempt,
        )

    def _orders(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        scored = run.require("score")
        return self._use.assess_orders(
            scores=scored.table("scores"),
            line_returns=run.require("match").table("line_returns"),
            order_model=run.require("evaluate").facts["order_models"].get(scored.facts["learner"]),
            unit_shares=UnitShares.from_json(scored.facts["unit_shares"]),
            as_of=run.known_as_of(),
            costs=run.request.costs,
            attempt=attempt,
        )

    def _stock(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        mapping = run.source.mapping
        return self._use.forecast_stock(
            lines=run.require("ingest").table("order_lines"),
            line_returns=run.require("match").table("line_returns"),
            scores=run.require("score").table("scores"),
            as_of=run.known_as_of(),
            labels=_label(run),
            dated=mapping.is_dated,
            law=mapping.return_law(),
            stands_in=mapping.has_undated_returns and mapping.lag_law is not None,
            attempt=attempt,
        )

    def _items(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        return self._use.tabulate_items(
            lines=run.require("ingest").table("order_lines"),
            line_returns=run.require("match").table("line_returns"),
            as_of=run.known_as_of(),
            labels=_label(run),
            costs=run.request.costs,
            attempt=attempt,
        )

    def _monitor(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        ingested, scored = run.require("ingest"), run.require("score")
        tables = MonitoredTables(
            lines=ingested.table("order_lines"),
            events=None if run.source.mapping.shape == "flag" else ingested.table("return_events"),
            quarantine=ingested.table("quarantine"),
            line_returns=run.require("match").table("line_returns"),
            features=run.require("features").table("features"),
            examples=run.require("examples").table("examples"),
            scores=scored.table("scores"),
            test_predictions=run.require("evaluate").table("test_predictions"),
        )
        return self._use.monitor_run(
            inputs=tables,
            learner=scored.facts["learner"],
            decision=standing_decision(run.require_decision()).decision,
            as_of=run.known_as_of(),
            labels=_label(run),
            attempt=attempt,
            bounds=run.request.thresholds,
        )

    def _report(self, run: Pipeline, attempt: Attempt, _progress: Progress) -> StepResult:
        return self._use.compose_report(run, attempt)

    def _record(self, run: Pipeline, _attempt: Attempt, progress: Progress) -> StepResult:
        return self._use.record_run(run, progress)

    def _backtest(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        return self._use.backtest_history(history_request(run), attempt, progress)

    def _record_backtest(self, run: Pipeline, _attempt: Attempt, _progress: Progress) -> StepResult:
        return self._use.record_backtest(run)


def history_request(run: Pipeline) -> HistoryRequest:
    """What a backtest of this run is about; its examples must be committed."""
    return HistoryRequest(
        examples=run.require("examples").table("examples"),
        recipe=run.request.recipe,
        policy=_label(run),
        costs=run.request.costs,
        as_of=run.known_as_of(),
        shop=run.source.mapping.name,
    )


def _label(run: Pipeline) -> LabelPolicy:
    return run.request.label_policy(run.source.mapping)


def _champion(run: Pipeline) -> ScoringModel:
    return champion_model(run.store, standing_decision(run.require_decision()))
