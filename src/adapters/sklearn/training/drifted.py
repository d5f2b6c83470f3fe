"""Features that have moved since the lines of a fit were ordered: a slope would be carried too far.

The training lines end a window before the fit. Where a shop's history is short, what counts a past has grown by then,
and a season moves the prices. The logistic regression would carry its slope on to values that it never saw, where the
trees stay with what they know. So the training lines are compared with those of the last days before the fit, which
needs no label, and it does without the features that moved.

What a slope is carried by is a distance, so a distance is what is measured: Wasserstein's of order 1 (the mean by which
sorted values differ), in standard deviations of the training lines, of the column that the regression sees. An index of
shares, such as the population stability index, calls a rate that has a few values moved as soon as these change at all.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers, encode_matrix, frequent_levels
from adapters.sklearn.design import DesignColumn, fit_design
from domain.days import day_number

RECENT_DAYS = 28
MIN_LINES = 200  # fewer of either say nothing
MIN_VALUES = 50  # fewer that are not missing say nothing
MOST_LINES = 4_000  # of each are looked at
_QUANTILES = (np.arange(200) + 0.5) / 200


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
    """The features that have moved by more than a bound, with by how much; none where the lines are too few.

    A feature moves as far as that of its columns which moves furthest; how many of its values are missing counts for
    nothing: that flag stays between 0 and 1, while a slope of the values would reach further than it was fitted on.

    Args:
        training: lines that a fit learns from.
        recent: lines of the last days before it.
        features: columns of both.
        bound: standard deviations of the training lines above which a feature has moved.
    """
    before = spread(training)
    if min(before.num_rows, recent.num_rows) < MIN_LINES:
        return {}
    levels = frequent_levels(before, features)
    then, now = (encode_matrix(rows, features, levels) for rows in (before, recent))
    found = dict.fromkeys(features, 0.0)
    for column in fit_design(then, features, levels):
        if column.kind != "missing":
            name = features[column.feature]
            found[name] = max(found[name], _distance(column, then[:, column.feature], now[:, column.feature]))
    return {name: round(distance, 4) for name, distance in found.items() if distance > bound}


def _distance(column: DesignColumn, then: Numbers, now: Numbers) -> float:
    before, after = (column.values(raw[~np.isnan(raw)]) for raw in (then, now))
    if min(len(before), len(after)) < MIN_VALUES:
        return 0.0
    apart = np.abs(np.quantile(before, _QUANTILES) - np.quantile(after, _QUANTILES)).mean()
    return float(apart / before.std())
