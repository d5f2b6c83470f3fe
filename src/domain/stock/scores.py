"""What forecasts missed by, summed over origins: WAPE, bias and CRPS at item, group, category and shop."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.content import Cell
from domain.stock.intervals import count_chances
from domain.stock.origin import WEEKS, BySeries
from domain.stock.units import Series

LEVELS = ("item", "group", "category", "shop")
_WITHOUT_ITEMS = ("category", "shop")
_NEGLIGIBLE = 1e-9


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

    def add(self, forecast: str, expected: BySeries, actual: BySeries, shock: float, at_once: float = 1.0) -> None:
        """Count one origin: its first week under 1, all four under 4.

        Args:
            forecast: whose weeks these are.
            expected: units by series and week ahead.
            actual: what came.
            shock: variance of the factor that all items of a week share.
            at_once: units that the return of a unit brings on average; with 1 and no shock counts are Poisson.
        """
        for level in LEVELS:
            said, came = gather(expected, level), gather(actual, level)
            for key in sorted({*said, *came}, key=lambda series: series.order):
                self._add(forecast, level, said.get(key, _NOTHING), came.get(key, _NOTHING), (shock, at_once))

    def _add(
        self, forecast: str, level: str, said: list[float], came: list[float], spread: tuple[float, float]
    ) -> None:
        for week, (mean, units) in enumerate(zip(said, came, strict=True)):
            crps = count_crps(mean, spread[0], units, spread[1]) if level == "item" else 0.0
            for ahead in (1, WEEKS) if week == 0 else (WEEKS,):
                missed = self.missed.setdefault((ahead, level, forecast), Missed())
                missed.absolute += abs(mean - units)
                missed.signed += mean - units
                missed.came += units
                missed.crps += crps


def counted_levels(*, by_item: bool) -> tuple[str, ...]:
    """The levels that can be judged; where units are counted by category alone, nobody knows an item's or a group's."""
    return LEVELS if by_item else _WITHOUT_ITEMS


def gather(by_series: Mapping[Series, list[float]], level: str) -> BySeries:
    """Weeks summed to a level: "item", "group", "category" or "shop".

    What is not counted by item has no weeks of items or groups, rather than those of a shop that passes for one item.
    """
    sums: BySeries = {}
    for series, weeks in by_series.items():
        key = _at_level(series, level)
        if key is None:
            continue
        into = sums.setdefault(key, [0.0] * WEEKS)
        for week, units in enumerate(weeks):
            into[week] += units
    return sums


def count_crps(mean: float, shock: float, actual: float, at_once: float = 1.0) -> float:
    """Continuous ranked probability score of a count that is Poisson given a gamma shock (Gneiting and Raftery 2007).

    Args:
        mean: expected units.
        shock: variance of the common factor.
        actual: units that came.
        at_once: units that the return of a unit brings on average.
    """
    if mean <= _NEGLIGIBLE:
        return actual
    first, chances = count_chances(mean, shock, at_once)
    score = max(0.0, first - actual, actual - first - len(chances))  # counts of no chance lie 1 off on the way to it
    reached = 0.0
    for count, chance in enumerate(chances, first):
        reached += chance
        score += (reached - (1.0 if actual <= count else 0.0)) ** 2
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


def _at_level(series: Series, level: str) -> Series | None:
    match level:
        case "item":
            return None if series.item is None else Series(None, None, series.item)
        case "group":
            name = series.group or series.item
            return None if name is None else Series(None, name)
        case "category":
            return Series(series.category)
        case _:
            return Series(None)
