"""The one place that joins use cases to adapters; nothing is built before it is asked for.

Every adapter's module is imported where it is built: a run with nothing to do must load neither Spark, nor
scikit-learn, nor MLflow.
"""
# ruff: noqa: PLC0415 (imports inside, for the reason above)

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from adapters.config import Settings, load_settings, share_with_libraries
from adapters.config.action_file import read_actions
from adapters.store_access import StoreAccess
from adapters.store_failures import explaining
from application.pipeline import Pipeline
from application.run_request import RunRequest
from application.run_step import RunStep
from application.step_bodies import StepBodies
from application.workflow import Workflow
from domain.errors import SourceError
from domain.file_places import scheme_of
from domain.snapshot import Manifest
from domain.synthetic_presets import is_synthetic, shop_called
from ports.failpoints import Failpoints
from ports.order_source import OrderSource
from ports.publisher import Publisher
from ports.report_content import Provenance
from ports.snapshot_store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyarrow import Table

    from adapters.arrow.locations import Locate
    from adapters.mlflow.connection import MlflowConnection
    from adapters.s3.access import S3Lake
    from adapters.s3.objects import S3Objects
    from adapters.source_stores import SourceStores
    from adapters.spark.jars import JarCache
    from adapters.spark.session import SharedSession
    from adapters.spark.tables import SparkTables
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
    from application.record_backtest import RecordBacktest
    from application.record_run import RecordRun
    from application.rollback_champion import RollBackChampion
    from application.score_batch import ScoreBatch
    from application.score_with_champion import ScoreWithChampion
    from application.search_recipe import SearchRecipe
    from application.synthetic_source import SyntheticOrderSource
    from application.tabulate_items import TabulateItems
    from application.train_model import TrainModel
    from application.watch_runs import WatchRuns
    from domain.candidates import Asked
    from ports.holiday_calendar import HolidayCalendar
    from ports.model_evaluator import ModelEvaluator
    from ports.model_registry import ModelRegistry
    from ports.model_trainer import ModelTrainer
    from ports.progress import Progress
    from ports.shop_writer import ShopWriter
    from ports.source_store import SourceStore
    from ports.table_store import TableStore

_S3_SCHEMES = {"s3", "s3a"}
BUNDLED_MAPPING = Path(__file__).parents[2] / "data" / "product_sales_returns" / "mapping.toml"

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "returncast"


@dataclass(frozen=True)
class Composition:
    """The adapters that the settings choose and the use cases that stand on them."""

    settings: Settings

    # -- adapters ---------------------------------------------------------------------------------------------

    @cached_property
    def store(self) -> SnapshotStore:
        """The lake."""
        if self.settings.lake_name is None:
            from adapters.local.snapshot_store import LocalSnapshotStore

            return LocalSnapshotStore(self.settings.local_directory)
        from adapters.s3.opening import open_lake
        from adapters.s3.snapshot_store import S3SnapshotStore

        open_lake(self.objects, self.s3_lake)
        return S3SnapshotStore(self.objects, self.s3_lake)

    @cached_property
    def objects(self) -> "S3Objects":
        """The S3-compatible store."""
        from adapters.s3.objects import S3Objects

        return S3Objects(self.store_access)

    @property
    def s3_lake(self) -> "S3Lake":
        """The buckets and the prefix of a lake on S3."""
        from adapters.s3.access import S3Lake

        chosen = self.settings.buckets
        return S3Lake(self.settings.lake_name or "", chosen.datasets, chosen.models, chosen.checkpoints)

    @cached_property
    def publisher(self) -> Publisher:
        """Where readers outside find outputs."""
        from adapters.arrow.single_file import write_single_file

        write_table = self._explaining(partial(write_single_file, locate=self.locate))
        if self.settings.lake_name is None:
            from adapters.local.publisher import LocalPublisher

            return LocalPublisher(self.settings.local_directory, self.store, write_table, self.failpoints)
        from adapters.s3.publisher import S3Publisher

        return S3Publisher(self.objects, self.s3_lake, self.store, write_table, self.failpoints)

    @cached_property
    def failpoints(self) -> Failpoints:
        """None is armed unless a test asks for it."""
        from adapters.local.failpoints import NoFailpoints, SigkillFailpoints

        return SigkillFailpoints(self.settings.failpoint) if self.settings.failpoint else NoFailpoints()

    @cached_property
    def session(self) -> "SharedSession":
        """Spark, started when a step first needs it."""
        from adapters.local.java import find_java, use_java
        from adapters.spark.class_archive import ClassArchives
        from adapters.spark.object_store import S3AStore
        from adapters.spark.session import SharedSession, submitted

        if not submitted():
            use_java()
        partitions = {"spark.sql.shuffle.partitions": str(self.settings.shuffle_partitions)}
        return SharedSession(
            master=None if submitted() else self.settings.spark_master,
            driver_memory=self.settings.driver_memory,
            options={**partitions, **self.settings.spark_options},
            ui=self.settings.spark_ui,
            object_store=S3AStore(self.store_access, commits=self._lake_on_s3) if self._uses_s3 else None,
            jars=self.jars.paths,
            archives=None if submitted() else ClassArchives(CACHE / "class-data", find_java().home),
        )

    @cached_property
    def jars(self) -> "JarCache":
        """What Spark needs for S3 and does not bring."""
        from adapters.local.java import find_java
        from adapters.spark.jars import JarCache

        return JarCache(self.settings.jars, lambda: find_java().executable, self.settings.ivy_settings)

    @property
    def store_access(self) -> StoreAccess:
        """How the S3-compatible store is reached."""
        chosen = self.settings.s3
        return StoreAccess(
            endpoint=chosen.endpoint,
            region=chosen.region,
            access_key=_revealed(chosen.access_key),
            secret_key=_revealed(chosen.secret_key),
            session_token=_revealed(chosen.session_token),
            connect_timeout_s=chosen.connect_timeout_seconds,
            read_timeout_s=chosen.read_timeout_seconds,
            attempts=chosen.attempts,
        )

    @property
    def _lake_on_s3(self) -> bool:
        return self.settings.lake_name is not None

    @property
    def _uses_s3(self) -> bool:
        """Whether the lake or a source of this process is on the S3-compatible store."""
        return self._lake_on_s3 or bool(self.source_stores.expected & _S3_SCHEMES)

    def _explaining[**P, R](self, call: "Callable[P, R]") -> "Callable[P, R]":
        explained = explaining(call, self.store_access)

        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            return (explained if self._uses_s3 else call)(*args, **kwargs)

        return called

    @cached_property
    def source_stores(self) -> "SourceStores":
        """Where the files of sources lie."""
        from adapters.local.source_files import LocalSourceStore
        from adapters.source_stores import SourceStores

        return SourceStores(
            {
                None: LocalSourceStore,
                "file": LocalSourceStore,
                "s3": self._s3_sources,
                "s3a": self._s3_sources,
                "hdfs": self._hdfs_sources,
                "kaggle": self._kaggle_sources,
            }
        )

    def _s3_sources(self) -> "SourceStore":
        from adapters.s3.source_objects import S3SourceStore

        return S3SourceStore(self.objects)

    def _hdfs_sources(self) -> "SourceStore":
        from adapters.spark.hadoop_files import HadoopSourceStore

        return HadoopSourceStore(self.session)

    def _kaggle_sources(self) -> "SourceStore":
        from adapters.kaggle.data_sets import KaggleSourceStore
        from adapters.local.source_files import LocalSourceStore

        return KaggleSourceStore(LocalSourceStore())

    @cached_property
    def locate(self) -> "Locate":
        """The file system of a table's URI."""
        from adapters.arrow.locations import LocateWithS3, locate_local

        return locate_local if self.settings.lake_name is None else LocateWithS3(self.store_access)

    @cached_property
    def read_arrow(self) -> "Callable[..., Table]":
        """A table in memory, wherever it is."""
        from adapters.arrow.table_files import read_arrow

        return partial(read_arrow, locate=self.locate)

    @cached_property
    def read_lines(self) -> "Callable[..., Table]":
        """Named lines of a table in memory, wherever it is."""
        from adapters.arrow.table_files import read_lines

        return partial(read_lines, locate=self.locate)

    @cached_property
    def tables(self) -> "TableStore":
        """Small tables, without Spark."""
        from adapters.arrow.table_store import ArrowTableStore

        return ArrowTableStore(self.locate)

    @cached_property
    def trainer(self) -> "ModelTrainer":
        """Fits models."""
        from adapters.sklearn.trainer import SklearnModelTrainer

        return SklearnModelTrainer(self.read_arrow, self.read_lines)

    @cached_property
    def evaluator(self) -> "ModelEvaluator":
        """Judges models."""
        from adapters.sklearn.evaluator import SklearnModelEvaluator

        return SklearnModelEvaluator(self.read_arrow, self.read_lines)

    @property
    def mlflow_place(self) -> str:
        """Where a person looks at the runs: the server's address, or the command that serves the lake's database."""
        if self.settings.mlflow_uri is not None:
            return without_credentials(self.settings.mlflow_uri)
        database = (self.settings.local_directory / "mlflow" / "mlflow.db").as_posix()
        return f"mlflow ui --backend-store-uri sqlite:///{database}"

    @cached_property
    def mlflow(self) -> "MlflowConnection":
        """The tracking server, or the database in the lake."""
        from adapters.mlflow.connection import MlflowConnection

        if self.settings.mlflow_uri is not None:
            return MlflowConnection(self.settings.mlflow_uri)
        return MlflowConnection.embedded(self.settings.local_directory / "mlflow")

    @cached_property
    def registry(self) -> "ModelRegistry":
        """Where people find models."""
        from adapters.mlflow.registry import MlflowRegistry

        return MlflowRegistry(self.mlflow)

    @cached_property
    def spark_tables(self) -> "SparkTables":
        """Tables of any size, on Spark."""
        from adapters.arrow.content import batch_digest
        from adapters.arrow.table_parts import TableParts
        from adapters.spark.tables import SparkTables

        return SparkTables(self.session, batch_digest, TableParts(self.locate))

    @cached_property
    def shop_writer(self) -> "ShopWriter":
        """Draws made-up shops."""
        from adapters.spark.shop_writer import SparkShopWriter
        from adapters.synthetic.shop import DRAWN, count_shoppers, draw

        return SparkShopWriter(self.spark_tables, draw, DRAWN, count_shoppers)

    def synthetic_source(self, name: str) -> "SyntheticOrderSource":
        """A made-up shop, kept in the lake; raises ConfigurationError for one that there is not."""
        from adapters.local.code_digest import CodeDigest
        from application.synthetic_source import SyntheticOrderSource

        return SyntheticOrderSource(shop_called(name), lambda: self.store, CodeDigest(), lambda: self.shop_writer)

    # -- use cases of the steps -------------------------------------------------------------------------------

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
    def holidays(self) -> "HolidayCalendar":
        """Public holidays by country."""
        from adapters.local.holiday_calendar import LibraryHolidayCalendar

        return LibraryHolidayCalendar()

    @cached_property
    def forecast_stock(self) -> "ForecastStock":
        """For `stock`."""
        from application.forecast_stock import ForecastStock

        return ForecastStock(self.tables, self.holidays)

    @cached_property
    def backtest_stock(self) -> "BacktestStock":
        """For `backtest-stock`."""
        from application.backtest_stock import BacktestStock

        return BacktestStock(self.tables, self.holidays)

    @cached_property
    def tabulate_items(self) -> "TabulateItems":
        """For `items`."""
        from application.tabulate_items import TabulateItems

        return TabulateItems(self.tables)

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

    # -- use cases of the command line ------------------------------------------------------------------------

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
    def score_candidates(self) -> "Callable[[Pipeline, Sequence[Asked], Progress], Manifest]":
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
        return self._explaining(ScoreCandidates(self.store, self.tables, chances, CodeDigest()))

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
    def export_output(self) -> "ExportOutput":
        """For `returncast export`."""
        from adapters.arrow.export import ArrowTableExporter
        from application.export_output import ExportOutput

        return ExportOutput(self.publisher, ArrowTableExporter(self.locate))

    # -- runs -------------------------------------------------------------------------------------------------

    def request(self, as_of: date | None) -> RunRequest:
        """What the settings ask of a run."""
        chosen = self.settings
        return RunRequest(
            as_of=as_of,
            window_days=chosen.window_days,
            recipe=chosen.recipe,
            costs=chosen.costs,
            actions=read_actions(chosen.actions),
            thresholds=chosen.thresholds,
            max_training_lines=chosen.max_training_lines,
            aliases=(chosen.champion_alias, chosen.challenger_alias),
            tracker="embedded" if chosen.mlflow_uri is None else without_credentials(chosen.mlflow_uri),
        )

    def score_with_champion(self, source: OrderSource, as_of: date) -> "ScoreWithChampion":
        """For `score_job.py`; raises ModelError when no champion stands for the source as of that day."""
        from application.score_with_champion import ScoreWithChampion, require_champion

        request = self.request(as_of)
        policy = request.label_policy(source.mapping)
        standing = require_champion(self.store, source.mapping.name, policy, as_of)
        return ScoreWithChampion(self.workflow(source, request, standing.manifest))

    def workflow(self, source: OrderSource, request: RunRequest, decision: Manifest | None = None) -> Workflow:
        """A run of a source, ready to be asked for its steps; it follows its own promotion or a decision given."""
        from adapters.local.code_digest import CodeDigest
        from adapters.local.resource_meter import ProcessTreeMeter
        from application.publish_output import PublishOutput

        return Workflow(
            pipeline=Pipeline(request, source, self.store, CodeDigest(), decision),
            bodies={step: self._explaining(body) for step, body in StepBodies(self).by_step().items()},
            run_step=RunStep(self.store, self.failpoints, ProcessTreeMeter()),
            publish_output=PublishOutput(self.publisher),
        )


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def without_credentials(address: str) -> str:
    """The address as it may be shown and kept: without user and password."""
    credentials, _, host = urlsplit(address).netloc.rpartition("@")
    return address.replace(f"{credentials}@{host}", host, 1) if credentials else address


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


@cache
def composition() -> Composition:
    """The composition of this process, by its settings."""
    share_with_libraries()
    return Composition(load_settings())


@cache
def workflow_for(source: str, as_of: date | None) -> Workflow:
    """The run of a source as of a day; the same one for every task of this process.

    Args:
        source: 'bundled' or the path of a mapping file.
        as_of: the day; None for the day after the last valid row.
    """
    return composition().workflow(source_called(source), composition().request(as_of))


@cache
def source_called(name: str) -> OrderSource:
    """The source that a name or the path of a mapping file stands for; files are looked at when they are asked for.

    One for all that this process runs of it: its files are listed, and hashed, once.

    Args:
        name: 'bundled', the path of a mapping file, `kaggle:` with the data set that the bundled mapping describes, or
            `synthetic:` with a made-up shop.

    Raises SourceError when the bundled mapping is not beside this installation, or describes another data set, and
    ConfigurationError for a made-up shop that there is not.
    """
    from adapters.local.order_files import LocalOrderSource

    if is_synthetic(name):
        return composition().synthetic_source(name)
    stores = composition().source_stores
    if scheme_of(name) == "kaggle":
        from adapters.kaggle.known import orders_of

        return LocalOrderSource(_bundled_mapping(), stores, orders_of(name))
    return LocalOrderSource(Path(name) if name != "bundled" else _bundled_mapping(), stores)


def _bundled_mapping() -> Path:
    if not BUNDLED_MAPPING.is_file():
        raise SourceError(
            f"The bundled orders are not here: there is no {BUNDLED_MAPPING}.",
            "Run from a checkout of the project, or name a mapping file with --source.",
        )
    return BUNDLED_MAPPING
