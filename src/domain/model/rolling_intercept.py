"""Which lines move the level of a fit that was made some time ago: those that matured since.

The intercept of a day is fitted on the lines that matured in the days before it, lay outside the fit's training
window, and are predicted by that same fit. It follows a level that drifts, and sees nothing of the day itself.

The fit's level is taken as right on its day, and to move as a random walk from then on: so what few lines say soon
after a fit moves it little.
"""

from datetime import date, timedelta

from domain.labels import LabelPolicy
from domain.model.fits import Window

MATURED_WITHIN_DAYS = 31
MIN_LINES = 200  # fewer say nothing about the level, and the intercept is 0
MONTHLY_DRIFT = 0.125  # standard deviation of a level's move in 31 days, logits; docs/quality.md tells what it rests on
_MONTH = 31


def matured_since_fit(policy: LabelPolicy, fit_at: date, day: date) -> Window | None:
    """Days of order of the lines that matured in the 31 days before `day` and after the fit; None when none can.

    Args:
        policy: when a label is final.
        fit_at: day of the fit.
        day: the day that the intercept is for.
    """
    last = policy.last_mature_day(day)
    outside = policy.last_mature_day(fit_at) + timedelta(days=1)
    first = max(outside, last - timedelta(days=MATURED_WITHIN_DAYS - 1))
    return Window(first, last) if first <= last else None


def held_at_zero(fit_at: date, day: date) -> float:
    """Information that holds the intercept of `day` at 0, in units of a line's `p (1 - p)`: a drift's inverse variance.

    Args:
        fit_at: day of the fit.
        day: a later day.
    """
    return _MONTH / (MONTHLY_DRIFT**2 * (day - fit_at).days)
