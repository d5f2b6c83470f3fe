"""Features that alone tell the outcome, measured on many rows at once, are those that the reference names."""

import math
import time

import numpy as np
import pyarrow as pa
import pytest

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation.revealing import MAX_ROWS, revealing_figures
from adapters.sklearn.prediction.predictor import Predictor
from adapters.sklearn.training.smoothed_rates import SmoothedRates
from domain.model.leaks import single_feature_auc


def predictor(*features: str) -> Predictor:
    return Predictor("mean", features, {}, SmoothedRates(0.3, {}, {}), None, "content", {})


def drawn(rows: int, share: float = 0.3) -> tuple[pa.Table, Numbers]:
    draws = np.random.default_rng(3)
    y = (draws.random(rows) < share).astype(float)
    table = pa.table(
        {
            "refund": np.where(y == 1, draws.integers(1, 9, rows), 0.0),
            "delivered": [None if came else day for came, day in zip(y, draws.random(rows), strict=True)],
            "half": [None if came and row % 2 else came for row, came in enumerate(y.tolist())],
            "helpful": y + 3 * draws.random(rows),
            "constant": np.ones(rows),
            "empty": pa.nulls(rows, pa.float64()),
        }
    )
    return table, y


def test_the_figures_are_those_of_the_reference_missing_values_and_both_directions_included() -> None:
    table, y = drawn(600)
    found = revealing_figures(predictor(*table.column_names), table, y)
    assert [entry["feature"] for entry in found] == ["delivered", "refund"]
    for entry in found:
        values = table.column(entry["feature"]).to_pylist()
        assert entry["auc"] == pytest.approx(single_feature_auc(values, y.astype(int).tolist()))


def test_an_infinite_value_is_a_missing_one() -> None:
    table, y = drawn(600)
    values = np.where(y == 1, math.inf, 5.0)
    (found,) = revealing_figures(predictor("odd"), table.append_column("odd", pa.array(values)), y)
    assert found == {"feature": "odd", "auc": 1.0}


def test_of_too_few_lines_of_an_outcome_nothing_is_said() -> None:
    table, _ = drawn(100)
    y = np.append(np.ones(19), np.zeros(81))
    table = table.append_column("known", pa.array(y))
    assert revealing_figures(predictor("known"), table, y) == []
    assert revealing_figures(predictor("known"), table.slice(0, 0), y[:0]) == []


def test_many_rows_are_looked_at_in_a_bounded_sample_of_all_of_them() -> None:
    table, y = drawn(25 * MAX_ROWS, share=0.02)
    wide = table.select(["refund"])
    for number in range(119):
        wide = wide.append_column(f"helpful{number}", table.column("helpful"))
    started = time.process_time()
    found = revealing_figures(predictor(*wide.column_names), wide, y)
    assert time.process_time() - started < 10  # about one second; of all rows it would take a minute
    assert [entry["feature"] for entry in found] == ["refund"]
