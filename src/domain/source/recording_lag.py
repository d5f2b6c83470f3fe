"""How long the shop's returns take to be recorded, and what to write where labels don't wait for them.

A line is mature when its window and the recording lag are over. Where returns are recorded later than the mapping says,
lines settle as kept whose last returns are yet to be booked: rates, forecasts and the backtest are low alike.
"""

from collections.abc import Mapping

SHARE = 0.98  # of the returns; the last of all are corrections and belated bookings
MIN_RETURNS = 100  # fewer tell no such share
LONGEST_DAYS = 90  # no booking takes longer, but a history that is loaded at once does


def recording_lag(returns_by_days: Mapping[int, int]) -> int | None:
    """The days within which 98 % of the returns were recorded; None without a return that has a day.

    Args:
        returns_by_days: how many returns became known so many days after their day.
    """
    wanted, seen = SHARE * sum(returns_by_days.values()), 0
    for days, returns in sorted(returns_by_days.items()):
        seen += returns
        if seen >= wanted:
            return days
    return None


def recording_advice(declared_days: int, measured_days: int | None, returns: int) -> str | None:
    """What to write into the mapping; None where labels wait long enough, or too little was measured.

    Args:
        declared_days: recording lag of the label.
        measured_days: `recording_lag` of the matched returns.
        returns: how many matched.
    """
    if measured_days is None or returns < MIN_RETURNS or measured_days <= declared_days:
        return None
    said = f"{SHARE:.0%} of the returns are known within {measured_days} days of their day, and labels wait for "
    advised = f"`recording_lag_days = {measured_days}` into the mapping"
    if measured_days <= LONGEST_DAYS:
        return f"{said}{declared_days}, so that lines settle before their last returns are booked: write {advised}."
    return (
        f"{said}{declared_days}: if their history was loaded at once, the day of loading is not when they were known, "
        f"so leave available_at out of [return_columns] and declare feed_delay_days; if not, write {advised}."
    )
