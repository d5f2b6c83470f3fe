"""One SparkSession a process, started on first need and shared by every step that runs in it."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyspark.sql import SparkSession


@dataclass
class SharedSession:
    """A callable that starts the session when first called and returns the same one afterwards.

    Args:
        master: Spark's master URL; None leaves it to spark-submit.
        driver_memory: heap of the driver, which is also the executor's in local mode.
        options: further Spark properties, which win over the defaults here.
    """

    master: str | None = "local[*]"
    driver_memory: str = "2g"
    options: Mapping[str, str] = field(default_factory=dict)
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

    def _start(self) -> SparkSession:
        # Workers must be the interpreter that has our packages, not the machine's default Python.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        # Without it Spark warns about the host name and binds an address others can reach.
        if self.master is not None and self.master.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.appName("returncast")
        if self.master is not None:
            builder = builder.master(self.master)
        for name, value in {**self._defaults(), **self.options}.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return session

    def _defaults(self) -> dict[str, str]:
        return {
            "spark.driver.memory": self.driver_memory,
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.shuffle.partitions": "8",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
            "spark.redaction.regex": "(?i)secret|password|passwd|token|credential|access[.]?key",
            "spark.log.level": "ERROR",
        }
