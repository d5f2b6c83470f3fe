"""Test predictions of several fits as rows that can be judged together."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa

from adapters.sklearn.evaluation.judged_rows import JudgedRows
from domain.costs import CostPolicy
from domain.days import date_of, day_number
from domain.model.recipe import LEARNERS
from ports.table_store import Row

_TEXTS = ("line_id", "order_id", "customer_id", "category")
_UNITS = ("quantity", "returned_quantity")


def pooled_rows(predictions: Sequence[Row], costs: CostPolicy) -> JudgedRows:
    """The rows of `domain.model.predictions.TEST_PREDICTIONS` in the order of `line_id`."""
    rows = sorted(predictions, key=lambda row: str(row["line_id"]))
    table = pa.table(
        {
            **{name: pa.array([row[name] for row in rows], pa.string()) for name in _TEXTS},
            "ordered_on": pa.array([_day(row["ordered_at"]) for row in rows], pa.date32()),
            **{name: pa.array([row[name] for row in rows], pa.int64()) for name in _UNITS},
            "net_value": pa.array([float(str(row["net_value"])) for row in rows], pa.float64()),
        }
    )
    chances = {name: np.array([row[f"p_{name}"] for row in rows], np.float64) for name in (*LEARNERS, "constant")}
    shares, outcomes = (np.array([row[name] for row in rows], np.float64) for name in ("unit_share", "y"))
    return JudgedRows(table, shares, outcomes, chances, costs)


def _day(moment: object) -> object:
    return date_of(day_number(moment)) if isinstance(moment, datetime) else moment
