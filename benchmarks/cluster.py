"""The pipeline's parallel steps on clusters of several layouts, all on this machine: `make bench-cluster`.

Standalone clusters from pyspark's own programs run the whole pipeline in client mode, in turns and each time in a lake
of its own: one worker of one core, one of two cores, two of one core each. The seconds of the steps that Spark does are
those that their checkpoints record. The driver and the workers share the machine's cores, so on a machine of two the
gain of the second is smaller than on machines of their own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import COMMAND, Value, describe_machine, render_machine, render_table
from tests.servers.spark_cluster import SparkCluster

STEPS = ("ingest", "match", "features", "examples", "score")
LAYOUTS = {"1 worker x 1 core": (1, 1), "1 worker x 2 cores": (1, 2), "2 workers x 1 core": (2, 1)}
ONE, SAME_CORES, TWO = LAYOUTS


def main() -> None:
    """Measure, print, and write the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-cluster", description=__doc__)
    parser.add_argument("--source", default="bundled", help="what to run; larger ones show more")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each layout")
    parser.add_argument("--memory", default="1g", help="heap of each executor")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    machine = describe_machine()
    figures: dict[str, list[dict[str, float]]] = {name: [] for name in LAYOUTS}
    for _ in range(asked.rounds):
        for name, (workers, cores) in LAYOUTS.items():
            figures[name].append(seconds_by_step(asked.source, workers, cores, asked.memory))
    print(f"{render_machine(machine)}\n\n{render(figures)}")
    if asked.out is not None:
        asked.out.write_text(json.dumps({"machine": machine, "layouts": figures}, indent=1) + "\n", "utf-8")


def seconds_by_step(source: str, workers: int, cores: int, memory: str) -> dict[str, float]:
    """Seconds of Spark's steps of one run in a new lake on a new cluster."""
    with (
        tempfile.TemporaryDirectory(prefix="returncast-bench-") as lake,
        SparkCluster(workers, memory, cores) as cluster,
    ):
        summary = run_on(cluster, source, Path(lake), memory)
    return {step: float(summary["steps"][step]["seconds"]) for step in STEPS}


def run_on(cluster: SparkCluster, source: str, lake: Path, memory: str) -> Any:
    """The summary of a run whose executors are the cluster's."""
    settings = {
        "RETURNCAST_SPARK_MASTER": cluster.master,
        "RETURNCAST_SPARK_OPTIONS": json.dumps({"spark.executor.memory": memory}),
        "RETURNCAST_LOG_LEVEL": "WARNING",
    }
    command = [str(COMMAND), "run", "--json", "--source", source, "--lake", str(lake)]
    environment = {**os.environ, **cluster.environment, **settings}
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"The run ended with {ended.returncode}; its messages stand above.")
    return json.loads(ended.stdout)


def render(figures: Mapping[str, list[dict[str, float]]]) -> str:
    """A line a step: median seconds by layout; two workers against one worker, and against one with as many cores."""
    rows: list[tuple[Value, ...]] = []
    for step in STEPS:
        taken = {name: median(run[step] for run in runs) for name, runs in figures.items()}
        rows.append((step, *taken.values(), taken[ONE] / taken[TWO], taken[SAME_CORES] / taken[TWO]))
    return render_table(("step, seconds", *LAYOUTS, "2 x 1 gains over 1 x 1", "over 1 x 2"), rows)


if __name__ == "__main__":
    main()
