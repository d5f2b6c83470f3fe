"""Returned units expected on each day ahead: open units times hazards, shared out by the lines' risks.

Hazards and the factors of category, group and item set the level of each group and week of orders, since they are what
the backtest judges; the scores share that level out among the lines of the group's week (of the category's, where the
source has no groups). A line's part goes by its `p_open` relative to what the scores give to an average line of its
age. Both `p_open` and the hazards fall with age: a part that went by `p_open` alone would count that twice, so that a
week of ages gave more than its level. Means are put on a grid of 2**-24 units, on which sums are exact in any
order, so that categories and total equal the sum of their items to the last bit.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.stock.risks import Risks, group_of
from domain.stock.units import HORIZON_DAYS, SALES_DAYS, KnownUnits, Series, SeriesDay

_GRID = float(1 << 24)
CHANCE_GRID = 1 << 30  # sums of chances are over integers, so that the order of lines is no matter
_DAYS_AROUND = 3


@dataclass
class OpenUnits:
    """Open units of one item ordered on one day: how many, and how they were scored.

    `scored_chance` is the sum over scored units of `p_open`, in units of 2**-30.
    """

    units: int = 0
    unscored_units: int = 0
    scored_chance: int = 0

    @property
    def scored_units(self) -> int:
        """Units that have a chance."""
        return self.units - self.unscored_units

    def add(self, units: int, p_open: float | None) -> None:
        """Count the open units of a line; `p_open` is None where the line was not scored."""
        self.units += units
        if p_open is None:
            self.unscored_units += units
        else:
            self.scored_chance += units * round(p_open * CHANCE_GRID)


_PoolKey = tuple[Series, int]  # a group and a week of ages


@dataclass
class OpenBook:
    """Open units by (series, day ordered); its size is that of items times days, not of lines."""

    groups: dict[SeriesDay, OpenUnits] = field(default_factory=dict)

    def add(self, key: SeriesDay, units: int, p_open: float | None) -> None:
        """Count the open units of one line."""
        self.groups.setdefault(key, OpenUnits()).add(units, p_open)

    def weights(self, risks: Risks, as_of_day: int, chances: Mapping[int, Sequence[float]]) -> dict[SeriesDay, float]:
        """Units times risk relative to the average of their age, by series and day ordered.

        Scored units of one group and week of ages share out what their series' factors expect of them.

        Args:
            risks: the factors.
            as_of_day: the day that ages are counted to.
            chances: by day ordered, those that the weights are for.
        """
        still_come = {ordered: sum(by_day) for ordered, by_day in chances.items()}
        usual = self._usual_chances(still_come)
        pools: defaultdict[_PoolKey, _Pool] = defaultdict(_Pool)
        entries = sorted(self.groups.items(), key=lambda entry: (entry[0][0].order, entry[0][1]))
        for (series, ordered), group in entries:
            level, relative = _sizes(group, risks.of(series), usual[ordered])
            pool = pools[_pool_key(series, ordered, as_of_day)]
            pool.expected += level * still_come[ordered]
            pool.relative += relative * still_come[ordered]
        return {
            (series, ordered): pools[_pool_key(series, ordered, as_of_day)].weight(
                *_sizes(group, risks.of(series), usual[ordered])
            )
            + group.unscored_units * risks.of(series)
            for (series, ordered), group in entries
        }

    def _usual_chances(self, still_come: Mapping[int, float]) -> dict[int, float]:
        """What the scores give to an average unit by day ordered, in units of 2**-30; 0 where they say nothing.

        Measured over the days around, by what the hazards make of each: in a small shop a day holds few lines, each of
        which would be held against itself.
        """
        units: Counter[int] = Counter()
        scored: Counter[int] = Counter()
        for (_, ordered), group in self.groups.items():
            units[ordered] += group.scored_units
            scored[ordered] += group.scored_chance
        usual: dict[int, float] = {}
        for day in units:
            around = range(day - _DAYS_AROUND, day + _DAYS_AROUND + 1)
            level = sum(units[other] * still_come[other] for other in around if other in units)
            usual[day] = still_come[day] * sum(scored[other] for other in around) / level if level > 0 else 0.0
        return usual


@dataclass
class _Pool:
    """What is expected of the scored units of one group and week of ages, by their level and by their chances."""

    expected: float = 0.0
    relative: float = 0.0

    def weight(self, level: float, relative: float) -> float:
        """Units by their chances, scaled to what is expected; their level where nobody has a chance."""
        return relative * (self.expected / self.relative) if self.relative > 0 else level


def _pool_key(series: Series, ordered: int, as_of_day: int) -> _PoolKey:
    return group_of(series), (as_of_day - ordered) // 7


def _sizes(group: OpenUnits, factor: float, usual: float) -> tuple[float, float]:
    """Scored units by their factor, and by their chances relative to the usual one."""
    level = group.scored_units * factor
    return level, group.scored_chance / usual if usual > 0 else level


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


def daily_sales(known: KnownUnits) -> dict[Series, float]:
    """Units sold a day, by series, over the recent days before `as_of`, as if all of these were told of by then."""
    as_of_day = known.day
    units: dict[Series, int] = {}
    for (series, ordered), count in known.sold.items():
        if as_of_day - SALES_DAYS <= ordered < as_of_day:
            units[series] = units.get(series, 0) + count
    first = max(as_of_day - SALES_DAYS, known.first_day)
    days = sum(known.known_share(ordered) for ordered in range(first, as_of_day))
    return {series: units[series] / days for series in sorted(units, key=lambda s: s.order)} if days > 0 else {}


def on_grid(values: Iterable[float]) -> list[float]:
    """The values as multiples of 2**-24, whose sums are exact whatever the order of adding."""
    return [round(value * _GRID) / _GRID for value in values]
