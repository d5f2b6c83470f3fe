"""How much more or less than the average a category, a group and an item come back, each shrunk to the one before.

A level's factor is returned over expected units, with so many expected units beforehand at which its own history weighs
as much as its parent's (the credibility of Buehlmann 1967 for Poisson counts).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.stock.units import Series


@dataclass(frozen=True)
class Strength:
    """Expected units at which a category, a group and an item weigh as much as what stands above them."""

    category: float
    group: float
    item: float

    def describe(self) -> dict[str, float]:
        """The strengths as JSON."""
        return {"category": self.category, "group": self.group, "item": self.item}


STRENGTHS = (Strength(60, 60, 20), Strength(20, 20, 5), Strength(200, 60, 20))
DEFAULT_STRENGTH = STRENGTHS[0]


@dataclass(frozen=True)
class Risks:
    """Relative risks by series, group and category; what was never seen has the risk of what stands above it."""

    factors: Mapping[Series, float] = field(default_factory=dict)

    def of(self, series: Series) -> float:
        """The factor of a series, 1 being the shop's average."""
        for known in (series, group_of(series), category_of(series)):
            if known in self.factors:
                return self.factors[known]
        return 1.0


def group_of(series: Series) -> Series:
    """The group a series stands in; its category where it has no group."""
    return Series(series.category, series.group)


def category_of(series: Series) -> Series:
    """The category a series stands in."""
    return Series(series.category)


def estimate_risks(
    sold: Mapping[Series, Sequence[tuple[int, int]]],
    came: Mapping[Series, int],
    shares: Mapping[int, float],
    strength: Strength,
) -> Risks:
    """Factors from all that has been sold and has come back on the days that are read.

    Args:
        sold: (day ordered, units) by series.
        came: units that have come back of the days in `shares`, by series.
        shares: share of an average unit that has come back by then, by day ordered.
        strength: how strongly each level is drawn to the one above.
    """
    expected = {
        series: sum(units * shares.get(ordered, 0.0) for ordered, units in held) for series, held in sold.items()
    }
    level = sum(came.values()) / sum(expected.values()) if sum(expected.values()) > 0 else 1.0
    expected = {series: level * units for series, units in expected.items()}
    factors: dict[Series, float] = {}
    for parent, prior in ((category_of, strength.category), (group_of, strength.group), (_itself, strength.item)):
        factors |= _drawn(Risks(dict(factors)), expected, came, parent, prior)
    return Risks(factors)


def _drawn(
    above: Risks,
    expected: Mapping[Series, float],
    came: Mapping[Series, int],
    parent: Callable[[Series], Series],
    prior: float,
) -> dict[Series, float]:
    own: dict[Series, float] = {}
    base: dict[Series, float] = {}
    units: dict[Series, int] = {}
    for series, value in expected.items():
        name = parent(series)
        if name in above.factors:  # no group or no item: the level above has said it all
            continue
        base.setdefault(name, above.of(series))
        own[name] = own.get(name, 0.0) + value * above.of(series)
        units[name] = units.get(name, 0) + came.get(series, 0)
    return {name: base[name] * (units[name] + prior) / (own[name] + prior) for name in own}


def _itself(series: Series) -> Series:
    return series
