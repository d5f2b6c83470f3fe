"""What forecasts missed by, summed over origins: WAPE, bias and CRPS at item, group, category and shop."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.content import Cell
from domain.stock_origin import WEEKS, BySeries
from domain.stock_units import Series

LEVELS = ("item", "group", "category", "shop")
_NEGLIGIBLE = 1e-9
_SMALL_SHOCK = 1e-6


@dataclass
class Missed:
    """Sums over units and weeks of one forecast at one level."""

    absolute: float = 0.0
    signed: float = 0.0
    came: float = 0.0
    crps: float = 0.0

    def row(self) -> dict[str, Cell]:
        """WAPE, bias (above 0 is too much) and CRPS, all over what came, so that items with nothing weigh nothing."""
        return {
            "units": self.came,
            "wape": self.absolute / self.came if self.came > 0 else None,
            "bias": self.signed / self.came if self.came > 0 else None,
            "crps": self.crps / self.came if self.came > 0 and self.crps > 0 else None,
        }


@dataclass
class Scores:
    """Every forecast's misses by (weeks ahead that count, level, forecast)."""

    missed: dict[tuple[int, str, str], Missed] = field(default_factory=dict)

    def add(self, forecast: str, expected: BySeries, actual: BySeries, shock: float) -> None:
        """Count one origin: its first week under 1, all four under 4.

        Args:
            forecast: whose weeks these are.
            expected: units by series and week ahead.
            actual: what came.
            shock: variance of the factor that all items of a week share; 0 takes counts for Poisson.
        """
        for level in LEVELS:
            said, came = gather(expected, level), gather(actual, level)
            for key in sorted({*said, *came}, key=lambda series: series.order):
                self._add(forecast, level, said.get(key, _NOTHING), came.get(key, _NOTHING), shock)

    def _add(self, forecast: str, level: str, said: list[float], came: list[float], shock: float) -> None:
        for week, (mean, units) in enumerate(zip(said, came, strict=True)):
            crps = count_crps(mean, shock, units) if level == "item" else 0.0
            for ahead in (1, WEEKS) if week == 0 else (WEEKS,):
                missed = self.missed.setdefault((ahead, level, forecast), Missed())
                missed.absolute += abs(mean - units)
                missed.signed += mean - units
                missed.came += units
                missed.crps += crps


def gather(by_series: Mapping[Series, list[float]], level: str) -> BySeries:
    """Weeks summed to a level: "item", "group", "category" or "shop"."""
    sums: BySeries = {}
    for series, weeks in by_series.items():
        into = sums.setdefault(_at_level(series, level), [0.0] * WEEKS)
        for week, units in enumerate(weeks):
            into[week] += units
    return sums


def count_crps(mean: float, shock: float, actual: float) -> float:
    """Continuous ranked probability score of a count that is Poisson given a gamma shock (Gneiting and Raftery 2007).

    Args:
        mean: expected units.
        shock: variance of the common factor.
        actual: units that came.
    """
    if mean <= _NEGLIGIBLE:
        return actual
    chance = math.exp(-mean) if shock < _SMALL_SHOCK else math.exp(-math.log1p(shock * mean) / shock)
    reached, count, score = chance, 0, 0.0
    while count < actual or 1.0 - reached > _NEGLIGIBLE:
        score += (reached - (1.0 if actual <= count else 0.0)) ** 2
        chance *= mean * (1 + shock * count) / ((count + 1) * (1 + shock * mean))
        count += 1
        reached = min(1.0, reached + chance)
        if count > mean + actual + 60 * math.sqrt(mean + 1):
            break
    return score


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    z2, share = 1.959964**2, hits / trials
    middle = share + z2 / (2 * trials)
    half = math.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))
    return (middle - half) / (1 + z2 / trials), (middle + half) / (1 + z2 / trials)


_NOTHING = [0.0] * WEEKS


def _at_level(series: Series, level: str) -> Series:
    match level:
        case "item":
            return Series(None, None, series.item)
        case "group":
            return Series(None, series.group or series.item)
        case "category":
            return Series(series.category)
        case _:
            return Series(None)
