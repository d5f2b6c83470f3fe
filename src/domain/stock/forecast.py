"""Returned units expected on each day ahead: open units times hazards, shared out by the lines' risks.

Hazards and the factors of category, group and item set the level of each group and week of orders, since they are what
the backtest judges; the scores share that level out among the lines of the group's week (of the category's, where the
source has no groups). A line's part is proportional to its `p_open`: with
`p_open = p (1 - F) / (1 - p F)` that is what a mixture of lines that come back by the lag law `F` and
lines that never do expects. Means are put on a grid of 2**-24 units, on which sums are exact in any
order, so that categories and total equal the sum of their items to the last bit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.stock.risks import Risks, group_of
from domain.stock.units import HORIZON_DAYS, Series

SALES_DAYS = 28  # recent days whose daily sales stand for those still to come
_GRID = float(1 << 24)
CHANCE_GRID = 1 << 30  # sums of chances are over integers, so that the order of lines is no matter


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
            self.scored_chance += units * round(p_open * CHANCE_GRID)


SeriesDay = tuple[Series, int]
_Pool = tuple[Series, int]


@dataclass
class OpenBook:
    """Open units by (series, day ordered); its size is that of items times days, not of lines."""

    groups: dict[SeriesDay, OpenUnits] = field(default_factory=dict)

    def add(self, key: SeriesDay, units: int, p_open: float | None) -> None:
        """Count the open units of one line."""
        self.groups.setdefault(key, OpenUnits()).add(units, p_open)

    def weights(self, risks: Risks, as_of_day: int) -> dict[SeriesDay, float]:
        """Units times risk relative to the average of their age, by series and day ordered.

        Scored units of one group and week of ages share out what their series' factors expect of them.
        """
        entries = sorted(self.groups.items(), key=lambda entry: (entry[0][0].order, entry[0][1]))
        chance: dict[_Pool, int] = {}
        level: dict[_Pool, float] = {}
        for (series, ordered), group in entries:
            pool = _pool(series, ordered, as_of_day)
            chance[pool] = chance.get(pool, 0) + group.scored_chance
            level[pool] = level.get(pool, 0.0) + (group.units - group.unscored_units) * risks.of(series)
        return {
            key: _weight(group, risks.of(key[0]), level[pool], chance[pool])
            for key, group in entries
            for pool in [_pool(*key, as_of_day)]
        }


def _pool(series: Series, ordered: int, as_of_day: int) -> _Pool:
    return group_of(series), (as_of_day - ordered) // 7


def expect_open[G](
    weights: Mapping[tuple[G, int], tuple[float, float]], chances: Mapping[int, Sequence[float]]
) -> dict[G, list[float]]:
    """Expected units on each day ahead by group, on the grid of exact sums.

    Args:
        weights: (weight, units) by (group, day ordered), where weight is units times relative risk.
        chances: by day ordered, as `FittedForecast.chances` gives them.

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


def daily_sales(sold: Mapping[tuple[Series, int], int], as_of_day: int) -> dict[Series, float]:
    """Units sold a day, by series, over the recent days before `as_of`."""
    units: dict[Series, int] = {}
    for (series, ordered), count in sold.items():
        if as_of_day - SALES_DAYS <= ordered < as_of_day:
            units[series] = units.get(series, 0) + count
    days = min(SALES_DAYS, as_of_day - min((ordered for _, ordered in sold), default=as_of_day))
    return {series: units[series] / days for series in sorted(units, key=lambda s: s.order)} if days > 0 else {}


def on_grid(values: Iterable[float]) -> list[float]:
    """The values as multiples of 2**-24, whose sums are exact whatever the order of adding."""
    return [round(value * _GRID) / _GRID for value in values]


def _weight(group: OpenUnits, factor: float, level: float, chance: int) -> float:
    scored = group.scored_chance * level / chance if chance > 0 else (group.units - group.unscored_units) * factor
    return scored + group.unscored_units * factor
