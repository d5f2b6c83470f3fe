"""The law by which returns become known, as the last weeks before a fit show it: by a life table of lines of all ages.

A line that is still out is given a chance to come yet by how long returns take now. The latest mature lines tell how
long they took two months ago, before the holidays or the new carrier. So at each age the lines that came within the
last weeks are set against those that were still out, as a life table of a period does for deaths (Preston, Heuveline
and Guillot 2001), and the law is that of lines which go through all these ages.
"""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.example_rows import (
    acted_rows,
    day_numbers,
    labels_at,
    order_days,
    training_rows,
    unsettled_rows,
)
from adapters.sklearn.training.lag_law import MIN_RETURNS
from domain.days import day_number
from domain.labels import LabelPolicy

LATEST_DAYS = 28
_COLUMNS = (
    "line_id",
    "ordered_on",
    "return_known_on",
    "return_lag_days",
    "cancelled_known_on",
    "acted_on",
    "acted_known_on",
    "available_at",
)
_PLACES = 12


def latest_law(keys: pa.Table, policy: LabelPolicy, fit_at: date) -> list[float] | None:
    """Cumulative share of returns by days from order to the day on which they were known; None where no day is known.

    Where the last 28 days have fewer than 200 returns, or no line of some age, twice as many are looked at, and so on.
    A line that something was done about is watched until then.

    Args:
        keys: the examples.
        policy: when a label is final.
        fit_at: day of the fit.
    """
    dated = keys.select(_COLUMNS)
    rows = pa.concat_tables([part(dated, policy, fit_at) for part in (training_rows, unsettled_rows)])
    acted = acted_rows(dated, fit_at)
    ordered = order_days(rows)
    until = np.full(rows.num_rows, day_number(fit_at) - 1)
    if acted.num_rows:
        rows = pa.concat_tables([rows, acted])
        ordered = np.append(ordered, order_days(acted))
        until = np.append(until, day_numbers(acted, "acted_on"))
    came_at, longest = _came_at(rows, ordered, policy, fit_at), policy.window_days + policy.recording_lag_days
    ends = np.minimum(np.minimum(came_at, until - ordered), longest)
    came = came_at == ends
    if not came.any():
        return None
    days, history = LATEST_DAYS, day_number(fit_at) - ordered.min()
    while True:
        begins = np.maximum(day_number(fit_at) - days - ordered, 0)
        watched = begins <= ends
        returns = np.bincount(ends[watched & came], minlength=longest + 1)
        out = np.cumsum(_counted(begins[watched], longest) - _counted(ends[watched] + 1, longest))[: longest + 1]
        is_enough = returns.sum() >= min(MIN_RETURNS, came.sum()) and out.all()
        if is_enough or days >= history:
            return _law(returns, out)
        days *= 2


def _came_at(rows: pa.Table, ordered: np.ndarray, policy: LabelPolicy, fit_at: date) -> np.ndarray:
    """The age at which the return of every line was known, beyond any age where none was."""
    longest = policy.window_days + policy.recording_lag_days
    dated = (labels_at(rows, fit_at) == 1) & pc.is_valid(rows.column("return_lag_days")).to_numpy()
    ages = np.full(rows.num_rows, np.iinfo(np.int64).max)
    ages[dated] = np.clip(day_numbers(rows.filter(pa.array(dated)), "return_known_on") - ordered[dated], 0, longest)
    return ages


def _counted(ages: np.ndarray, longest: int) -> np.ndarray:
    return np.bincount(ages, minlength=longest + 2)


def _law(returns: np.ndarray, out: np.ndarray) -> list[float]:
    hazards: Numbers = np.divide(returns, out, out=np.zeros(len(out)), where=out > 0)
    come = 1 - np.cumprod(1 - hazards)
    return [float(share) for share in np.round(come / come[-1], _PLACES)]
