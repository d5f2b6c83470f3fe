"""How likely an open unit is to come back at each age: the discrete-time hazard of Kaplan and Meier (1958).

The hazard at age `a` is the units returned at that age over the units still open at it, both counted
on the days of a trailing window only, since the lag law drifts. Days on which the dock books little
expose little: the units at risk are weighted by the calendar's factor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.stock_calendar import weekday
from domain.stock_units import Category, KnownUnits

CATEGORY_PRIOR_UNITS = 20.0  # expected units at which a category's own rate weighs as much as the shop's


@dataclass(frozen=True)
class Hazards:
    """Chance by age in days that a unit still open comes back at that age; 0 beyond the last age."""

    by_age: tuple[float, ...]

    def ahead(self, age_days: int, days: int) -> list[float]:
        """Chance that a unit open at `age_days` comes back on each of the next `days` days, that day first."""
        chances, still_open = [], 1.0
        for age in range(age_days, age_days + days):
            hazard = self.by_age[age] if age < len(self.by_age) else 0.0
            chances.append(still_open * hazard)
            still_open *= 1.0 - hazard
        return chances

    def share_by_age(self) -> list[float]:
        """Chance that a unit has come back by the end of each age."""
        shares, still_open = [], 1.0
        for hazard in self.by_age:
            still_open *= 1.0 - hazard
            shares.append(1.0 - still_open)
        return shares


def estimate_hazards(known: KnownUnits, before_day: int, window_days: int, calendar: Sequence[float]) -> Hazards:
    """Hazards from the returns of the days `before_day - window_days` to `before_day - 1`.

    Args:
        known: the units as known at the origin.
        before_day: first day whose returns are not all recorded yet.
        window_days: days of returns that count.
        calendar: factor of each weekday, Monday first.
    """
    first = before_day - window_days
    returned = known.shop_returned
    came = [0.0] * (known.max_age_days + 1)
    at_risk = [0.0] * (known.max_age_days + 1)
    for ordered, sold in sorted(known.shop_sold.items()):
        if ordered + known.max_age_days < first:
            continue
        left = float(sold)
        for age in range(min(known.max_age_days + 1, before_day - ordered)):
            units = returned.get((ordered, age), 0)
            if ordered + age >= first:
                at_risk[age] += left * calendar[weekday(ordered + age)]
                came[age] += units
            left -= units
    return Hazards(tuple(_hazard(c, r) for c, r in zip(came, at_risk, strict=True)))


def category_factors(known: KnownUnits, before_day: int, hazards: Hazards) -> dict[Category, float]:
    """Returned units of a category over those the shop's hazards expect of it, shrunk towards 1."""
    shares = hazards.share_by_age()
    expected: dict[Category, float] = {}
    came: dict[Category, float] = {}
    for (category, ordered), sold in sorted(known.sold.items(), key=_by_name):
        age = min(before_day - ordered - 1, known.max_age_days)
        expected[category] = expected.get(category, 0.0) + (sold * shares[age] if age >= 0 else 0.0)
    for (category, ordered, age), units in known.returned.items():
        if age <= known.max_age_days and ordered + age < before_day:
            came[category] = came.get(category, 0.0) + units
    level = (sum(came.values()) / sum(expected.values())) if sum(expected.values()) > 0 else 1.0
    return {
        category: (came.get(category, 0.0) + CATEGORY_PRIOR_UNITS) / (level * units + CATEGORY_PRIOR_UNITS)
        for category, units in expected.items()
    }


def _hazard(came: float, at_risk: float) -> float:
    return min(1.0, came / at_risk) if at_risk > 0 else 0.0


def _by_name(entry: tuple[tuple[Category, int], int]) -> tuple[str, int]:
    (category, ordered), _ = entry
    return category or "", ordered
