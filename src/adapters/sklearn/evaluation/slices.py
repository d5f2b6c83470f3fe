"""How well a model does on parts of the test: category, known and new customers, price band, month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation import metrics
from adapters.sklearn.evaluation.bootstrap import Metric, interval, point
from adapters.sklearn.evaluation.judged_rows import JudgedRows
from domain.model.recipe import BASELINE
from domain.snapshot import Json

MAX_LEVELS = 20
OTHER = "other"
NO_CATEGORY = "none"
_PRICE_BANDS = 4


def slice_levels(judged: JudgedRows, first_orders: dict[str, int]) -> dict[str, list[str]]:
    """By dimension the level of every row.

    Args:
        judged: the test lines.
        first_orders: by customer the day number of their first line in the examples.
    """
    return {
        "category": _bounded([category or NO_CATEGORY for category in judged.rows.column("category").to_pylist()]),
        "customer": _customer_levels(judged.rows, first_orders),
        "price_band": _price_bands(judged.prices),
        "month": [day.isoformat()[:7] for day in judged.rows.column("ordered_on").to_pylist()],
    }


def slice_figures(judged: JudgedRows, learner: str, levels: Mapping[str, Sequence[str]]) -> list[dict[str, Json]]:
    """One entry a level of every dimension, with the learner's figures and the baseline's log-loss."""
    costs = judged.realised_costs(judged.chances[learner])
    return [
        {"dimension": dimension, "value": level, **_figures(judged, learner, np.array(of_rows) == level, costs)}
        for dimension, of_rows in levels.items()
        for level in sorted(set(of_rows))
    ]


def _figures(judged: JudgedRows, learner: str, members: np.ndarray, costs: Numbers) -> dict[str, Json]:
    p, y = judged.chances[learner][members], judged.outcomes[members]
    baseline = metrics.log_losses(judged.chances[BASELINE][members], y)
    weights = judged.resamples[:, members]
    measured: dict[str, Metric] = {
        "log_loss": metrics.weighted_mean(metrics.log_losses(p, y)),
        "brier": metrics.weighted_mean(metrics.squared_errors(p, y)),
        "auc": metrics.roc_auc(p, y),
        "ece": metrics.calibration_error(p, y),
        "calibration_intercept": metrics.calibration_intercept(p, y),
        "cost_per_1000": metrics.weighted_mean(1_000 * costs[members]),
    }
    figures: dict[str, Json] = {
        "lines": int(members.sum()),
        "positives": int(y.sum()),
        "positive_share": float(y.mean()),
        "mean_p": float(p.mean()),
        "baseline_log_loss": point(metrics.weighted_mean(baseline), len(y)),
    }
    for name, metric in measured.items():
        found = interval(metric, weights)
        figures[name] = None if found is None else found.value
        figures[f"{name}_low"] = None if found is None else found.low
        figures[f"{name}_high"] = None if found is None else found.high
    return figures


def _customer_levels(rows: pa.Table, first_orders: dict[str, int]) -> list[str]:
    days = rows.column("ordered_on").cast(pa.date32()).cast(pa.int32()).to_pylist()
    customers = rows.column("customer_id").to_pylist()
    return [_customer_level(customer, day, first_orders) for customer, day in zip(customers, days, strict=True)]


def _customer_level(customer: str | None, day: int, first_orders: dict[str, int]) -> str:
    if customer is None:
        return "guest"
    return "known" if first_orders.get(customer, day) < day else "new"


def _price_bands(prices: Numbers) -> list[str]:
    edges = np.unique(np.quantile(prices, np.arange(1, _PRICE_BANDS) / _PRICE_BANDS))
    bounds = [f"{edge:.2f}" for edge in edges]
    between = [f"{n}: {low} to {high}" for n, (low, high) in enumerate(pairwise(bounds), start=2)]
    names = [f"1: under {bounds[0]}", *between, f"{len(bounds) + 1}: {bounds[-1]} and more"]
    return [names[band] for band in np.searchsorted(edges, prices, side="right")]


def _bounded(levels: Sequence[str]) -> list[str]:
    ranked = sorted(Counter(levels).items(), key=lambda item: (-item[1], item[0]))
    kept = {level for level, _ in ranked[:MAX_LEVELS]}
    return [level if level in kept else OTHER for level in levels]
