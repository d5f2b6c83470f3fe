"""What the benchmarks share: a description of the machine they ran on, the command they run, and tables to print."""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import psutil

from adapters.local.java import find_java

Value: TypeAlias = str | int | float | None

GIB = 1 << 30
COMMAND = Path(sys.executable).with_name("returncast")


def describe_machine(*distributions: str) -> dict[str, Value]:
    """Processor, cores, memory, load before the measurement, operating system and versions, by name.

    Args:
        distributions: names of further Python distributions whose versions matter here.
    """
    versions = {name: version(name) for name in ("pyspark", "pyarrow", "numpy", *distributions)}
    return {
        "processor": processor_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory GiB": round(psutil.virtual_memory().total / GIB, 1),
        "load before": round(psutil.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "Java": java_version(),
        "Python": platform.python_version(),
        **versions,
    }


def processor_model() -> str:
    """The processor's name as the system tells it."""
    told = Path("/proc/cpuinfo")
    if told.is_file():
        named = re.search(r"^model name\s*:\s*(.+)$", told.read_text("utf-8"), re.MULTILINE)
        if named:
            return named[1].strip()
    return platform.processor() or platform.machine()


def java_version() -> str:
    """The first line that the Java which Spark would use says of itself."""
    told = subprocess.run([find_java().executable, "-version"], capture_output=True, text=True, check=False)
    return (told.stderr.splitlines() or ["unknown"])[0]


def render_machine(machine: Mapping[str, Value]) -> str:
    """The description as lines of text."""
    width = max(len(name) for name in machine)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in machine.items())


def render_table(head: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """A table in Markdown that can be read as it stands: the first column to the left, the others to the right.

    Args:
        head: the columns' names.
        rows: a value a column; None is an empty cell.
    """
    cells = [list(head), *([_shown(value) for value in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    rule = [f":{'-' * (widths[0] - 1)}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    return "\n".join(f"| {' | '.join(_aligned(row, widths))} |" for row in (cells[0], rule, *cells[1:]))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else value
    if value and abs(value) < 0.001:
        return f"{value:.1e}"
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
