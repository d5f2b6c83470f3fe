"""The adapters that the settings choose."""
# ruff: noqa: PLC0415 (imports inside: see the package)

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from adapters.addresses import without_credentials
from adapters.config import Settings
from adapters.config.cache import cache_directory
from adapters.disk_failures import disk_failure
from adapters.store_access import StoreAccess
from adapters.store_failures import explaining, store_failure
from ports.failpoints import Failpoints
from ports.publisher import Publisher
from ports.snapshot_store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyarrow import Table

    from adapters.arrow.locations import Locate
    from adapters.mlflow.connection import MlflowConnection
    from adapters.s3.access import S3Lake
    from adapters.s3.objects import S3Objects
    from adapters.s3.opening import LakeOpening
    from adapters.source_stores import SourceStores
    from adapters.spark.session.jars import JarCache
    from adapters.spark.session.spark_session import SharedSession
    from adapters.spark.tables import SparkTables
    from domain.errors import ReturncastError
    from ports.holiday_calendar import HolidayCalendar
    from ports.line_counter import LineCounter
    from ports.model_evaluator import ModelEvaluator
    from ports.model_registry import ModelRegistry
    from ports.model_trainer import ModelTrainer
    from ports.shop_writer import ShopWriter
    from ports.source_store import SourceStore
    from ports.table_store import TableStore

_S3_SCHEMES = {"s3", "s3a"}


@dataclass(frozen=True)
class Adapters:
    """One of each kind, built when it is first asked for."""

    settings: Settings

    @cached_property
    def store(self) -> SnapshotStore:
        """The lake; one on S3 is opened when something is first written to it."""
        if not self._lake_on_s3:
            from adapters.local.snapshot_store import LocalSnapshotStore

            return LocalSnapshotStore(self.settings.local_directory)
        from adapters.s3.snapshot_store import S3SnapshotStore

        return S3SnapshotStore(self.objects, self.s3_lake, self.open_lake)

    @cached_property
    def open_lake(self) -> "LakeOpening":
        """Makes the buckets of a lake on S3 and checks its conditional writes, once."""
        from adapters.s3.opening import LakeOpening

        return LakeOpening(self.objects, self.s3_lake)

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
        if not self._lake_on_s3:
            from adapters.local.publisher import LocalPublisher

            return LocalPublisher(self.settings.local_directory, self.store, write_table, self.failpoints)
        from adapters.s3.publisher import S3Publisher

        return S3Publisher(
            self.objects, self.s3_lake, self.store, write_table, self.failpoints, open_lake=self.open_lake
        )

    @cached_property
    def failpoints(self) -> Failpoints:
        """None is armed unless a test asks for it."""
        from adapters.local.failpoints import NoFailpoints, SigkillFailpoints

        return SigkillFailpoints(self.settings.failpoint) if self.settings.failpoint else NoFailpoints()

    @cached_property
    def session(self) -> "SharedSession":
        """Spark, started when a step first needs it."""
        from adapters.local.java import use_java
        from adapters.spark.session.class_archive import ClassArchives
        from adapters.spark.session.object_store import S3AStore
        from adapters.spark.session.spark_session import SharedSession, submitted

        java = None if submitted() else use_java()  # who submits has chosen one
        partitions = {"spark.sql.shuffle.partitions": str(self.settings.shuffle_partitions)}
        return SharedSession(
            master=None if java is None else self.settings.spark_master,
            driver_memory=self.settings.driver_memory,
            options={**partitions, **self.settings.spark_options},
            ui=self.settings.spark_ui,
            object_store=S3AStore(self.store_access, commits=self._lake_on_s3) if self._uses_s3 else None,
            jars=self.jars.paths,
            archives=None if java is None else ClassArchives(cache_directory().expanduser() / "class-data", java.home),
        )

    @cached_property
    def jars(self) -> "JarCache":
        """What Spark needs for S3 and does not bring."""
        from adapters.local.java import find_java
        from adapters.spark.session.jars import JarCache

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

    def failure_behind(self, error: BaseException) -> "ReturncastError | None":
        """The failure of the store or of a disk behind an error; None when it is about something else."""
        of_store = store_failure(error, self.store_access) if self._uses_s3 else None
        lake = "" if self._lake_on_s3 else f"the lake {self.settings.local_directory} or of "
        return of_store or disk_failure(error, f"{lake}temporary files")

    def _explaining[**P, R](self, call: "Callable[P, R]") -> "Callable[P, R]":
        return explaining(call, self.failure_behind)

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
        from adapters.spark.session.hadoop_files import HadoopSourceStore

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
    def line_counter(self) -> "LineCounter":
        """Counts lines with what became of them, without Spark."""
        from adapters.arrow.line_counter import ArrowLineCounter

        return ArrowLineCounter(self.locate)

    @cached_property
    def trainer(self) -> "ModelTrainer":
        """Fits models."""
        from adapters.sklearn.training.trainer import SklearnModelTrainer

        return SklearnModelTrainer(self.read_arrow, self.read_lines)

    @cached_property
    def evaluator(self) -> "ModelEvaluator":
        """Judges models."""
        from adapters.sklearn.evaluation.evaluator import SklearnModelEvaluator

        return SklearnModelEvaluator(self.read_arrow, self.read_lines)

    @property
    def mlflow_place(self) -> str:
        """Where a person looks at the runs: the server's address, or the command that serves the lake's database."""
        from adapters.mlflow.connection import DATABASE

        if self.settings.mlflow_uri is not None:
            return without_credentials(self.settings.mlflow_uri)
        return f"mlflow ui --backend-store-uri sqlite:///{(self._mlflow_directory / DATABASE).as_posix()}"

    @cached_property
    def mlflow(self) -> "MlflowConnection":
        """The tracking server, or the database in the lake."""
        from adapters.mlflow.connection import MlflowConnection

        if self.settings.mlflow_uri is not None:
            return MlflowConnection(self.settings.mlflow_uri)
        return MlflowConnection.embedded(self._mlflow_directory)

    @property
    def _mlflow_directory(self) -> Path:
        return self.settings.local_directory / "mlflow"

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

    @cached_property
    def holidays(self) -> "HolidayCalendar":
        """Public holidays by country."""
        from adapters.local.holiday_calendar import LibraryHolidayCalendar

        return LibraryHolidayCalendar()


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value() or None
