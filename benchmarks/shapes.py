"""Shops of every shape, with the defaults and a mapping file alone: `make bench-shapes`.

Each is a made-up shop, so that the model stands between the baseline and the best possible prediction. Two are written
out in another form, as a shop would that keeps less: returns that name no order, and lines without size, style
and category. The best prediction knows what those files lost, so against it their model has more to lose.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from adapters.bootstrap.runs import composition
from adapters.entrypoints.options import use_lake
from adapters.local.snapshot_store import LocalSnapshotStore
from benchmarks.__main__ import timed_run
from benchmarks.machine import render_table
from benchmarks.regret import judged

Files = Mapping[str, pa.Table]

MAPPING = """
name = "written-out"
shape = "table"
orders = "orders.parquet"
returns = "returns.parquet"
currency = "EUR"
window_days = 60
feed_delay_days = 1

[columns]
line_id = "line_no"
order_id = "order_no"
customer_id = "customer_no"
item_id = "sku"
ordered_at = "placed_at"
quantity = "units"
unit_price = "price"
discount = "discount"
unit_cost = "cost"
dispatched_at = "shipped_at"
{columns}

[return_columns]
{returned}
returned_at = "came_back_at"
quantity = "units"
"""
BY_LINE = 'line_id = "line_no"'
BY_CUSTOMER = 'customer_id = "customer_no"\nitem_id = "sku"'
PRODUCT = 'item_group = "style"\ncategory = "category"\nsize = "size"'
LOST = ("style", "category", "size")


@dataclass(frozen=True)
class Shape:
    """A made-up shop and the form in which its files come.

    Args:
        name: what is special about it.
        source: preset with its parameters; `lines` and `seed` are added.
        mapping: text of the mapping file; None where the shop is read as it was drawn.
        written: the files as the shop keeps them.
    """

    name: str
    source: str
    mapping: str | None = None
    written: Callable[[Files], Files] = dict


def naming_no_order(files: Files) -> Files:
    """The same returns by customer and item; those of guests match nothing."""
    sold = files["orders"].select(["line_no", "customer_no", "sku"])
    returns = files["returns"].join(sold, "line_no", join_type="inner").drop_columns(["line_no"])
    return {**files, "returns": returns.sort_by([("came_back_at", "ascending"), ("sku", "ascending")])}


def without_product(files: Files) -> Files:
    """The same orders without style, category and size."""
    return {**files, "orders": files["orders"].drop_columns(list(LOST))}


SHAPES = (
    Shape(
        "returns that name no order",
        "fashion?rate=0.25",
        MAPPING.format(columns=PRODUCT, returned=BY_CUSTOMER),
        naming_no_order,
    ),
    Shape("a flag with no date", "flagged?rate=0.12"),
    Shape("rate 1 %", "fashion?rate=0.01"),
    Shape("rate 15 %", "fashion?rate=0.15"),
    Shape("rate 55 %", "fashion?rate=0.55"),
    Shape(
        "no sizes, styles, categories",
        "fashion?rate=0.25",
        MAPPING.format(columns="", returned=BY_LINE),
        without_product,
    ),
    Shape("nine guests in ten", "fashion?guests=0.9"),
    Shape("few customers come again", "fashion?orders_per_customer=1&new_customers=0.9"),
    Shape("few returns, 0.5 %", "fashion?rate=0.005"),
)


def main() -> None:
    """Measure, print a table, and write the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-shapes", description=__doc__)
    parser.add_argument("--lines", type=float, default=3e4, help="size of every shop")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", type=int, default=range(len(SHAPES)), help="numbers of shapes, from 0")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    figures = []
    for number in asked.only:
        figures.append({"shape": SHAPES[number].name, **measured(SHAPES[number], asked.lines, asked.seed)})
        print(render(figures[-1:]), flush=True)
    print(f"\n{render(figures)}")
    if asked.out is not None:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def measured(shape: Shape, lines: float, seed: int) -> dict[str, Any]:
    """Figures of a run of the whole pipeline on a shop of a shape; see `benchmarks.regret.judged`."""
    source = f"synthetic:{shape.source}&lines={lines:g}&seed={seed}"
    with tempfile.TemporaryDirectory(prefix="returncast-bench-") as scratch:
        drawn, lake = Path(scratch) / "drawn", Path(scratch) / "lake"
        if shape.mapping is None:
            timed_run(source, lake)
            return judged(lake)
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:  # so that its JVM ends before the run's begins
            apart.submit(draw, source, drawn).result()
        mapping = write_out(shape, drawn, Path(scratch))
        timed_run(str(mapping), lake)
        return judged(lake, drawn)


def draw(source: str, lake: Path) -> None:
    """Draw a made-up shop into a lake of its own."""
    use_lake(str(lake))
    composition().synthetic_source(source).snapshot()


def write_out(shape: Shape, drawn: Path, into: Path) -> Path:
    """The shop's files in the shape's form, and the path of their mapping."""
    (shop,) = LocalSnapshotStore(drawn).manifests("shop")
    files = {name: pq.read_table(shop.table(name).uri) for name in ("orders", "returns")}
    for name, table in shape.written(files).items():
        pq.write_table(table, into / f"{name}.parquet")
    mapping = into / "mapping.toml"
    mapping.write_text(shape.mapping or "", "utf-8")
    return mapping


def render(figures: list[dict[str, Any]]) -> str:
    """A row a shape: test lines, returns, then AUC and log-loss of baseline, model and the best, and Brier skill."""
    head = (
        "shape",
        "lines",
        "came back",
        "AUC base",
        "model",
        "best",
        "log-loss const",
        "base",
        "model",
        "best",
        "Brier",
    )
    rows = []
    for figure in figures:
        told = figure["predictions"]
        auc = [f"{told[name]['auc']:.3f}" for name in ("baseline", "model", "p_known")]
        loss = [f"{told[name]['log_loss']:.4f}" for name in ("constant", "baseline", "model", "p_known")]
        skill = 1 - told["model"]["brier"] / told["constant"]["brier"]
        rows.append((figure["shape"], figure["test_lines"], figure["returned"], *auc, *loss, f"{skill:+.4f}"))
    return render_table(head, rows)


if __name__ == "__main__":
    main()
