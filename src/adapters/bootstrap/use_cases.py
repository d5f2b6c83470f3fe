"""The use cases on the adapters that the settings choose."""
# ruff: noqa: PLC0415 (imports inside: see the package)

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.bootstrap.adapters import Adapters
from ports.report_content import Provenance

if TYPE_CHECKING:
    from application.assess_orders import AssessOrders
    from application.backtest_history import BacktestHistory
    from application.backtest_model import BacktestModel
    from application.backtest_stock import BacktestStock
    from application.build_examples import BuildExamples
    from application.build_features import BuildFeatures
    from application.compare_backtests import CompareBacktests
    from application.compose_report import ComposeReport
    from application.draft_mapping import DraftMapping
    from application.evaluate_model import EvaluateModel
    from application.export_output import ExportOutput
    from application.forecast_stock import ForecastStock
    from application.ingest_source import IngestSource
    from application.match_returns import MatchReturns
    from application.mirror_champion import MirrorChampion
    from application.monitor_run import MonitorRun
    from application.plan_actions import PlanActions
    from application.promote_model import PromoteModel
    from application.prune_lake import PruneLake
    from application.record_backtest import RecordBacktest
    from application.record_run import RecordRun
    from application.rollback_champion import RollBackChampion
    from application.score_batch import ScoreBatch
    from application.score_candidates import ScoreCandidates
    from application.search_recipe import SearchRecipe
    from application.tabulate_items import TabulateItems
    from application.train_model import TrainModel
    from application.watch_runs import WatchRuns


@dataclass(frozen=True)
class UseCases(Adapters):
    """The use cases of the steps, then those that a command runs."""

    # -- of the steps -----------------------------------------------------------------------------------------

    @cached_property
    def ingest_source(self) -> "IngestSource":
        """For `ingest`."""
        from adapters.spark.ingest import SparkOrderIngestor
        from application.ingest_source import IngestSource

        return IngestSource(SparkOrderIngestor(self.spark_tables, self.source_stores))

    @cached_property
    def match_returns(self) -> "MatchReturns":
        """For `match`."""
        from adapters.spark.matching import SparkReturnMatcher
        from application.match_returns import MatchReturns

        return MatchReturns(SparkReturnMatcher(self.spark_tables))

    @cached_property
    def build_features(self) -> "BuildFeatures":
        """For `features`."""
        from adapters.spark.features import SparkFeatureBuilder
        from application.build_features import BuildFeatures

        return BuildFeatures(SparkFeatureBuilder(self.spark_tables))

    @cached_property
    def build_examples(self) -> "BuildExamples":
        """For `examples`."""
        from adapters.spark.examples import SparkExampleBuilder
        from application.build_examples import BuildExamples

        return BuildExamples(SparkExampleBuilder(self.spark_tables))

    @cached_property
    def train_model(self) -> "TrainModel":
        """For `train`."""
        from application.train_model import TrainModel

        return TrainModel(self.trainer, self.store)

    @cached_property
    def evaluate_model(self) -> "EvaluateModel":
        """For `evaluate`."""
        from application.evaluate_model import EvaluateModel

        return EvaluateModel(self.evaluator, self.tables, self.store)

    @cached_property
    def promote_model(self) -> "PromoteModel":
        """For `promote`."""
        from application.promote_model import PromoteModel

        return PromoteModel(self.store, self.trainer, self.evaluator)

    @cached_property
    def score_batch(self) -> "ScoreBatch":
        """For `score`."""
        from adapters.sklearn.model_files import load_predictor
        from adapters.spark.scoring import SparkBatchScorer
        from application.score_batch import ScoreBatch

        return ScoreBatch(SparkBatchScorer(self.spark_tables, load_predictor))

    @cached_property
    def plan_actions(self) -> "PlanActions":
        """For `actions`."""
        from adapters.sklearn.explainer import SklearnLineExplainer
        from application.plan_actions import PlanActions

        return PlanActions(self.tables, SklearnLineExplainer(self.read_lines))

    @cached_property
    def assess_orders(self) -> "AssessOrders":
        """For `orders`."""
        from application.assess_orders import AssessOrders

        return AssessOrders(self.tables)

    @cached_property
    def forecast_stock(self) -> "ForecastStock":
        """For `stock`."""
        from application.forecast_stock import ForecastStock

        return ForecastStock(self.tables, self.line_counter, self.holidays)

    @cached_property
    def backtest_stock(self) -> "BacktestStock":
        """For `backtest-stock`."""
        from application.backtest_stock import BacktestStock

        return BacktestStock(self.line_counter, self.holidays)

    @cached_property
    def tabulate_items(self) -> "TabulateItems":
        """For `items`."""
        from application.tabulate_items import TabulateItems

        return TabulateItems(self.tables, self.line_counter)

    @cached_property
    def monitor_run(self) -> "MonitorRun":
        """For `monitor`."""
        from application.monitor_run import MonitorRun

        return MonitorRun(self.tables)

    @cached_property
    def compose_report(self) -> "ComposeReport":
        """For `report`."""
        from adapters.report.html import HtmlReportRenderer
        from application.compose_report import ComposeReport

        return ComposeReport(self.tables, self.store, HtmlReportRenderer(), provenance)

    @cached_property
    def record_run(self) -> "RecordRun":
        """For `record`."""
        from adapters.local.resource_meter import ProcessTreeMeter
        from adapters.mlflow.environment import installed_versions
        from adapters.mlflow.tracker import MlflowTracker
        from adapters.report.html import HtmlReportRenderer
        from application.record_run import RecordRun

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
        from application.backtest_history import BacktestHistory

        return BacktestHistory(self.trainer, self.evaluator, self.tables)

    @cached_property
    def record_backtest(self) -> "RecordBacktest":
        """For `record_backtest`."""
        from adapters.mlflow.tracker import MlflowTracker
        from adapters.report.html import HtmlReportRenderer
        from application.record_backtest import RecordBacktest

        return RecordBacktest(MlflowTracker(self.mlflow), HtmlReportRenderer())

    # -- of the command line ----------------------------------------------------------------------------------

    @cached_property
    def backtest_model(self) -> "BacktestModel":
        """For `returncast backtest`."""
        from application.backtest_model import BacktestModel

        return BacktestModel(self.trainer, self.evaluator)

    @cached_property
    def search_recipe(self) -> "SearchRecipe":
        """For `returncast search`."""
        from application.search_recipe import SearchRecipe

        return SearchRecipe(self.trainer, self.evaluator)

    @cached_property
    def score_candidates(self) -> "ScoreCandidates":
        """For `returncast score-candidates`."""
        from adapters.local.code_digest import CodeDigest
        from adapters.sklearn.model_files import load_predictor
        from adapters.spark.candidate_features import SparkCandidateFeatureBuilder
        from adapters.spark.scoring import SparkBatchScorer
        from application.candidate_chances import FindCandidateChances
        from application.score_candidates import ScoreCandidates

        builder = SparkCandidateFeatureBuilder(self.spark_tables)
        scorer = SparkBatchScorer(self.spark_tables, load_predictor)
        chances = FindCandidateChances(self.tables, builder, scorer)
        return ScoreCandidates(self.store, self.tables, chances, CodeDigest())

    @cached_property
    def compare_backtests(self) -> "CompareBacktests":
        """For `returncast backtest --compare`."""
        from application.compare_backtests import CompareBacktests

        return CompareBacktests(self.store, self.tables, self.evaluator)

    @cached_property
    def roll_back_champion(self) -> "RollBackChampion":
        """For `returncast registry rollback`."""
        from application.rollback_champion import RollBackChampion

        return RollBackChampion(self.store)

    @cached_property
    def mirror_champion(self) -> "MirrorChampion":
        """For `returncast registry rollback`."""
        from application.mirror_champion import MirrorChampion

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
        from application.prune_lake import PruneLake

        return PruneLake(self.unopened_store, self._publisher_of(self.unopened_store))

    @cached_property
    def export_output(self) -> "ExportOutput":
        """For `returncast export`."""
        from adapters.arrow.export import ArrowTableExporter
        from application.export_output import ExportOutput

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
