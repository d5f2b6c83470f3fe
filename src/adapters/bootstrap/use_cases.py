"""The use cases on the adapters that the settings choose."""
# ruff: noqa: PLC0415 (imports inside: see the package)

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.bootstrap.adapters import Adapters
from ports.report_content import Provenance

if TYPE_CHECKING:
    from application.backtests.backtest_history import BacktestHistory
    from application.backtests.backtest_model import BacktestModel
    from application.backtests.backtest_stock import BacktestStock
    from application.backtests.compare_backtests import CompareBacktests
    from application.backtests.search_recipe import SearchRecipe
    from application.candidates.score_candidates import ScoreCandidates
    from application.champions.rollback_champion import RollBackChampion
    from application.draft_mapping import DraftMapping
    from application.lake.export_output import ExportOutput
    from application.lake.prune_lake import PruneLake
    from application.reporting.compose_report import ComposeReport
    from application.steps.assess_orders import AssessOrders
    from application.steps.build_examples import BuildExamples
    from application.steps.build_features import BuildFeatures
    from application.steps.evaluate_model import EvaluateModel
    from application.steps.forecast_stock import ForecastStock
    from application.steps.ingest_source import IngestSource
    from application.steps.match_returns import MatchReturns
    from application.steps.monitor_run import MonitorRun
    from application.steps.plan_actions import PlanActions
    from application.steps.promote_model import PromoteModel
    from application.steps.score_batch import ScoreBatch
    from application.steps.tabulate_items import TabulateItems
    from application.steps.train_model import TrainModel
    from application.tracking.mirror_champion import MirrorChampion
    from application.tracking.record_backtest import RecordBacktest
    from application.tracking.record_run import RecordRun
    from application.watch_runs import WatchRuns


@dataclass(frozen=True)
class UseCases(Adapters):
    """The use cases of the steps, then those that a command runs."""

    # -- of the steps -----------------------------------------------------------------------------------------

    @cached_property
    def ingest_source(self) -> "IngestSource":
        """For `ingest`."""
        from adapters.spark.ingest.ingestor import SparkOrderIngestor
        from application.steps.ingest_source import IngestSource

        return IngestSource(SparkOrderIngestor(self.spark_tables, self.source_stores))

    @cached_property
    def match_returns(self) -> "MatchReturns":
        """For `match`."""
        from adapters.spark.lines.matching import SparkReturnMatcher
        from application.steps.match_returns import MatchReturns

        return MatchReturns(SparkReturnMatcher(self.spark_tables))

    @cached_property
    def build_features(self) -> "BuildFeatures":
        """For `features`."""
        from adapters.spark.features.builder import SparkFeatureBuilder
        from application.steps.build_features import BuildFeatures

        return BuildFeatures(SparkFeatureBuilder(self.spark_tables))

    @cached_property
    def build_examples(self) -> "BuildExamples":
        """For `examples`."""
        from adapters.spark.lines.examples import SparkExampleBuilder
        from application.steps.build_examples import BuildExamples

        return BuildExamples(SparkExampleBuilder(self.spark_tables))

    @cached_property
    def train_model(self) -> "TrainModel":
        """For `train`."""
        from application.steps.train_model import TrainModel

        return TrainModel(self.trainer, self.store)

    @cached_property
    def evaluate_model(self) -> "EvaluateModel":
        """For `evaluate`."""
        from application.steps.evaluate_model import EvaluateModel

        return EvaluateModel(self.evaluator, self.tables, self.store)

    @cached_property
    def promote_model(self) -> "PromoteModel":
        """For `promote`."""
        from application.steps.promote_model import PromoteModel

        return PromoteModel(self.store, self.trainer, self.evaluator)

    @cached_property
    def score_batch(self) -> "ScoreBatch":
        """For `score`."""
        from adapters.sklearn.prediction.model_files import load_predictor
        from adapters.spark.lines.scoring import SparkBatchScorer
        from application.steps.score_batch import ScoreBatch

        return ScoreBatch(SparkBatchScorer(self.spark_tables, load_predictor))

    @cached_property
    def plan_actions(self) -> "PlanActions":
        """For `actions`."""
        from adapters.sklearn.prediction.explainer import SklearnLineExplainer
        from application.steps.plan_actions import PlanActions

        return PlanActions(self.tables, SklearnLineExplainer(self.read_lines))

    @cached_property
    def assess_orders(self) -> "AssessOrders":
        """For `orders`."""
        from application.steps.assess_orders import AssessOrders

        return AssessOrders(self.tables)

    @cached_property
    def forecast_stock(self) -> "ForecastStock":
        """For `stock`."""
        from application.steps.forecast_stock import ForecastStock

        return ForecastStock(self.tables, self.line_counter, self.holidays)

    @cached_property
    def backtest_stock(self) -> "BacktestStock":
        """For `backtest-stock`."""
        from application.backtests.backtest_stock import BacktestStock

        return BacktestStock(self.line_counter, self.holidays)

    @cached_property
    def tabulate_items(self) -> "TabulateItems":
        """For `items`."""
        from application.steps.tabulate_items import TabulateItems

        return TabulateItems(self.tables, self.line_counter)

    @cached_property
    def monitor_run(self) -> "MonitorRun":
        """For `monitor`."""
        from application.steps.monitor_run import MonitorRun

        return MonitorRun(self.tables)

    @cached_property
    def compose_report(self) -> "ComposeReport":
        """For `report`."""
        from adapters.report.html import HtmlReportRenderer
        from application.reporting.compose_report import ComposeReport

        return ComposeReport(self.tables, self.store, HtmlReportRenderer(), provenance)

    @cached_property
    def record_run(self) -> "RecordRun":
        """For `record`."""
        from adapters.local.resource_meter import ProcessTreeMeter
        from adapters.mlflow.environment import installed_versions
        from adapters.mlflow.tracker import MlflowTracker
        from adapters.report.html import HtmlReportRenderer
        from application.tracking.record_run import RecordRun

        return RecordRun(
            store=self.store,
            tracker=MlflowTracker(self.mlflow),
            registry=self.registry,
            tables=self.tables,
            renderer=HtmlReportRenderer(),
            meter=ProcessTreeMeter(),
            environment=installed_versions,
            provenance=provenance,
        )

    @cached_property
    def backtest_history(self) -> "BacktestHistory":
        """For `backtest`."""
        from application.backtests.backtest_history import BacktestHistory

        return BacktestHistory(self.trainer, self.evaluator, self.tables)

    @cached_property
    def record_backtest(self) -> "RecordBacktest":
        """For `record_backtest`."""
        from adapters.mlflow.tracker import MlflowTracker
        from adapters.report.html import HtmlReportRenderer
        from application.tracking.record_backtest import RecordBacktest

        return RecordBacktest(MlflowTracker(self.mlflow), HtmlReportRenderer())

    # -- of the command line ----------------------------------------------------------------------------------

    @cached_property
    def backtest_model(self) -> "BacktestModel":
        """For `returncast backtest`."""
        from application.backtests.backtest_model import BacktestModel

        return BacktestModel(self.trainer, self.evaluator)

    @cached_property
    def search_recipe(self) -> "SearchRecipe":
        """For `returncast search`."""
        from application.backtests.search_recipe import SearchRecipe

        return SearchRecipe(self.trainer, self.evaluator)

    @cached_property
    def score_candidates(self) -> "ScoreCandidates":
        """For `returncast score-candidates`."""
        from adapters.local.code_digest import CodeDigest
        from adapters.sklearn.prediction.model_files import load_predictor
        from adapters.spark.features.candidates import SparkCandidateFeatureBuilder
        from adapters.spark.lines.scoring import SparkBatchScorer
        from application.candidates.candidate_chances import FindCandidateChances
        from application.candidates.score_candidates import ScoreCandidates

        builder = SparkCandidateFeatureBuilder(self.spark_tables)
        scorer = SparkBatchScorer(self.spark_tables, load_predictor)
        chances = FindCandidateChances(self.tables, builder, scorer)
        return ScoreCandidates(self.store, self.tables, chances, CodeDigest())

    @cached_property
    def compare_backtests(self) -> "CompareBacktests":
        """For `returncast backtest --compare`."""
        from application.backtests.compare_backtests import CompareBacktests

        return CompareBacktests(self.store, self.tables, self.evaluator)

    @cached_property
    def roll_back_champion(self) -> "RollBackChampion":
        """For `returncast registry rollback`."""
        from application.champions.rollback_champion import RollBackChampion

        return RollBackChampion(self.store)

    @cached_property
    def mirror_champion(self) -> "MirrorChampion":
        """For `returncast registry rollback`."""
        from application.tracking.mirror_champion import MirrorChampion

        return MirrorChampion(self.store, self.registry)

    @cached_property
    def draft_mapping(self) -> "DraftMapping":
        """For `returncast init`."""
        from adapters.local.table_profiler import LocalTableProfiler
        from application.draft_mapping import DraftMapping

        return DraftMapping(LocalTableProfiler())

    @cached_property
    def watch_runs(self) -> "WatchRuns":
        """For `returncast monitor`."""
        from application.watch_runs import WatchRuns

        return WatchRuns(self.store, self.tables)

    @cached_property
    def prune_lake(self) -> "PruneLake":
        """For `returncast prune`."""
        from application.lake.prune_lake import PruneLake

        return PruneLake(self.store, self.publisher)

    @cached_property
    def export_output(self) -> "ExportOutput":
        """For `returncast export`."""
        from adapters.arrow.export import ArrowTableExporter
        from application.lake.export_output import ExportOutput

        return ExportOutput(self.publisher, ArrowTableExporter(self.locate))


def provenance() -> Provenance:
    """Which revision of the code is running, and now."""
    from importlib.metadata import version

    from adapters.local.provenance import git_revision

    revision = git_revision()
    return Provenance(
        commit=revision.commit or "",
        branch=revision.branch or "",
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version("returncast"),
    )
