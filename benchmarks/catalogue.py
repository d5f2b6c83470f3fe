"""The whole pipeline, full catalogue and all, on made-up lines: time by step, memory of JVM and Python apart, spill.

`make bench-catalogue ARGS="--lines 1e6 1e7"`. The limits are the same at every size.
Spill is what Spark's event log says.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from benchmarks.as_of_lines import Shop
from benchmarks.machine import COMMAND
from benchmarks.process_tree import TreeMeter

MAPPING = """
name = "made-up-shop"
shape = "table"
orders = "orders.csv"
returns = "returns.csv"
currency = "EUR"
repeated_rows = "separate"

[format]
multiline = false

[columns]
order_id = "order_id"
customer_id = "customer_id"
item_id = "item_id"
item_group = "item_group"
category = "category"
size = "size"
colour = "colour"
ordered_at = "ordered"
quantity = "quantity"
unit_price = "price"
discount = { share = "discount" }

[return_columns]
order_id = "order_id"
customer_id = "customer_id"
item_id = "item_id"
returned_at = "returned"
quantity = "quantity"
"""
_SIZES = ("XS", "S", "M", "L", "XL")
_COLOURS = ("black", "white", "red", "blue")
_SPILLED = ("Memory Bytes Spilled", "Disk Bytes Spilled")


def main() -> None:
    """Measure each size and print; writes the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-catalogue", description=__doc__)
    parser.add_argument("--lines", type=float, nargs="+", default=[1e6])
    parser.add_argument("--memory", default="4g", help="heap of the JVM")
    parser.add_argument("--place", type=Path, help="directory for source and lake; default a temporary one")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    figures = {}
    for lines in map(int, asked.lines):
        with tempfile.TemporaryDirectory(prefix="returncast-bench-", dir=asked.place) as place:
            figures[lines] = measure(lines, asked.memory, Path(place))
        print(render(lines, figures[lines]))
    if asked.out is not None:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def measure(lines: int, memory: str, place: Path) -> dict[str, Any]:
    """Figures of one run, in a lake of its own."""
    shop = Shop(lines)
    mapping = write_source(shop, place)
    events = place / "events"
    events.mkdir()
    options = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": events.as_uri(),
    }
    environment = {
        **os.environ,
        "RETURNCAST_DRIVER_MEMORY": memory,
        "RETURNCAST_SPARK_OPTIONS": json.dumps(options),
    }
    as_of = ("--as-of", shop.end.isoformat())
    command = [str(COMMAND), "run", "--json", "--source", str(mapping), *as_of, "--lake", str(place / "lake")]
    with TreeMeter() as meter:
        ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"The run on {lines} lines ended with {ended.returncode}; its messages stand above.")
    steps = {name: usage for name, usage in json.loads(ended.stdout)["steps"].items() if usage is not None}
    return {"steps": steps, **meter.figures(), "spilled_mib": spilled_mib(events)}


def write_source(shop: Shop, place: Path) -> Path:
    """Write `orders.csv`, `returns.csv` and the mapping; the path of the mapping."""
    named = ["order_id", "customer_id", "item_id", "quantity"]
    with (place / "orders.csv").open("wb") as orders, (place / "returns.csv").open("wb") as returns:
        for number, chunk in enumerate(shop.chunks()):
            header = csv.WriteOptions(include_header=number == 0)
            price = pc.divide(chunk["cents"].cast(pa.float64()), 100.0)
            ordered = chunk["ordered_day"].cast(pa.date32())
            sold = with_variants(chunk).select([*named, "item_group", "category", "size", "colour", "discount"])
            csv.write_csv(sold.append_column("ordered", ordered).append_column("price", price), orders, header)
            back = chunk.filter(chunk["returned_day"].is_valid())
            returned = back["returned_day"].cast(pa.date32())
            csv.write_csv(back.select(named).append_column("returned", returned), returns, header)
    mapping = place / "shop.toml"
    mapping.write_text(MAPPING, "utf-8")
    return mapping


def with_variants(chunk: pa.Table) -> pa.Table:
    """The lines with a size and a colour by their item, and a discount by their order."""
    number = pc.cast(pc.utf8_slice_codeunits(chunk["item_id"], 2), pa.int64()).to_numpy()
    discount = pa.array((chunk["order_id"].to_numpy() % 4) * 0.1)
    sizes = pa.array(_SIZES).take(pa.array(number % len(_SIZES)))
    colours = pa.array(_COLOURS).take(pa.array(number // len(_SIZES) % len(_COLOURS)))
    return chunk.append_column("size", sizes).append_column("colour", colours).append_column("discount", discount)


def spilled_mib(events: Path) -> dict[str, float]:
    """What all tasks of the event logs spilled, as it was in memory and on the disk."""
    total = dict.fromkeys(_SPILLED, 0)
    for line in _event_lines(events):
        if '"SparkListenerTaskEnd"' in line:
            metrics = json.loads(line).get("Task Metrics", {})
            total = {name: total[name] + metrics.get(name, 0) for name in _SPILLED}
    return {name: round(size / (1 << 20), 1) for name, size in total.items()}


def render(lines: int, figures: Mapping[str, Any]) -> str:
    """A table for people."""
    table = [f"{lines:,} lines"]
    table += [f"{name:<10} {usage['seconds']:>8.1f} s" for name, usage in figures["steps"].items()]
    table.append(f"{'together':<10} {figures['seconds']:>8.1f} s, {figures['cpu_seconds']:.0f} s of CPU")
    table.append(
        f"peak MiB: JVM {figures['jvm_mib']}, Python {figures['workers_mib']}; spilled: {figures['spilled_mib']}"
    )
    return "\n".join(table)


def _event_lines(events: Path) -> Iterable[str]:
    for log in sorted(path for path in events.rglob("*") if path.is_file()):
        with log.open(encoding="utf-8") as lines:
            yield from lines


if __name__ == "__main__":
    main()
