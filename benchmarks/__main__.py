"""Time and peak memory of every step on the bundled orders: `make bench`.

Runs the whole pipeline in a lake of its own, then again, when nothing is left to do; all of it `--runs` times. Figures
are those that each step's checkpoint records: resident memory of the process, and of its children (the JVM and Spark's
Python workers). Medians are printed, after a description of the machine.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import COMMAND, describe_machine, render_machine, render_table

MEASURED = ("seconds", "process_peak_mib", "children_peak_mib")


def main() -> None:
    """Measure, print a table, and write the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--source", default="bundled", help="'bundled' or the path of a mapping file")
    parser.add_argument("--runs", type=int, default=1, help="pairs of runs, each in a new lake")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    machine = describe_machine()
    runs = [measured_pair(asked.source) for _ in range(asked.runs)]
    print(f"{render_machine(machine)}\n\n{render(runs)}")
    if asked.out is not None:
        asked.out.write_text(json.dumps({"machine": machine, "runs": runs}, indent=1) + "\n", "utf-8")


def measured_pair(source: str) -> dict[str, Any]:
    """The usage of each step of a run in a new lake, and the seconds of that run and of one with nothing to do."""
    with tempfile.TemporaryDirectory(prefix="returncast-bench-") as lake:
        first, first_seconds = timed_run(source, Path(lake))
        _, second_seconds = timed_run(source, Path(lake))
    steps = {name: usage for name, usage in first["steps"].items() if usage is not None}
    return {"steps": steps, "first_run_seconds": first_seconds, "second_run_seconds": second_seconds}


def timed_run(source: str, lake: Path) -> tuple[dict[str, Any], float]:
    """The summary of one run of the command, and how many seconds it took."""
    began = time.monotonic()
    command = [str(COMMAND), "run", "--json", "--source", source, "--lake", str(lake)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"The run ended with {ended.returncode}; its messages stand above.")
    return json.loads(ended.stdout), time.monotonic() - began


def render(runs: Sequence[Mapping[str, Any]]) -> str:
    """A line a step with medians of seconds, share of the steps' time and peak memory; then the whole runs."""
    steps = {step: [median(run["steps"][step][name] for run in runs) for name in MEASURED] for step in runs[0]["steps"]}
    total = sum(seconds for seconds, *_ in steps.values())
    rows = [(step, seconds, f"{seconds / total:.0%}", *map(round, mib)) for step, (seconds, *mib) in steps.items()]
    whole = {name: median(run[f"{name}_run_seconds"] for run in runs) for name in ("first", "second")}
    return "\n".join(
        [
            render_table(("step", "seconds", "share", "process MiB", "children MiB"), rows),
            f"\nMedians of {len(runs)}, from the command to its end:",
            f"first run {whole['first']:.1f} s; second run, with nothing to do, {whole['second']:.1f} s",
        ]
    )


if __name__ == "__main__":
    main()
