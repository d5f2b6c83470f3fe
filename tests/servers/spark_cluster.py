"""A standalone Spark cluster for tests: a master and small workers on free ports, from pyspark's own programs."""

import json
import os
import signal
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import Any, Self

import pyspark

from adapters.local.java import find_java
from tests.processes import QUICK_JAVA
from tests.servers.process import HOST, free_port, running, wait_until

SPARK_HOME = Path(pyspark.__file__).parent
SPARK_SUBMIT = SPARK_HOME / "bin" / "spark-submit"


class SparkCluster:
    """One cluster, running while it is entered; executors keep their logs below `directory` while it does.

    Args:
        workers: how many.
        memory: of each worker, for its executors.
        cores: of each worker.

    Attributes:
        master: the URL that spark-submit takes.
    """

    def __init__(self, workers: int = 2, memory: str = "1g", cores: int = 1) -> None:
        self._count = workers
        self._cores = str(cores)
        self._memory = memory
        self._port = free_port()
        self._page = f"http://{HOST}:{free_port()}"
        self._entered = ExitStack()
        self._workers: list[Popen[bytes]] = []
        self.master = f"spark://{HOST}:{self._port}"
        self.directory = Path()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to start parts of the cluster or to submit to it."""
        return {
            "SPARK_HOME": str(SPARK_HOME),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": QUICK_JAVA,
            "JAVA_HOME": str(find_java().home),
            "PYSPARK_PYTHON": sys.executable,
        }

    def alive(self) -> int:
        """How many workers the master counts on."""
        return sum(worker["state"] == "ALIVE" for worker in get_json(f"{self._page}/json/").get("workers", ()))

    def kill_worker(self, number: int) -> None:
        """End a worker at once with its executors and their Python workers, as when its machine goes down."""
        os.killpg(self._workers[number].pid, signal.SIGKILL)

    def __enter__(self) -> Self:
        """Start it, and wait until every worker is registered."""
        self.directory = Path(self._entered.enter_context(tempfile.TemporaryDirectory(prefix="spark-cluster-")))
        try:
            self._start_all()
        except BaseException:
            self._entered.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End every process of it."""
        self._entered.close()

    def _start_all(self) -> None:
        port, page = str(self._port), self._page.rpartition(":")[2]
        self._start("master.Master", "master", "--host", HOST, "--port", port, "--webui-port", page)
        for number in range(self._count):
            work = self.directory / f"worker-{number}"
            arguments = ["--host", HOST, "--cores", self._cores, "--memory", self._memory, "--work-dir", str(work)]
            page = str(free_port())
            self._workers.append(self._start("worker.Worker", work.name, *arguments, "--webui-port", page, self.master))
        wait_until(lambda: self.alive() == self._count, f"a cluster of {self._count} workers")

    def _start(self, program: str, name: str, *arguments: str) -> "Popen[bytes]":
        command = [str(SPARK_HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{program}", *arguments]
        log = self.directory / f"{name}.log"
        return self._entered.enter_context(running(command, log, self.environment, self.directory))


def get_json(url: str) -> Any:
    """The answer of a page of Spark's; nothing while there is none."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return {}
