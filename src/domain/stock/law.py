"""Hazards that a lag law makes of the share of units that come back: `R f(a) / (1 - R F(a))` at age `a`.

`F(a)` is the share of returns that have come before age `a`, `f(a)` what comes at it, `R` the share of units sold that
ever come back: the discrete-time hazard of a law of which `1 - R` never return (cure model of Boag 1949).
"""

from collections.abc import Sequence

from domain.labels import LagLaw


def even_shares(law: LagLaw) -> list[float]:
    """Share of returns that have come by the end of each age in days; between the law's steps it rises evenly."""
    shares, age, reached = list[float](), -1, 0.0
    for step, share in law.steps:
        shares += [reached + (share - reached) * (a - age) / (step - age) for a in range(age + 1, step + 1)]
        age, reached = step, share
    return shares


def shares_within(law: LagLaw, window_days: int) -> list[float]:
    """The same of the returns that come within a window, the last 1."""
    shares = even_shares(law)[: window_days + 1]
    return [share / shares[-1] for share in shares]


def spread(rate: float, shares: Sequence[float]) -> tuple[float, ...]:
    """Chance at each age that a unit still open comes back at it.

    Args:
        rate: share of units sold that come back, 0 to 1.
        shares: share of returns that have come by the end of each age, the last 1.
    """
    before = (0.0, *shares[:-1])
    return tuple(
        rate * (share - earlier) / (1 - rate * earlier) if rate * earlier < 1 else 0.0
        for share, earlier in zip(shares, before, strict=True)
    )
