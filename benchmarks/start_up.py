"""Seconds before anything is done: the command, a run with nothing to do, Spark's session to its first job.

`make bench-start`. The session starts in turns as Spark does by default, as the pipeline has it without a class-data
archive, and with one; each in a process of its own, in a cache of the benchmark's own. The commands are timed on a lake
where everything is done, which a first run makes; its time is printed too (`--without-run` leaves both out).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median

from adapters.local.java import find_java
from adapters.spark.session.class_archive import ClassArchives
from adapters.spark.session.jars import bundled_jars
from benchmarks.machine import COMMAND, describe_machine, render_machine, render_table

ARCHIVE_S = 60
STOCK = "Spark's defaults"
PLAIN = "no UI, in-memory catalog"
ARCHIVED = "the same with a class-data archive"

_STOCK = """
from adapters.local.java import use_java
use_java()
from pyspark.sql import SparkSession
session = SparkSession.builder.master("local[*]").config("spark.log.level", "ERROR").getOrCreate()
session.range(1000).selectExpr("sum(id)").collect()
"""
_OURS = """
import sys
from pathlib import Path
from adapters.local.java import find_java, use_java
use_java()
from adapters.spark.session.class_archive import ClassArchives
from adapters.spark.session.spark_session import SharedSession
archives = ClassArchives(Path(sys.argv[1]), find_java().home) if len(sys.argv) > 1 else None
SharedSession(archives=archives)().range(1000).selectExpr("sum(id)").collect()
"""


def main() -> None:
    """Measure, print, and write the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without-run", action="store_true", help="time the sessions and --help alone")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    machine = describe_machine()
    with tempfile.TemporaryDirectory(prefix="returncast-bench-") as place:
        figures = measure(Path(place), asked.rounds, with_run=not asked.without_run)
    print(f"{render_machine(machine)}\n\n{render(figures)}")
    if asked.out is not None:
        asked.out.write_text(json.dumps({"machine": machine, "seconds": figures}, indent=1) + "\n", "utf-8")


def measure(place: Path, rounds: int, *, with_run: bool) -> dict[str, list[float]]:
    """Seconds of every round by what was started; the first run stands alone."""
    cache = place / "archives"
    run = [str(COMMAND), "run", "--json", "--lake", str(place / "lake")]
    figures: dict[str, list[float]] = {}
    if with_run:
        figures["first run of the bundled orders"] = [timed(run)]
    leave_an_archive(cache)
    started: dict[str, Callable[[], float]] = {
        STOCK: partial(timed, [sys.executable, "-c", _STOCK]),
        PLAIN: partial(timed, [sys.executable, "-c", _OURS]),
        ARCHIVED: partial(timed, [sys.executable, "-c", _OURS, str(cache)]),
        "returncast --help": partial(timed, [str(COMMAND), "--help"]),
    }
    if with_run:
        started["returncast run, nothing to do"] = partial(timed, run)
    for _ in range(rounds):
        for name, start in started.items():
            figures.setdefault(name, []).append(start())
    return figures


def leave_an_archive(cache: Path) -> None:
    """Start a session that leaves an archive, and wait until it is written."""
    timed([sys.executable, "-c", _OURS, str(cache)])
    ends = time.monotonic() + ARCHIVE_S
    archives = ClassArchives(cache, find_java().home)
    jars = list(bundled_jars().glob("*.jar"))
    while "SharedArchiveFile" not in archives.java_options(jars):
        if time.monotonic() > ends:
            sys.exit("The JVM left no class-data archive.")
        time.sleep(1)


def timed(command: list[str]) -> float:
    """Seconds of a command, by whose end its JVM may still be going; ends the benchmark when it fails."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as told:
        ended = subprocess.run(command, stdout=told, stderr=told, env=dict(os.environ), check=False)
        if ended.returncode != 0:
            told.seek(0)
            sys.exit(told.read().decode(errors="replace"))
    return time.monotonic() - began


def render(figures: Mapping[str, list[float]]) -> str:
    """A line for each thing that was started: median seconds, the fastest, and the ratio to Spark's defaults."""
    stock = median(figures[STOCK])
    rows = [
        (name, median(seconds), min(seconds), median(seconds) / stock if name in {PLAIN, ARCHIVED} else None)
        for name, seconds in figures.items()
    ]
    return render_table(("what", "median s", "fastest s", "ratio to defaults"), rows)


if __name__ == "__main__":
    main()
