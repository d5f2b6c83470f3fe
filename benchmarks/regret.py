"""How far the model is from the best possible prediction, on made-up shops: `make bench-regret`.

Runs the whole pipeline on each shop in a lake of its own, and sets what it predicted for its own test lines beside the
true chances that were kept when the shop was drawn. `regret` is the share of the log-loss that the best possible
prediction gains over the constant which the model does not gain: 0 is perfect, 1 no better than the constant. It is of
the losses to be expected if the best prediction is right, so that the chance in what came back has no part in it. The
best possible prediction is told the effects of the styles, which a model has to learn from their sales. The floor is
the regret of one that is told all else. Beside it stands one that knows the law of the shop and tells its customers
apart by what it learned of the styles (`benchmarks/ideal_learner.py`).
"""

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from adapters.local.snapshot_store import LocalSnapshotStore
from adapters.sklearn.evaluation.metrics import log_losses, roc_auc
from benchmarks.__main__ import timed_run
from benchmarks.ideal_learner import ideal_chances
from domain.snapshot import Manifest
from domain.synthetic.presets import PRESETS, shop_called

LINE = "L"  # before a line's number in the shop's files

COLUMNS = {
    "constant": "p_constant",
    "baseline": "p_baseline",
    "model": "p",
    "p_prior": "p_prior",
    "p_known": "p_known",
    "p_full": "p_full",
}


def main() -> None:
    """Measure, print a table, and write the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-regret", description=__doc__)
    parser.add_argument("--presets", nargs="+", default=list(PRESETS), choices=list(PRESETS))
    parser.add_argument("--lines", nargs="+", type=float, default=[1e5], help="sizes of the shops")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    figures = []
    for lines in asked.lines:
        for preset in asked.presets:
            source = f"synthetic:{preset}?lines={lines:g}&seed={asked.seed}"
            with tempfile.TemporaryDirectory(prefix="returncast-bench-") as lake:
                _, seconds = timed_run(source, Path(lake))
                figures.append({"source": source, "seconds": round(seconds, 1), **judged(Path(lake))})
                figures[-1] |= of_ideal_learners(source, Path(lake))
            print(render(figures[-1]), flush=True)
    if asked.out is not None:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def judged(lake: Path, drawn: Path | None = None) -> dict[str, Any]:
    """Log-loss, AUC, Brier score and regret of what a lake's only run predicted for its test lines.

    Args:
        lake: the lake of the run.
        drawn: the lake that the shop was drawn into; None for the same.
    """
    (evaluated,) = LocalSnapshotStore(lake).manifests("evaluate")
    (shop,) = LocalSnapshotStore(drawn or lake).manifests("shop")
    together = _joined(evaluated, shop)
    y = together["y"].astype(float)
    figures = {name: _figures(together[column], y) for name, column in COLUMNS.items()}
    return {
        "test_lines": len(y),
        "returned": int(y.sum()),
        "labels_unlike_truth": int((y != together["returned"]).sum()),
        "predictions": figures,
        "regret": {best: _regret(together, best) for best in ("p_known", "p_full")},
    }


def of_ideal_learners(source: str, lake: Path) -> dict[str, float]:
    """Regret against `p_known` of who is told all but the styles' effects, and of who knows the shop's law."""
    (evaluated,) = LocalSnapshotStore(lake).manifests("evaluate")
    (shop,) = LocalSnapshotStore(lake).manifests("shop")
    together = _joined(evaluated, shop)
    number = np.array([int(line_id.removeprefix(LINE)) for line_id in together["line_id"]])
    ideal = ideal_chances(shop_called(source), number.tolist())
    rank = np.argsort(ideal.lines)
    found = rank[np.searchsorted(ideal.lines, number, sorter=rank)]
    if not (ideal.lines[found] == number).all():
        raise SystemExit("Some test lines are not among the sales of the shop as it is drawn now.")
    told = {"floor": ideal.told_all_else, "knows_the_law": ideal.knows_the_law}
    return {name: _regret({**together, "p": chances[found]}, "p_known") for name, chances in told.items()}


def _joined(evaluated: Manifest, shop: Manifest) -> Mapping[str, Any]:
    """Predictions and true chances of the test lines, column by column; every line must be found."""
    predicted = pq.read_table(evaluated.table("test_predictions").uri)
    truth = pq.read_table(shop.table("truth").uri)
    joined = predicted.join(truth, "line_id", join_type="inner").sort_by("line_id")
    if joined.num_rows != predicted.num_rows or not joined.num_rows:
        raise SystemExit(f"Of {predicted.num_rows} test lines {joined.num_rows} have a true chance.")
    return {name: joined[name].to_numpy() for name in ("line_id", "y", "returned", *COLUMNS.values())}


def _figures(p: Any, y: Any) -> dict[str, float]:
    auc = float(roc_auc(p, y)(np.ones((1, len(y))))[0])
    return {"log_loss": float(log_losses(p, y).mean()), "auc": auc, "brier": float(((p - y) ** 2).mean())}


def _regret(together: Mapping[str, Any], best: str) -> float:
    return 1 - _gain(together, "p", best) / _gain(together, best, best)


def _gain(together: Mapping[str, Any], column: str, best: str) -> float:
    """By how much a column's expected log-loss is below the constant's, if chances are those of `best`."""
    return _expected_loss(together["p_constant"], together[best]) - _expected_loss(together[column], together[best])


def _expected_loss(p: Any, chance: Any) -> float:
    came, stayed = (log_losses(p, np.full(len(p), outcome)) for outcome in (1.0, 0.0))
    return float((chance * came + (1 - chance) * stayed).mean())


def render(figures: Mapping[str, Any]) -> str:
    """A table for people."""
    head = f"{figures['source']}: {figures['test_lines']:,} test lines, {figures['returned']:,} returned, "
    lines = [f"{head}{figures['seconds']:.0f} s", f"{'':<10} {'log-loss':>9} {'AUC':>7}"]
    lines += [
        f"{name:<10} {figure['log_loss']:>9.4f} {figure['auc']:>7.4f}"
        for name, figure in figures["predictions"].items()
    ]
    regret = figures["regret"]
    lines.append(
        f"regret against p_known {regret['p_known']:.3f} (floor {figures['floor']:.3f}, "
        f"knowing the law {figures['knows_the_law']:.3f}), against p_full {regret['p_full']:.3f}\n"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
