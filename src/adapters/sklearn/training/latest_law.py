"""The law by which returns become known, as the last weeks before a fit show it.

The latest mature lines tell how long returns took two months ago, before the holidays or the new carrier. So the
returns that became known in the last weeks are counted by the age of their lines, and set against those to be expected
of all lines that passed that age then, were all of a line's returns known at that age: the sum of their chances at
purchase (indirect standardisation: observed by expected). The chances follow the rate of returns as far as the model
knows it, so a rate that fell is no law that changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.example_rows import day_numbers, order_days
from adapters.sklearn.training.lag_law import MIN_RETURNS
from adapters.sklearn.training.training_set import TrainingSet
from domain.days import day_number

LATEST_DAYS = 42  # whole weeks, and enough of them that a week of holidays is no law
_PLACES = 12
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class WatchedLines:
    """Lines of a fit that passed some age within its window in the last weeks before it.

    Args:
        places: their rows in the matrix.
        weights: how many lines each stands for.
        begins: age in days of each from which on it is looked at.
        ends: the last age at which a return of it could have been seen, at least `begins`.
        came_at: the age at which its return was known; beyond any age where none was.
    """

    places: np.ndarray
    weights: Numbers
    begins: np.ndarray
    ends: np.ndarray
    came_at: np.ndarray


def watched_lines(known: TrainingSet, fit_at: date, longest: int) -> WatchedLines:
    """The lines that were watched in the last six weeks.

    Args:
        known: what the fit learns from.
        fit_at: its day.
        longest: days after an order on which the last of its returns is known.
    """
    today = day_number(fit_at)
    ordered, came_at, weights = order_days(known.rows), _came_at(known.rows, known.returned), known.weights
    until = today - 1 - ordered
    if known.open is not None:
        out = known.open
        days = order_days(out.rows)
        ordered, weights = np.append(ordered, days), np.append(weights, out.weights)
        came_at = np.append(came_at, _came_at(out.rows, out.returned))
        until = np.append(until, np.where(out.acted, out.seen_days, today - 1 - days))
    begins, ends = np.maximum(today - LATEST_DAYS - ordered, 0), np.minimum(until, longest)
    at = np.flatnonzero(begins <= ends)
    return WatchedLines(at, weights[at], begins[at], ends[at], np.minimum(came_at[at], longest + 1))


def latest_law(lines: WatchedLines, chances: Numbers, before: Sequence[float]) -> list[float]:
    """Cumulative share of returns by days from order to the day on which they were known.

    Args:
        lines: those that were watched of late.
        chances: the chance at purchase of each.
        before: the law of the latest mature lines, which stands in as 200 returns do.
    """
    ages = len(before)
    came = (lines.begins <= lines.came_at) & (lines.came_at <= lines.ends)
    returns = np.bincount(lines.came_at[came], lines.weights[came], ages)
    chance = lines.weights * chances
    passing = np.bincount(lines.begins, chance, ages + 1) - np.bincount(lines.ends + 1, chance, ages + 1)
    expected = np.cumsum(passing)[:ages]
    shares = (returns + MIN_RETURNS * np.diff(before, prepend=0.0)) / (expected + MIN_RETURNS)
    law = np.cumsum(shares)
    return [float(share) for share in np.round(law / law[-1], _PLACES)]


def _came_at(rows: pa.Table, returned: Numbers) -> np.ndarray:
    """The age at which the return of every line was known; beyond any where none was or its day is not known."""
    dated = (
        (returned == 1)
        & pc.is_valid(rows["return_lag_days"]).to_numpy()
        & pc.is_valid(rows["return_known_on"]).to_numpy()
    )
    ages = np.full(rows.num_rows, _NEVER)
    back = rows.filter(pa.array(dated))
    ages[dated] = np.maximum(day_numbers(back, "return_known_on") - order_days(back), 0)
    return ages
