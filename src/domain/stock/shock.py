"""How large the shock is that all items share: estimated from the shop's errors over origins."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.stock.intervals import DAY_SHOCK, shock_variance
from domain.stock.origin import WEEKS, ByCategory, Origin, total, weekly

WEEK_SHOCK, HORIZON_SHOCK = 0.05, 0.03  # declared, for a shop too young for a backtest
_DAY_WEIGHT, _WEEK_WEIGHT, _HORIZON_WEIGHT = 7.0, 2.0, 2.0
_DAYS = 7


@dataclass(frozen=True)
class Shock:
    """Variance of the factor common to all items: of a day by week ahead, of a week, of the whole horizon."""

    day: tuple[float, ...] = (DAY_SHOCK,) * WEEKS
    week: float = WEEK_SHOCK
    horizon: float = HORIZON_SHOCK

    def at_least(self, other: "Shock") -> "Shock":
        """The larger of both in each part: all arrivals are no surer than those of open lines."""
        return Shock(
            tuple(max(own, its) for own, its in zip(self.day, other.day, strict=True)),
            max(self.week, other.week),
            max(self.horizon, other.horizon),
        )


def estimate_shock(origins: Sequence[Origin]) -> Shock:
    """The shock of all arrivals from the shop's errors over origins, no less than that of open units.

    The declared one without any origin.
    """
    every = shock_of([(origin.expected_all, origin.actual_all) for origin in origins])
    return every.at_least(estimate_open_shock(origins))


def estimate_open_shock(origins: Sequence[Origin]) -> Shock:
    """The shock of units that were open at the origin; the declared one without origins."""
    return shock_of([(origin.expected_open, origin.actual_open) for origin in origins])


def shock_of(pairs: Sequence[tuple[ByCategory, ByCategory]]) -> Shock:
    """The shock's variances from (expected, actual) units by category and day ahead."""
    shop = [(total(expected), total(actual)) for expected, actual in pairs]
    weeks = [pair for e, a in shop for pair in zip(weekly(e), weekly(a), strict=True)]
    return Shock(
        tuple(shock_variance(_days_of_week(shop, week), DAY_SHOCK, _DAY_WEIGHT) for week in range(WEEKS)),
        shock_variance(weeks, WEEK_SHOCK, _WEEK_WEIGHT),
        shock_variance([(sum(e), sum(a)) for e, a in shop], HORIZON_SHOCK, _HORIZON_WEIGHT),
    )


def _days_of_week(shop: Sequence[tuple[list[float], list[float]]], week: int) -> list[tuple[float, float]]:
    span = slice(_DAYS * week, _DAYS * week + _DAYS)
    return [pair for expected, actual in shop for pair in zip(expected[span], actual[span], strict=True)]
