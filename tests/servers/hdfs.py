"""A real HDFS of one machine: Hadoop's own test cluster, a name node and a data node in a JVM of their own."""

import json
import os
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from adapters.local.java import find_java
from adapters.spark.session.jars import bundled_jars
from tests.processes import QUICK_JAVA
from tests.servers.process import HOST, running, wait_until

_ROOT = Path(__file__).parents[2]
_JARS = _ROOT / ".cache" / "hdfs"


class HdfsNotFetchedError(Exception):
    """The jars of the test cluster are not here and cannot be fetched, as where no repository is reached."""


class HdfsServer:
    """One cluster, empty at first, running while it is entered.

    Attributes:
        root: its URI, without a slash at the end.
    """

    def __init__(self) -> None:
        self._entered = ExitStack()
        self.root = ""

    def __enter__(self) -> Self:
        _fetch()
        directory = Path(self._entered.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        log, details = directory / "log", directory / "details.json"
        process = self._entered.enter_context(running(_command(directory, details), log, directory=directory))

        def ready() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"HDFS ended: {log.read_text('utf-8')[-2000:]}")
            return details.is_file() and details.read_text("utf-8").endswith("}")

        try:
            wait_until(ready, "HDFS", 360)
        except BaseException:
            self._entered.close()
            raise
        self.root = f"hdfs://{HOST}:{json.loads(details.read_text('utf-8'))['namenode_port']}"
        return self

    def __exit__(self, *_: object) -> None:
        self._entered.close()


def _command(directory: Path, details: Path) -> list[str]:
    # The cluster needs the rest of Hadoop, which Spark brings.
    classes = os.pathsep.join(f"{place}/*" for place in (_JARS, bundled_jars()))
    return [
        str(find_java().executable), "-Xmx512m", QUICK_JAVA, f"-Dtest.build.data={directory}/data", "-cp", classes,
        "org.apache.hadoop.test.MiniDFSClusterManager", "-format", "-nnport", "0", "-writeDetails", str(details),
    ]  # fmt: skip


def _fetch() -> None:
    if not list(_JARS.glob("hadoop-client-minicluster-*.jar")):
        told = subprocess.run(
            [str(_ROOT / "scripts" / "install-hdfs.sh")], capture_output=True, text=True, check=False, timeout=300
        )
        if told.returncode:
            raise HdfsNotFetchedError(f"scripts/install-hdfs.sh: {(told.stdout + told.stderr).strip()[-300:]}")
