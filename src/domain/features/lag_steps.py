"""A law of lags as the few steps that a mapping declares."""

from collections.abc import Sequence

LEVELS = (0.05, 0.15, 0.3, 0.45, 0.6, 0.72, 0.83, 0.92, 0.98)


def steps_of(shares: Sequence[float]) -> tuple[tuple[int, float], ...]:
    """At most ten pairs of an age in days and the share of returns that came by then, the last share 1.

    Args:
        shares: cumulative share of returns by age in days, from 0, the last one 1.
    """
    steps: list[tuple[int, float]] = []
    for level in LEVELS:
        age = next(age for age, share in enumerate(shares) if share >= level)
        share = round(shares[age], 4)
        if share < 1 and (not steps or share > steps[-1][1]):
            steps.append((age, share))
    whole = next(age for age, share in enumerate(shares) if share >= 1 - 5e-5)
    return (*steps, (whole, 1.0))
