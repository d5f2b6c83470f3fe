"""The law of lags as measured at a fit: how long the returns of the latest mature lines took.

Laws drift as carriers, free returns and labels in the parcel do, so years ago tell nothing of the orders that are open
now. Half a year holds both a season and enough returns in most shops; where it holds few, twice as long is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.example_rows import day_numbers, order_days
from domain.days import day_number
from domain.labels import LabelPolicy

LATEST_DAYS = 180
MIN_RETURNS = 200  # of fewer a share by age is off by more than drift moves it


@dataclass(frozen=True)
class Lags:
    """Returns by days from order, from 0 on."""

    returns: Numbers

    def law(self) -> list[float]:
        """Cumulative share of the returns by days from order."""
        return [float(share) for share in np.round(np.cumsum(self.returns) / self.returns.sum(), 12)]

    def mean(self) -> float:
        """Days of an average return."""
        return float(np.average(np.arange(len(self.returns)), weights=self.returns))

    def and_unseen(self, expected: Numbers, seen_days: np.ndarray, by: "Lags") -> "Lags":
        """With the returns that nobody could see of lines watched for a while (self-consistency, Turnbull 1976).

        Args:
            expected: returns after the watch, a value a line.
            seen_days: longest lag that could be seen of each; below 0 for none.
            by: how returns spread as far as is known.
        """
        cumulative = np.concatenate([[0.0], by.law()])
        ended = np.clip(seen_days, -1, len(self.returns) - 1)
        by_end = np.bincount(ended + 1, expected, minlength=len(cumulative))
        left = 1 - cumulative
        rates = np.divide(by_end, left, out=np.zeros_like(left), where=left > 0)
        return Lags(self.returns + np.diff(cumulative) * np.cumsum(rates)[:-1])


@dataclass(frozen=True)
class LagCounts:
    """The returns that the laws of lags are measured on.

    Args:
        first_day: earliest day of order, as a number.
        last_day: the latest.
        made: returns by days from order to return.
        known: the same by days from order to the day on which they were known.
    """

    first_day: int
    last_day: int
    made: Lags
    known: Lags

    def weighing(self, share: float) -> "LagCounts":
        """The same laws, as that share of the returns tells them."""
        return replace(self, made=Lags(self.made.returns * share), known=Lags(self.known.returns * share))

    def holds(self, order_day_numbers: np.ndarray) -> np.ndarray:
        """Whether lines ordered on these days are among those that the returns are of."""
        return (order_day_numbers >= self.first_day) & (order_day_numbers <= self.last_day)

    def and_unseen(self, expected: Numbers, known_days: np.ndarray, by: "LagCounts") -> "LagCounts":
        """With the returns of lines of which none was known until so many days after the order.

        Args:
            expected: returns after that, a value a line.
            known_days: days from order to the end of the watch, a value a line.
            by: how returns spread as far as is known.
        """
        delay = round(self.known.mean() - self.made.mean())  # from a return to its being known
        made = self.made.and_unseen(expected, known_days - delay, by.made)
        return replace(self, made=made, known=self.known.and_unseen(expected, known_days, by.known))


def elapsed(law: Sequence[float], seen_days: np.ndarray) -> Numbers:
    """The share of a law at the longest lags that could be seen; 0 where none could."""
    return np.where(seen_days < 0, 0.0, np.asarray(law)[np.clip(seen_days, 0, len(law) - 1)])


def lag_counts(rows: pa.Table, returned: Numbers, policy: LabelPolicy, fit_at: date) -> LagCounts | None:
    """Returns of the latest mature lines by days from order; None where no lag is known.

    Args:
        rows: the mature lines of a fit.
        returned: their labels.
        policy: when a label is final.
        fit_at: day of the fit, from whose last mature day the latest lines are counted back.
    """
    dated = (returned == 1) & pc.is_valid(rows.column("return_lag_days")).to_numpy()
    if not dated.any():
        return None
    back = rows.filter(pa.array(dated))
    last_day = day_number(policy.last_mature_day(fit_at))
    ordered = order_days(back)
    days = _days_looked_at(last_day - ordered)
    latest = last_day - ordered < days
    made = back.column("return_lag_days").to_numpy()[latest]
    known = (day_numbers(back, "return_known_on") - ordered)[latest]
    longest = policy.window_days + policy.recording_lag_days
    return LagCounts(last_day - days + 1, last_day, _counted(made, policy.window_days), _counted(known, longest))


def _counted(days: np.ndarray, longest: int) -> Lags:
    return Lags(np.bincount(np.clip(days, 0, longest), minlength=longest + 1).astype(np.float64))


def _days_looked_at(ages: np.ndarray) -> int:
    """Days back from the last mature one that hold enough of these returned lines, or all of them."""
    days = LATEST_DAYS
    while (ages < days).sum() < min(MIN_RETURNS, len(ages)):
        days *= 2
    return days
