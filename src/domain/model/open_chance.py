"""The chance that a line still comes back, given that it has not until now.

With `p` the chance at purchase and `F` the share of returns that would be known by now if they came, the
chance of a line without a known return is `p (1 - F) / (1 - p F)` by Bayes' rule (delayed feedback, Chapelle 2014).
A law is a list of cumulative shares by days from order to the day on which a return was known, from day 0. How long
returns take to be recorded is part of it: the recording lag is what nearly none exceeds, while most are known at once.

Of a line of which units are back the rule says nothing: that it comes back is known, and what is asked is whether the
buyer sends more in another parcel, which few do, however likely the first was.

Lines of an order come back together. Of a line that was left behind when another of its order came back only a share of
its chance is left, which a fit measures on the shop.
"""

from collections.abc import Sequence
from datetime import date

AGAIN = 0.05  # declared: chance that more follows where some units came back; 6 of 94 such lines in the bundled data
LEFT_BEHIND = 0.3  # declared: share of its chance that is left to a line left behind, where a shop has shown few


def open_chance(p: float, share_known: float, *, returned: bool = False) -> float:
    """Chance that a line with open units still comes back, or that more of it does.

    Args:
        p: chance at purchase, 0 to 1; of a line left behind the share of it that is left.
        share_known: share of eventual returns that would be known by now, 0 to 1.
        returned: whether a return of some of its units is known.
    """
    if share_known >= 1:
        return 0.0
    still_comes = p * (1 - share_known) / (1 - p * share_known)
    return min(still_comes, AGAIN) if returned else still_comes


def visible_lag_days(ordered_on: date, as_of: date) -> int:
    """The most days after the order on which a return known at the start of `as_of` was known; below 0 for none."""
    return (as_of - ordered_on).days - 1


def share_known(law: Sequence[float], lag_days: int) -> float:
    """Share of eventual returns that are known within that many days of the order; an empty law knows of none.

    Args:
        law: cumulative shares by lag in days from 0, not decreasing; past its end the last share holds.
        lag_days: days from order until then; below 0 nothing can be known.
    """
    if not law or lag_days < 0:
        return 0.0
    return law[min(lag_days, len(law) - 1)]
