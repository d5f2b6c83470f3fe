"""How likely an open unit is to come back at each age: the discrete-time hazard of Kaplan and Meier (1958).

The hazard at age `a` is the units returned at that age over the units still open at it, both counted
on the days of a trailing window only, since the lag law drifts. Ages are read off the dock's clock, and the units at
risk on a day are weighted by what the clock runs on it. Neighbouring ages are smoothed by the weights 1, 2, 1.

Ages that few or no units have reached are drawn to the shop's lag law, since nothing seen is not nothing to come. The
law counts days and the clock usual days, which are as long on average: so the law is read at the clock's ages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from domain.labels import LagLaw
from domain.stock.law import even_shares, spread
from domain.stock.units import Cohort

LAW_UNITS = 5.0  # units at risk at an age at which what came of them weighs as much as the law


@dataclass(frozen=True)
class Hazards:
    """Chance by age in usual days that a unit still open comes back at that age; 0 beyond the last age."""

    by_age: tuple[float, ...]

    @cached_property
    def survival(self) -> tuple[float, ...]:
        """Chance that a unit sold has not come back before each age, and before ever."""
        return tuple(accumulate(self.by_age, lambda left, hazard: left * (1.0 - hazard), initial=1.0))

    def returned_share(self, age: float) -> float:
        """Chance that a unit sold has come back before an age."""
        return 1.0 - self.survival[self._at(age)]

    def still_to_come(self, age: float) -> float:
        """Chance that a unit open at an age comes back at all."""
        reached = self.survival[self._at(age)]
        return 1.0 - self.survival[-1] / reached if reached > 0 else 0.0

    def ahead(self, age: float, rates: Sequence[float]) -> list[float]:
        """Chance that a unit open at `age` comes back on each of the days ahead.

        Args:
            age: age at the start of the first day, in usual days.
            rates: what the clock runs on each day.
        """
        chances, still_open = [], 1.0
        for rate in rates:
            at = int(age + rate / 2)
            hazard = min(1.0, self.by_age[at] * rate) if at < len(self.by_age) else 0.0
            chances.append(still_open * hazard)
            still_open *= 1.0 - hazard
            age += rate
        return chances

    def _at(self, age: float) -> int:
        return min(len(self.by_age), max(0, round(age)))


def measure_hazards(
    cohorts: Sequence[Cohort],
    readings: Sequence[float],
    first_day: int,
    since_day: int,
    before_day: int,
    max_age: int,
    law: LagLaw,
) -> Hazards:
    """Hazards from the returns of the days `since_day` to `before_day - 1`.

    Args:
        cohorts: the shop's units by day ordered, from `first_day` on.
        readings: the dock's clock at the start of each day from `first_day` on.
        first_day: day number of the first reading.
        since_day: the first day whose returns count.
        before_day: the first day whose returns are not all recorded.
        max_age: the last age, in usual days; older ones are counted with it.
        law: how returns spread over the days after an order, where too few units have reached an age to tell.
    """
    came_by_age, at_risk, reached = ([0.0] * (max_age + 1) for _ in range(3))
    days, first_counted = before_day - first_day, since_day - first_day
    rates = [readings[day + 1] - readings[day] for day in range(days)]
    middles = [(readings[day + 1] + readings[day]) / 2 for day in range(days)]
    for ordered, sold, came in cohorts:
        start = ordered - first_day
        since, skipped = readings[start], max(0, first_counted - start)
        left = sold - sum(came[:skipped])
        counted = zip(came[skipped:], middles[start + skipped :], rates[start + skipped :], strict=False)
        for units, middle, rate in counted:
            age = int(middle - since)
            age = min(age, max_age)
            came_by_age[age] += units
            at_risk[age] += left * rate
            reached[age] += sold * rate
            left -= units
    usual = _by_law(came_by_age, reached, even_shares(law))
    parts = zip(_smoothed(came_by_age), _smoothed(at_risk), usual, strict=True)
    return Hazards(tuple(min(1.0, (c + LAW_UNITS * u) / (r + LAW_UNITS)) for c, r, u in parts))


def _by_law(came: Sequence[float], reached: Sequence[float], shares: Sequence[float]) -> list[float]:
    """The law's hazards at each age, on the level of the returns that came.

    The share that comes back is returns over units sold times the part of the law they have lived through; then the
    same over the later half of what the oldest unit has lived through, drawn to the whole by as many expected units:
    where returns come sooner than the law says, nothing comes at those ages, and the law must not promise that as much
    again is on its way.

    Args:
        came: units that came back at each age.
        reached: units sold that reached each age.
        shares: share of returns that have come by the end of each age.
    """
    comes = [share - before for share, before in zip(shares, (0.0, *shares), strict=False)]
    lived = [units * share for units, share in zip(reached, comes, strict=False)]
    rate = min(1.0, sum(came) / (sum(lived) + LAW_UNITS))
    upto = max((share for share, units in zip(shares, lived, strict=False) if units > 0), default=0.0)
    half = sum(share < upto / 2 for share in shares)
    rate = min(1.0, rate * (sum(came[half:]) + LAW_UNITS) / (rate * sum(lived[half:]) + LAW_UNITS))
    return [*spread(rate, shares), *[0.0] * len(came)][: len(came)]


def _smoothed(values: Sequence[float]) -> list[float]:
    padded = [values[0], *values, values[-1]]
    return [(a + 2 * b + c) / 4 for a, b, c in zip(padded, padded[1:], padded[2:], strict=False)]
