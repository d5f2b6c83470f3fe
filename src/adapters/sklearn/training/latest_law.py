"""The law by which returns become known, as the last weeks before a fit show it.

The latest mature lines tell how long returns took at least a window ago, before the holidays or the new carrier. So the
returns that became known in the last weeks are counted by the age of their lines, and set against those to be expected
of all lines that passed that age then, were all of a line's returns known at that age: the sum of their chances at
purchase (indirect standardisation: observed by expected). The chances follow the rate of returns as far as the model
knows it, so a rate that fell is no law that changed.

A line that something was done about was still out then, and its likes that had come back before stand among the others.
So it is watched on, and the returns are added that its chance and the law before let expect of it after that day (one
step of self-consistency, Turnbull 1976). Where nearly all lines are such, the law hardly follows a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.example_rows import day_numbers, order_days
from adapters.sklearn.training.lag_law import MIN_RETURNS, elapsed
from adapters.sklearn.training.open_orders import OpenOrders, open_chances
from adapters.sklearn.training.training_set import TrainingSet
from domain.days import day_number

WATCHED_DAYS = 42  # whole weeks, and enough of them that a week of holidays is no law
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
        acted_at: the last age at which it was seen to be out before something was done about it; beyond any age where
            nothing was.
    """

    places: np.ndarray
    weights: Numbers
    begins: np.ndarray
    ends: np.ndarray
    came_at: np.ndarray
    acted_at: np.ndarray


def watched_lines(known: TrainingSet, out: OpenOrders, fit_at: date, longest: int) -> WatchedLines:
    """The lines that were watched in the last six weeks.

    Args:
        known: what the fit learns from.
        out: those of its lines whose label is not final, which stand after the mature ones in the matrix.
        fit_at: its day.
        longest: days after an order on which the last of its returns is known.
    """
    came_at = np.concatenate([_came_at(part.rows, part.returned, longest) for part in (known, out)])
    weights = np.append(known.weights, out.weights)
    acted_at = np.append(np.full(len(known.returned), _NEVER), np.where(out.acted, out.seen_days, _NEVER))
    age = day_number(fit_at) - np.append(order_days(known.rows), order_days(out.rows))
    begins, ends = np.maximum(age - WATCHED_DAYS, 0), np.minimum(age - 1, longest)
    at = np.flatnonzero(begins <= ends)
    return WatchedLines(at, weights[at], begins[at], ends[at], came_at[at], acted_at[at])


def latest_law(lines: WatchedLines, chances: Numbers, before: Sequence[float]) -> list[float]:
    """Cumulative share of returns by days from order to the day on which they were known; `before` where none was seen.

    Chances that are all too high, or returns of which only a part has a day, change the level of what is seen by what
    is expected. What was not seen, and what stands in for few returns, is put at that level.

    Args:
        lines: those that were watched of late.
        chances: the chance at purchase of each.
        before: the law of the latest mature lines, which stands in as 200 returns do.
    """
    ages, spread = len(before), np.diff(before, prepend=0.0)
    came = (lines.begins <= lines.came_at) & (lines.came_at <= lines.ends)
    if not came.any():
        return list(before)
    seen = np.bincount(lines.came_at[came], lines.weights[came], ages)
    expected = _passing(lines.begins, lines.ends, lines.weights * chances, ages)
    unseen = _unseen(lines, chances, before)
    in_sight = float((expected - unseen) @ spread)
    level = float(seen.sum()) / in_sight if in_sight > 0 else 1.0
    shares = (seen + (level * unseen + MIN_RETURNS) * spread) / (expected + MIN_RETURNS / level)
    law = np.cumsum(shares)
    return [float(share) for share in np.round(law / law[-1], _PLACES)]


def _unseen(lines: WatchedLines, chances: Numbers, before: Sequence[float]) -> Numbers:
    """By age what the chances let expect of lines that are out of sight, were all of their returns to come then."""
    acted = np.flatnonzero(lines.acted_at < lines.ends)
    acted_at = lines.acted_at[acted]
    known = elapsed(before, acted_at)
    to_come = lines.weights[acted] * open_chances(chances[acted], known)
    whole = np.divide(to_come, 1 - known, out=np.zeros_like(to_come), where=known < 1)
    return _passing(np.maximum(lines.begins[acted], acted_at + 1), lines.ends[acted], whole, len(before))


def _passing(begins: np.ndarray, ends: np.ndarray, worth: Numbers, ages: int) -> Numbers:
    """By age what the lines are worth together that were looked at when they passed it."""
    passing = np.bincount(begins, worth, ages + 1) - np.bincount(ends + 1, worth, ages + 1)
    return np.cumsum(passing)[:ages]


def _came_at(rows: pa.Table, returned: Numbers, longest: int) -> np.ndarray:
    """The age at which the return of every line was known, the longest at most; beyond any where no day of one is."""
    known_on = pc.and_(pc.is_valid(rows["return_lag_days"]), pc.is_valid(rows["return_known_on"]))
    dated = (returned == 1) & known_on.to_numpy()
    ages = np.full(rows.num_rows, _NEVER)
    back = rows.filter(pa.array(dated))
    ages[dated] = np.clip(day_numbers(back, "return_known_on") - order_days(back), 0, longest)
    return ages
