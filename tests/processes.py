"""The command line as a process of its own, so that it can be killed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def returncast(*arguments: str, lake: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command with a lake and further settings; never raises on a failure."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RETURNCAST_")}
    environment |= {
        "RETURNCAST_LAKE": str(lake),
        "RETURNCAST_SHUFFLE_PARTITIONS": "2",
        "RETURNCAST_SPARK_MASTER": "local[2]",
        "RETURNCAST_DRIVER_MEMORY": "1g",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        **settings,
    }
    command = [sys.executable, "-m", "adapters.entrypoints.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON value a command printed; its log is shown when it failed."""
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)
