"""Time and peak memory of every step on the bundled orders: `make bench`.

Runs the whole pipeline in a lake of its own, then again, when nothing is left to do. Figures are those that each
step's checkpoint records: resident memory of the process, and of its children (the JVM and Spark's Python workers).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("returncast")


def main() -> None:
    """Measure, print a table, and write the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--source", default="bundled", help="'bundled' or the path of a mapping file")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="returncast-bench-") as lake:
        first, first_seconds = timed_run(asked.source, Path(lake))
        _, second_seconds = timed_run(asked.source, Path(lake))
    steps = {name: usage for name, usage in first["steps"].items() if usage is not None}
    print(render(steps))
    print(f"first run   {first_seconds:7.1f} s, from the command to its end")
    print(f"second run  {second_seconds:7.1f} s, nothing to do")
    if asked.out is not None:
        figures = {"steps": steps, "first_run_seconds": first_seconds, "second_run_seconds": second_seconds}
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def timed_run(source: str, lake: Path) -> tuple[dict[str, Any], float]:
    """The summary of one run of the command, and how many seconds it took."""
    began = time.monotonic()
    command = [str(COMMAND), "run", "--json", "--source", source, "--lake", str(lake)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"The run ended with {ended.returncode}; its messages stand above.")
    return json.loads(ended.stdout), time.monotonic() - began


def render(steps: Mapping[str, Mapping[str, float]]) -> str:
    """One line a step: seconds, and peak memory in MiB."""
    lines = [f"{'step':<10} {'seconds':>8} {'process MiB':>12} {'children MiB':>13}"]
    lines += [
        f"{name:<10} {usage['seconds']:>8.1f} {usage['process_peak_mib']:>12.0f} {usage['children_peak_mib']:>13.0f}"
        for name, usage in steps.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
