"""Whether the law of lags that features weigh past lines by is that of the shop, and what to write where it is not."""

from collections.abc import Sequence

from domain.features.lag_steps import steps_of
from domain.labels import LagLaw

FAR = 0.2  # of all returns
MIN_RETURNS = 100  # fewer tell no law


def lag_advice(declared: LagLaw, measured: Sequence[float] | None, returns: int) -> str | None:
    """What to write into the mapping; None where the law is near what was measured, or too little was.

    Args:
        declared: from order to return, of the mapping or the default.
        measured: cumulative share of returns by age in days, from 0 to the window.
        returns: how many it was measured on.
    """
    if measured is None or returns < MIN_RETURNS:
        return None
    age = max(range(len(measured)), key=lambda days: abs(measured[days] - declared.share(days)))
    if abs(measured[age] - declared.share(age)) <= FAR:
        return None
    steps = ", ".join(f"[{days}, {share:g}]" for days, share in steps_of(measured))
    return (
        f"{measured[age]:.0%} of the returns come within {age} days, and the features take it for "
        f"{declared.share(age):.0%}: write `lag_law = [{steps}]` into the mapping."
    )
