"""Cohorts that have given back less than their age lets expect have more to give, and those ahead have less.

A share of the gap is expected on top of what is still to come, as between the methods of Bornhuetter and Ferguson
(1972) and of the expected total; cohorts of a few neighbouring days are taken together, since single days are noisy.
"""

from collections.abc import Sequence

from domain.stock.clock import DockClock
from domain.stock.hazards import Hazards
from domain.stock.units import Cohort

AROUND_DAYS = 3
PRIOR_UNITS = 20.0  # units still to come that are added, so that a nearly finished cohort does not swing
LEAST, MOST = 0.2, 3.0


def catch_up_factors(
    cohorts: Sequence[Cohort], hazards: Hazards, clock: DockClock, before_day: int, share: float
) -> dict[int, float]:
    """Factor on what is still to come of each day's orders; none where no share of the gap is expected.

    Args:
        cohorts: the shop's units by day ordered.
        hazards: by age in usual days.
        clock: the dock's time.
        before_day: the first day whose returns are not all recorded.
        share: share of the gap that is expected on top, 0 to 1.
    """
    if share == 0:
        return {}
    still = {c.ordered: _to_come(c, hazards, clock, before_day) for c in cohorts if c.ordered < before_day}
    factors = {}
    for ordered in still:
        near = [still[day] for day in range(ordered - AROUND_DAYS, ordered + AROUND_DAYS + 1) if day in still]
        to_come, gap = (sum(values) for values in zip(*near, strict=True))
        factors[ordered] = min(MOST, max(LEAST, 1.0 + share * gap / max(to_come + PRIOR_UNITS, 1.0)))
    return factors


def _to_come(cohort: Cohort, hazards: Hazards, clock: DockClock, before_day: int) -> tuple[float, float]:
    age = clock.age(cohort.ordered, before_day)
    came = sum(cohort.came[: before_day - cohort.ordered])
    expected = cohort.sold * hazards.returned_share(age)
    return (cohort.sold - came) * hazards.still_to_come(age), expected - came
