"""Returned units expected on each day ahead: open units times hazards, shared out by the lines' risks.

The hazards set the level of each week of orders, since they are what the backtest judges; the scores
share that level out among the lines of the week. A line's part is proportional to its `p_open`: with
`p_open = p (1 - F) / (1 - p F)` that is what a mixture of lines that come back by the lag law `F` and
lines that never do expects. Means are put on a grid of 2**-24 units, on which sums are exact in any
order, so that categories and total equal the sum of their items to the last bit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.stock_calendar import weekday
from domain.stock_hazards import Hazards
from domain.stock_units import HORIZON_DAYS, Category

SALES_DAYS = 28  # recent days whose daily sales stand for those still to come
_GRID = float(1 << 24)
_CHANCE_GRID = 1 << 30  # sums of chances are over integers, so that the order of lines is no matter


@dataclass
class OpenUnits:
    """Open units of one item ordered on one day: how many, and how they were scored.

    `scored_chance` is the sum over scored units of `p_open`, in units of 2**-30.
    """

    units: int = 0
    unscored_units: int = 0
    scored_chance: int = 0

    def add(self, units: int, p_open: float | None) -> None:
        """Count the open units of a line; `p_open` is None where the line was not scored."""
        self.units += units
        if p_open is None:
            self.unscored_units += units
        else:
            self.scored_chance += units * round(p_open * _CHANCE_GRID)


ItemDay = tuple[str, Category, int]


@dataclass
class OpenBook:
    """Open units by (item, category, day ordered); its size is that of items times days, not of lines."""

    groups: dict[ItemDay, OpenUnits] = field(default_factory=dict)

    def add(self, key: ItemDay, units: int, p_open: float | None) -> None:
        """Count the open units of one line."""
        self.groups.setdefault(key, OpenUnits()).add(units, p_open)

    def weights(self, factors: Mapping[Category, float], as_of_day: int) -> dict[ItemDay, float]:
        """Units times risk relative to the average of their age, by group.

        Scored units of one week of ages share out what their categories' factors expect of them.
        """
        chance: dict[int, int] = {}
        level: dict[int, float] = {}
        for key, group in self._sorted():
            week = (as_of_day - key[2]) // 7
            chance[week] = chance.get(week, 0) + group.scored_chance
            level[week] = level.get(week, 0.0) + (group.units - group.unscored_units) * factors.get(key[1], 1.0)
        return {
            key: _weight(
                group, factors.get(key[1], 1.0), level[(as_of_day - key[2]) // 7], chance[(as_of_day - key[2]) // 7]
            )
            for key, group in self._sorted()
        }

    def _sorted(self) -> Iterable[tuple[ItemDay, OpenUnits]]:
        return sorted(self.groups.items(), key=lambda entry: (entry[0][0], entry[0][1] or "", entry[0][2]))


def chances_ahead(
    hazards: Hazards, ordered_days: Iterable[int], as_of_day: int, recorded_before: int, calendar: Sequence[float]
) -> dict[int, list[float]]:
    """Chance, by day ordered, that a unit known to be open arrives on each day of the horizon.

    Args:
        hazards: by age in days.
        ordered_days: day numbers for which open units are asked.
        as_of_day: first day of the horizon.
        recorded_before: day before which every return is recorded; what came since may not show yet.
        calendar: factor of each weekday, Monday first.
    """
    dock = [calendar[weekday(as_of_day + ahead)] for ahead in range(HORIZON_DAYS)]
    chances = {}
    for ordered in set(ordered_days):
        start = max(recorded_before, ordered)
        unseen = as_of_day - start
        ahead = hazards.ahead(start - ordered, unseen + HORIZON_DAYS)[unseen:]
        chances[ordered] = [chance * factor for chance, factor in zip(ahead, dock, strict=True)]
    return chances


def expect_open[G](
    weights: Mapping[tuple[G, int], tuple[float, float]], chances: Mapping[int, Sequence[float]]
) -> dict[G, list[float]]:
    """Expected units on each day ahead by group, on the grid of exact sums.

    Args:
        weights: (weight, units) by (group, day ordered), where weight is units times relative risk.
        chances: by day ordered, as `chances_ahead` gives them.

    No group is expected to give back more than it holds.
    """
    totals = {ordered: sum(by_day) for ordered, by_day in chances.items()}
    expected: dict[G, list[float]] = {}
    for (group, ordered), (weight, units) in sorted(weights.items(), key=lambda entry: entry[0][1]):
        bounded = min(weight, units / totals[ordered]) if totals[ordered] > 0 else 0.0
        by_day = expected.setdefault(group, [0.0] * HORIZON_DAYS)
        for ahead, chance in enumerate(chances[ordered]):
            by_day[ahead] += bounded * chance
    return {group: on_grid(by_day) for group, by_day in expected.items()}


def future_chances(hazards: Hazards, as_of_day: int, calendar: Sequence[float]) -> list[float]:
    """Expected units on each day ahead for one unit sold on every day from `as_of` on."""
    by_age = hazards.ahead(0, HORIZON_DAYS)
    total, result = 0.0, []
    for ahead, chance in enumerate(by_age):
        total += chance
        result.append(total * calendar[weekday(as_of_day + ahead)])
    return result


def daily_sales(sold: Mapping[tuple[Category, int], int], as_of_day: int) -> dict[Category, float]:
    """Units sold a day, by category, over the recent days before `as_of`."""
    units: dict[Category, int] = {}
    for (category, ordered), count in sold.items():
        if as_of_day - SALES_DAYS <= ordered < as_of_day:
            units[category] = units.get(category, 0) + count
    days = min(SALES_DAYS, as_of_day - min((ordered for _, ordered in sold), default=as_of_day))
    return {category: count / days for category, count in units.items()} if days > 0 else {}


def on_grid(values: Iterable[float]) -> list[float]:
    """The values as multiples of 2**-24, whose sums are exact whatever the order of adding."""
    return [round(value * _GRID) / _GRID for value in values]


def _weight(group: OpenUnits, factor: float, level: float, chance: int) -> float:
    scored = group.scored_chance * level / chance if chance > 0 else (group.units - group.unscored_units) * factor
    return scored + group.unscored_units * factor
