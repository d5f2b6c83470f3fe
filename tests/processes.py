"""The command line as a process of its own, so that it can be killed."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# Of a Java that lives for a minute the optimising compiler takes a third of the time.
QUICK_JAVA = "-XX:TieredStopAtLevel=1"
SHORT_LIVED_JAVA = {"spark.driver.extraJavaOptions": QUICK_JAVA}


def environment_for(lake: Path | str, settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without its own settings, with a lake and settings for a small machine."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RETURNCAST_")}
    return environment | {
        "RETURNCAST_LAKE": str(lake),
        "RETURNCAST_SHUFFLE_PARTITIONS": "2",
        "RETURNCAST_SPARK_MASTER": "local[2]",
        "RETURNCAST_DRIVER_MEMORY": "1g",
        "RETURNCAST_SPARK_OPTIONS": json.dumps(SHORT_LIVED_JAVA),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        **settings,
    }


def returncast(
    *arguments: str, lake: Path | str, directory: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the command with a lake and further settings, in a directory; never raises on a failure."""
    environment = environment_for(lake, settings)
    command = [sys.executable, "-m", "adapters.entrypoints.cli", *arguments]
    return subprocess.run(
        command, env=environment, cwd=directory, capture_output=True, text=True, timeout=1200, check=False
    )


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON value a command printed; its log is shown when it failed."""
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)
