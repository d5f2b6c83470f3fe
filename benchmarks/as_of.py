"""As-of features of made-up lines, Parquet to Parquet: the operator against DuckDB, pandas and other forms.

`make bench-as-of ARGS="--lines 5e6"`. Engines take turns, each in a process that stays open, so that start-up is apart;
every result is compared with DuckDB's. Prints medians and ratios.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.as_of_lines import Shop
from benchmarks.as_of_sql import names

SHOPS = ("plain", "skew", "text", "years")
FIGURES = ("seconds", "cpu_seconds", "jvm_mib", "workers_mib", "process_mib")


class Engine:
    """A process that makes features when told to."""

    def __init__(self, name: str, threads: int, memory_gib: int) -> None:
        command = [sys.executable, "-m", "benchmarks.as_of_engines", name, str(threads), str(memory_gib)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = name
        self.start_seconds: float = self._answer()["start_seconds"]

    def turn(self, source: Path, target: Path) -> dict[str, float]:
        """Figures of one run over a file."""
        assert self._process.stdin is not None  # noqa: S101 (it was opened as a pipe)
        self._process.stdin.write(f"{source} {target}\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None  # noqa: S101
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, float] = json.loads(line)
                return answer
        sys.exit(f"{self.name} ended early; its messages stand above.")


def main() -> None:
    """Measure and print; writes the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-as-of", description=__doc__)
    parser.add_argument("--lines", type=float, default=1e6)
    parser.add_argument(
        "--engines",
        nargs="+",
        default=["duckdb", "inquiry"],
        help="also: pandas, floor (the stages without Spark), and names in as_of_forms",
    )
    parser.add_argument("--shops", nargs="+", default=["plain"], choices=SHOPS)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-gib", type=int, default=4, help="of the JVM's heap, and of DuckDB")
    parser.add_argument("--place", type=Path, help="directory for the files; default a temporary one")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="returncast-bench-", dir=asked.place) as place:
        figures = measure(asked, Path(place))
    print(render(figures))
    if asked.out is not None:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def measure(asked: argparse.Namespace, place: Path) -> dict[str, Any]:
    """Medians by shop and engine; an engine is open only for its turns with all shops, in turns with the others."""
    sources = {shop: place / f"{shop}.parquet" for shop in asked.shops}
    for shop, source in sources.items():
        shop_of(shop, int(asked.lines)).write(source)
    engines = [Engine(name, asked.threads, asked.memory_gib) for name in asked.engines]
    turns: dict[str, dict[str, list[dict[str, float]]]] = {shop: {e.name: [] for e in engines} for shop in sources}
    for _ in range(asked.turns):
        for shop, source in sources.items():
            for engine in engines:
                turns[shop][engine.name].append(engine.turn(source, target_of(place, shop, engine.name)))
    differing = {shop: differences(place, shop, asked.engines) for shop in sources}
    for engine in engines:
        engine.close()
    medians = {shop: {name: medians_of(taken) for name, taken in by.items()} for shop, by in turns.items()}
    starts = {engine.name: engine.start_seconds for engine in engines}
    return {
        "lines": int(asked.lines),
        "medians": medians,
        "start_seconds": starts,
        "differing": differing,
        "turns": turns,
    }


def shop_of(name: str, lines: int) -> Shop:
    """The made-up lines by the name of what is special about them."""
    special: dict[str, dict[str, Any]] = {
        "plain": {},
        "skew": {"customer_share": 0.02, "item_share": 0.05},
        "text": {"long_keys": True},
        "years": {"years": 10},
    }
    return Shop(lines, **special[name])


def target_of(place: Path, shop: str, engine: str) -> Path:
    """Where an engine's features of a shop go: a file, or for Spark a directory."""
    return place / f"{shop}-{engine}" / "features.parquet"


def medians_of(turns: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Of each figure."""
    taken = list(turns)
    return {name: median(turn[name] for turn in taken) for name in FIGURES}


def differences(place: Path, shop: str, engines: Iterable[str]) -> dict[str, int]:
    """How many lines of each engine's features are not in DuckDB's, equal in every column; and the other way."""
    columns = ", ".join(["line_id", *names()])
    tables = {
        name: f"(SELECT {columns} FROM read_parquet('{_files(target_of(place, shop, name))}'))" for name in engines
    }
    if "duckdb" not in tables:
        return {}
    counted = {}
    for name, table in tables.items():
        different = " OR ".join(f"a.{column} IS DISTINCT FROM b.{column}" for column in names())
        query = f"SELECT count(*) FROM {table} a FULL JOIN {tables['duckdb']} b USING (line_id) WHERE {different}"
        [(counted[name],)] = duckdb.sql(query).fetchall()
    return counted


def render(figures: Mapping[str, Any]) -> str:
    """A table for people."""
    lines = [
        f"{figures['lines']:,} lines",
        f"{'shop':<7} {'engine':<11} {'s':>7} {'CPU s':>7} {'ratio':>6} {'JVM':>6} {'Python':>7} {'differ':>7}",
    ]
    for shop, by in figures["medians"].items():
        base = by.get("duckdb", {}).get("seconds")
        for name, of in by.items():
            seconds, cpu = of["seconds"], of["cpu_seconds"]
            ratio = f"{of['seconds'] / base:.2f}" if base else "-"
            python = of["workers_mib"] if of["jvm_mib"] else of["process_mib"]
            differ = figures["differing"][shop].get(name, "-")
            lines.append(
                f"{shop:<7} {name:<11} {seconds:>7.1f} {cpu:>7.1f} {ratio:>6} "
                f"{of['jvm_mib']:>6.0f} {python:>7.0f} {differ:>7}"
            )
    lines.append("ratio: to DuckDB's seconds; memory in MiB, Python: workers, or the engine's own process;")
    lines.append("differ: lines that are not as DuckDB's")
    lines += [f"start of {name}: {seconds:.1f} s" for name, seconds in figures["start_seconds"].items()]
    return "\n".join(lines)


def _files(target: Path) -> str:
    return f"{target}/*.parquet" if target.is_dir() else str(target)


if __name__ == "__main__":
    main()
