"""Joint samples of what may come: counts of each category and day that add up to the shop, to weeks and to the horizon.

A sample draws the horizon's shock, which shares of it fall to its weeks and of those to their days, and then Poisson
counts of returns with the units of each; a mixture of Poissons given a gamma shock at each level (Greenwood and Yule
1920), with the variances that the backtest measured there. An interval of any sum is that of the sum within each
sample.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from domain.stock.intervals import QUANTILES
from domain.stock.origin import WEEKS, ByCategory, total
from domain.stock.shock import Shock
from domain.stock.units import HORIZON_DAYS, Category

SAMPLES = 500
_WEEK_DAYS = HORIZON_DAYS // WEEKS
_COUNTED_BELOW = 30.0  # mean up to which a Poisson count is drawn exactly


@dataclass(frozen=True)
class Samples:
    """Units of each day ahead by category, one list a sample; the same sample of all categories goes together."""

    counts: Mapping[Category, Sequence[Sequence[int]]]

    def sums(self, categories: Sequence[Category], first_day: int, days: int) -> list[int]:
        """Units of some categories on some days together, one sum a sample.

        Args:
            categories: those to add up.
            first_day: the first day ahead.
            days: how many days from there on.
        """
        drawn = [self.counts[category] for category in categories]
        return [sum(sum(by_day[first_day : first_day + days]) for by_day in rows) for rows in zip(*drawn, strict=True)]


def draw_samples(expected: ByCategory, shock: Shock, seed: int) -> Samples:
    """Draw `SAMPLES` joint samples.

    Args:
        expected: units by category and day ahead.
        shock: variances of the factors common to all items, and how many units come back at once.
        seed: samples of the same means and seed are the same.
    """
    chance = Random(seed)  # noqa: S311 (samples, not secrets)
    shop = total(expected)
    names = sorted(expected, key=lambda name: (name is not None, name))
    counts: dict[Category, list[list[int]]] = {name: [] for name in names}
    for _ in range(SAMPLES):
        factors = _draw_factors(shop, shock, chance)
        for name in names:
            means = [m * f for m, f in zip(expected[name], factors, strict=True)]
            counts[name].append([_draw_count(_draw_size(mean, shock.at_once, chance), chance) for mean in means])
    return Samples(counts)


def sample_quantiles(sums: Sequence[int], quantiles: Sequence[float] = QUANTILES) -> tuple[int, ...]:
    """The smallest of the sums that reach each quantile; zeros where there are none."""
    ordered = sorted(sums)
    return tuple(ordered[max(0, math.ceil(q * len(ordered)) - 1)] if ordered else 0 for q in quantiles)


def _draw_factors(shop: Sequence[float], shock: Shock, chance: Random) -> list[float]:
    between_weeks = max(0.0, shock.week - shock.horizon) * WEEKS / (WEEKS - 1)
    spans = [shop[day : day + _WEEK_DAYS] for day in range(0, HORIZON_DAYS, _WEEK_DAYS)]
    weeks = _draw_shares([sum(span) for span in spans], between_weeks, chance)
    horizon = _draw_gamma(shock.horizon, chance)
    factors: list[float] = []
    for span, week, of_day in zip(spans, weeks, shock.day, strict=True):
        between_days = max(0.0, of_day - shock.week) * _WEEK_DAYS / (_WEEK_DAYS - 1)
        factors += [horizon * week * day for day in _draw_shares(span, between_days, chance)]
    return factors


def _draw_shares(means: Sequence[float], variance: float, chance: Random) -> list[float]:
    """Factors whose mean, weighted by the means, is 1: they move units among the parts and leave their sum alone."""
    drawn = [_draw_gamma(variance, chance) for _ in means]
    weighted = sum(m * f for m, f in zip(means, drawn, strict=True))
    return [factor * sum(means) / weighted for factor in drawn] if weighted > 0 else [1.0] * len(means)


def _draw_gamma(variance: float, chance: Random) -> float:
    return chance.gammavariate(1.0 / variance, variance) if variance > 0 else 1.0


def _draw_size(mean: float, at_once: float, chance: Random) -> float:
    """A mean whose Poisson count has the variance of returns of several units: `at_once` times the mean."""
    return chance.gammavariate(mean / (at_once - 1.0), at_once - 1.0) if at_once > 1 and mean > 0 else mean


def _draw_count(mean: float, chance: Random) -> int:
    if mean > _COUNTED_BELOW:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    left, count, reach = chance.random(), 0, math.exp(-mean)
    while left > reach > 0:
        left -= reach
        count += 1
        reach *= mean / count
    return count
