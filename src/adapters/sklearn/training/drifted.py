"""Features that have moved since the lines of a fit were ordered: a slope would be carried too far.

The training lines end a window before the fit. Where a shop's history is short, what counts a past has grown by then,
and a season moves the prices. The logistic regression would carry its slope on to values that it never saw, where the
trees stay with what they know. So the training lines are compared with those of the last days before the fit, which
needs no label, and it does without the features that moved.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import is_text
from domain.days import day_number
from domain.monitoring.psi import category_stability, population_stability

RECENT_DAYS = 28
MIN_LINES = 200  # fewer of either say nothing
MOST_LINES = 4_000  # of each are looked at


def recent_lines(keys: pa.Table, fit_at: date) -> pa.Table:
    """Lines ordered and known within the last 28 days before a fit, spread over them, in the order of `line_id`."""
    days = keys.column("ordered_on").cast(pa.int32())
    recent = pc.and_(pc.greater_equal(days, day_number(fit_at) - RECENT_DAYS), pc.less(days, day_number(fit_at)))
    known = pc.less(keys.column("available_at").cast(pa.date32()), fit_at)
    return spread(keys.filter(pc.and_(recent, known)).sort_by("line_id"))


def spread(rows: pa.Table) -> pa.Table:
    """Every so many of the rows, as many as are looked at."""
    return rows.take(np.arange(0, rows.num_rows, max(1, -(-rows.num_rows // MOST_LINES))))


def drifted(training: pa.Table, recent: pa.Table, features: Sequence[str], bound: float) -> dict[str, float]:
    """The features whose population stability index lies above a bound, with it; none where the lines are too few.

    Args:
        training: lines that a fit learns from.
        recent: lines of the last days before it.
        features: columns of both.
        bound: index above which a feature has moved.
    """
    before = spread(training)
    if min(before.num_rows, recent.num_rows) < MIN_LINES:
        return {}
    found = {name: _stability(before.column(name), recent.column(name)) for name in features}
    return {name: round(index, 4) for name, index in found.items() if index > bound}


def _stability(before: pa.ChunkedArray, now: pa.ChunkedArray) -> float:
    measure = category_stability if is_text(before.type) else population_stability
    return measure(before.to_pylist(), now.to_pylist()) or 0.0
