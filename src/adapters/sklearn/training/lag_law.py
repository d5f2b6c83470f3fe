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
from adapters.sklearn.training.example_rows import order_days
from domain.days import day_number
from domain.labels import LabelPolicy

LATEST_DAYS = 180
MIN_RETURNS = 200  # of fewer a share by age is off by more than drift moves it


@dataclass(frozen=True)
class LagCounts:
    """The returns that a law of lags is measured on.

    Args:
        first_day: earliest day of order, as a number.
        last_day: the latest.
        returns: by days from order, from 0 to the window.
    """

    first_day: int
    last_day: int
    returns: Numbers

    def law(self) -> list[float]:
        """Cumulative share of the returns by days from order."""
        return [float(share) for share in np.round(np.cumsum(self.returns) / self.returns.sum(), 12)]

    def weighing(self, share: float) -> "LagCounts":
        """The same law, as that share of the returns tells it."""
        return replace(self, returns=self.returns * share)

    def holds(self, order_day_numbers: np.ndarray) -> np.ndarray:
        """Whether lines ordered on these days are among those that the returns are of."""
        return (order_day_numbers >= self.first_day) & (order_day_numbers <= self.last_day)

    def and_unseen(self, expected: Numbers, seen_days: np.ndarray, law: Sequence[float]) -> "LagCounts":
        """With the returns that nobody could see of lines that were watched for a while, as the law spreads them.

        Args:
            expected: returns after the watch, a value a line.
            seen_days: longest lag that could be seen of each; below 0 for none.
            law: how returns spread as far as is known.
        """
        shares = np.diff(np.concatenate([[0.0], law]))
        ended = np.clip(seen_days, -1, len(law) - 1)
        by_end = np.bincount(ended + 1, expected, minlength=len(law) + 1)
        left = 1 - np.concatenate([[0.0], law])
        rates = np.divide(by_end, left, out=np.zeros_like(left), where=left > 0)
        return replace(self, returns=self.returns + shares * np.cumsum(rates)[:-1])


def lag_counts(rows: pa.Table, returned: Numbers, policy: LabelPolicy, fit_at: date) -> LagCounts | None:
    """Returns of the latest mature lines by days from order; None where no lag is known.

    Args:
        rows: the mature lines of a fit.
        returned: their labels.
        policy: when a label is final.
        fit_at: day of the fit, from whose last mature day the latest lines are counted back.
    """
    dated = (returned == 1) & pc.is_valid(rows.column("return_lag_days")).to_numpy()
    lags = rows.column("return_lag_days").filter(pa.array(dated)).to_numpy()
    if not len(lags):
        return None
    last_day = day_number(policy.last_mature_day(fit_at))
    ages = last_day - order_days(rows)[dated]
    days = _days_looked_at(ages)
    latest = np.clip(lags[ages < days], 0, policy.window_days)
    counted = np.bincount(latest, minlength=policy.window_days + 1).astype(np.float64)
    return LagCounts(last_day - days + 1, last_day, counted)


def _days_looked_at(ages: np.ndarray) -> int:
    """Days back from the last mature one that hold enough of these returned lines, or all of them."""
    days = LATEST_DAYS
    while (ages < days).sum() < min(MIN_RETURNS, len(ages)):
        days *= 2
    return days
