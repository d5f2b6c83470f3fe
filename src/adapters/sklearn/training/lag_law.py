"""The law of lags as measured at a fit: how long the returns of the latest mature lines took.

Laws drift as carriers, free returns and labels in the parcel do, so years ago tell nothing of the orders that are open
now. Half a year holds both a season and enough returns in most shops; where it holds few, twice as long is looked at.
"""

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


def lag_law(rows: pa.Table, returned: Numbers, policy: LabelPolicy, fit_at: date) -> list[float] | None:
    """Share of returns by days from order, cumulative, from 0 to the window; None where no lag is known.

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
    ages = day_number(policy.last_mature_day(fit_at)) - order_days(rows)[dated]
    latest = lags[ages < _days_looked_at(ages)]
    counted = np.bincount(np.clip(latest, 0, policy.window_days), minlength=policy.window_days + 1)
    return [float(share) for share in np.round(np.cumsum(counted) / len(latest), 12)]


def _days_looked_at(ages: np.ndarray) -> int:
    """Days back from the last mature one that hold enough of these returned lines, or all of them."""
    days = LATEST_DAYS
    while (ages < days).sum() < min(MIN_RETURNS, len(ages)):
        days *= 2
    return days
