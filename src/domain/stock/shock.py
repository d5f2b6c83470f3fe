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
    """What makes counts unsure: a factor common to all items, and units that come back several at once.

    Args:
        day: variance of the factor of a day, by week ahead.
        week: of a week.
        horizon: of the whole horizon.
        at_once: units that the return of a unit brings on average, 1 where each comes alone.
    """

    day: tuple[float, ...] = (DAY_SHOCK,) * WEEKS
    week: float = WEEK_SHOCK
    horizon: float = HORIZON_SHOCK
    at_once: float = 1.0

    def at_least(self, other: "Shock") -> "Shock":
        """The larger of both in each part: all arrivals are no surer than those of open lines."""
        return Shock(
            tuple(max(own, its) for own, its in zip(self.day, other.day, strict=True)),
            max(self.week, other.week),
            max(self.horizon, other.horizon),
            max(self.at_once, other.at_once),
        )


def estimate_shock(origins: Sequence[Origin], at_once: float) -> Shock:
    """The shock of all arrivals from the shop's errors over origins, no less than that of open units.

    The declared one without any origin; `at_once` as it was known on the day that asks.
    """
    every = shock_of([(origin.expected_all, origin.actual_all) for origin in origins], at_once)
    return every.at_least(estimate_open_shock(origins, at_once))


def estimate_open_shock(origins: Sequence[Origin], at_once: float) -> Shock:
    """The shock of units that were open at the origin; the declared one without origins."""
    return shock_of([(origin.expected_open, origin.actual_open) for origin in origins], at_once)


def shock_of(pairs: Sequence[tuple[ByCategory, ByCategory]], at_once: float = 1.0) -> Shock:
    """The shock's variances from (expected, actual) units by category and day ahead."""
    shop = [(total(expected), total(actual)) for expected, actual in pairs]
    weeks = [pair for e, a in shop for pair in zip(weekly(e), weekly(a), strict=True)]
    return Shock(
        tuple(shock_variance(_days_of_week(shop, week), DAY_SHOCK, _DAY_WEIGHT, at_once) for week in range(WEEKS)),
        shock_variance(weeks, WEEK_SHOCK, _WEEK_WEIGHT, at_once),
        shock_variance([(sum(e), sum(a)) for e, a in shop], HORIZON_SHOCK, _HORIZON_WEIGHT, at_once),
        at_once,
    )


def _days_of_week(shop: Sequence[tuple[list[float], list[float]]], week: int) -> list[tuple[float, float]]:
    span = slice(_DAYS * week, _DAYS * week + _DAYS)
    return [pair for expected, actual in shop for pair in zip(expected[span], actual[span], strict=True)]
