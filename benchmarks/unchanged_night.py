"""What a night costs on which nothing changed: seconds and S3 requests, beside the same lake in a directory.

`make bench-night`. The pipeline runs once on a lake in a directory and once on a real S3 server (MinIO where its
program is found, else moto's), then several times more on each, in turns. Requests are counted by a proxy in front of
the server; their medians and those of the seconds are printed, with the ratio.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import COMMAND
from tests.servers.fault_proxy import FaultProxy
from tests.servers.s3 import S3Server


def main() -> None:
    """Measure and print; writes the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-night", description=__doc__)
    parser.add_argument("--source", default="bundled", help="'bundled' or the path of a mapping file")
    parser.add_argument("--nights", type=int, default=5, help="unchanged runs on each lake")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="returncast-bench-") as place, S3Server() as server:
        with FaultProxy(server) as proxy:
            keys = {**server.environment, "MINIO_ENDPOINT": proxy.endpoint}
            figures = measure(Path(place), keys, proxy, asked.source, asked.nights)
        figures["server"] = server.kind
    print(render(figures))
    if asked.out is not None:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def measure(place: Path, keys: Mapping[str, str], proxy: FaultProxy, source: str, nights: int) -> dict[str, Any]:
    """Seconds of the first and of every unchanged run on both lakes, and the requests of each run on S3 by kind."""
    lakes = {"directory": str(place / "lake"), "S3": "s3://night"}
    first = {name: timed_run(place, keys, lake, source, expect_work=True) for name, lake in lakes.items()}
    requests = [dict(proxy.counts)]
    unchanged: dict[str, list[float]] = {name: [] for name in lakes}
    for _ in range(nights):
        for name, lake in lakes.items():
            proxy.forget()
            unchanged[name].append(timed_run(place, keys, lake, source, expect_work=False))
        requests.append(dict(proxy.counts))
    return {"first": first, "unchanged": unchanged, "first_requests": requests[0], "requests": requests[1:]}


def timed_run(place: Path, keys: Mapping[str, str], lake: str, source: str, *, expect_work: bool) -> float:
    """Seconds of one run of the command; ends the benchmark when it fails or does not do as expected."""
    began = time.monotonic()
    command = [str(COMMAND), "run", "--json", "--source", source, "--lake", lake]
    environment = {**os.environ, **keys, "RETURNCAST_LOG_LEVEL": "WARNING"}
    ended = subprocess.run(command, env=environment, cwd=place, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"The run ended with {ended.returncode}; its messages stand above.")
    if bool(json.loads(ended.stdout)["executed"]) != expect_work:
        sys.exit(f"A run on the lake {lake} should{'' if expect_work else ' not'} have had steps to do.")
    return time.monotonic() - began


def render(figures: Mapping[str, Any]) -> str:
    """A table for people."""
    unchanged = {name: median(seconds) for name, seconds in figures["unchanged"].items()}
    lines = [f"{'lake':<12} {'first run s':>12} {'unchanged s (median)':>21}"]
    lines += [f"{name:<12} {figures['first'][name]:>12.1f} {seconds:>21.2f}" for name, seconds in unchanged.items()]
    lines.append(f"ratio of unchanged nights, S3 to directory: {unchanged['S3'] / unchanged['directory']:.2f}")
    lines.append(f"requests of the first run ({figures['server']}): {_listed(figures['first_requests'])}")
    nights = [Counter(night) for night in figures["requests"]]
    typical = {kind: int(median(night[kind] for night in nights)) for kind in sorted(set().union(*nights))}
    lines.append(f"requests of an unchanged night (medians): {_listed(typical)}")
    return "\n".join(lines)


def _listed(counts: Mapping[str, int]) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items(), key=lambda pair: -pair[1]))
    return f"{sum(counts.values())} ({kinds})"


if __name__ == "__main__":
    main()
