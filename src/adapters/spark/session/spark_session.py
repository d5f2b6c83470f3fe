"""One SparkSession a process, started on first need and shared by every step that runs in it."""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession

from adapters.spark.session.class_archive import ClassArchives
from adapters.spark.session.jars import bundled_jars
from adapters.spark.session.object_store import S3AStore

_JAVA_OPTIONS = "spark.driver.extraJavaOptions"
_COLLECTOR = re.compile(r"-XX:\+Use\w+GC")
# What days, errors and stored moments mean. A cluster's own defaults would change results under the same keys.
_MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Rows of a damaged or vanished file are an error, never fewer rows.
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.caseSensitive": "false",
}


def submitted() -> bool:
    """Whether spark-submit started this process; its master, its properties and its JVM are the ones to use then."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


@dataclass
class SharedSession:
    """A callable that starts the session when first called and returns the same one afterwards.

    Args:
        master: Spark's master URL; None leaves it to spark-submit, whose properties then win likewise.
        driver_memory: heap of the driver, which is also the executor's in local mode.
        options: further Spark properties, which win over the defaults here, but not over what gives values their
            meaning: time zone, strict arithmetic, the type of stored moments.
        ui: whether Spark serves its web UI.
        object_store: the S3-compatible store that tables are on; None when they are in files.
        jars: gives the jars for the object store, fetched when the session starts.
        archives: class-data archives for a driver on this machine; None to use none.
    """

    master: str | None = "local[*]"
    driver_memory: str = "2g"
    options: Mapping[str, str] = field(default_factory=dict)
    ui: bool = False
    object_store: S3AStore | None = None
    jars: Callable[[], Sequence[Path]] = tuple
    archives: ClassArchives | None = None
    _session: SparkSession | None = None

    def __call__(self) -> SparkSession:
        """The session, started now if there is none."""
        if self._session is None:
            self._session = self._start()
        return self._session

    def stop(self) -> None:
        """End the session, if there is one."""
        if self._session is not None:
            self._session.stop()
            self._session = None

    @property
    def ui_address(self) -> str | None:
        """Where Spark's web UI is now; None while no session runs or it serves none."""
        return None if self._session is None else self._session.sparkContext.uiWebUrl

    def _start(self) -> SparkSession:
        # Workers must be the interpreter that has our packages, not the machine's default Python.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        # Without it Spark warns about the host name and binds an address others can reach.
        if self.master is not None and self.master.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.appName("returncast")
        if self.master is not None:
            builder = builder.master(self.master)
        given = _submitted_properties() if self.master is None else frozenset()
        properties = {**self._defaults(), **self._of_object_store(), **self.options}
        for name, value in self._with_java_options(properties).items():
            if name not in given:
                builder = builder.config(name, value)
        session = builder.getOrCreate()
        for name, value in _MEANING.items():
            session.conf.set(name, value)
        session.sparkContext.setLogLevel("ERROR")
        if self.object_store is not None:
            self.object_store.give_credentials(session)
        return session

    def _with_java_options(self, properties: Mapping[str, str]) -> dict[str, str]:
        """The properties, with options for a Java that this process starts."""
        if self.master is None:
            return dict(properties)
        asked = properties.get(_JAVA_OPTIONS, "")
        # Of a batch it matters when it ends, not how long it pauses: a tenth less processor time than by default.
        options = [] if _COLLECTOR.search(asked) else ["-XX:+UseParallelGC"]
        if self.archives is not None:
            further = properties.get("spark.driver.extraClassPath", "").split(os.pathsep)
            jars = [*bundled_jars().glob("*.jar"), *(Path(jar) for jar in further if jar)]
            options.append(self.archives.java_options(jars))
        return {**properties, _JAVA_OPTIONS: " ".join([*options, asked]).strip()}

    def _of_object_store(self) -> dict[str, str]:
        if self.object_store is None:
            return {}
        options = self.object_store.options()
        jars = [] if self.master is None else [str(path) for path in self.jars()]
        if jars and str(self.master).startswith("local"):
            # Named as jars they would be copied, 640 MB, at every start.
            options["spark.driver.extraClassPath"] = os.pathsep.join(jars)
        elif jars:
            options["spark.jars"] = ",".join(jars)
        return options

    def _defaults(self) -> dict[str, str]:
        return {
            "spark.driver.memory": self.driver_memory,
            "spark.ui.enabled": str(self.ui).lower(),
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.shuffle.partitions": "8",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            "spark.redaction.regex": "(?i)secret|password|passwd|token|credential|access[.]?key",
            "spark.log.level": "ERROR",
        }


def _submitted_properties() -> frozenset[str]:
    """Names of the properties that spark-submit was given, on its command line or in its files."""
    SparkContext._ensure_initialized()  # noqa: SLF001 (before it, no configuration knows of spark-submit's)
    return frozenset(name for name, _ in SparkConf().getAll())
