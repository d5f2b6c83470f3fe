"""Intervals of counts that share one shock: Poisson given a gamma factor common to all items of a day.

Units of a group are Poisson with mean `shock * mean`, the shock gamma with mean 1 and variance `v`, the
same for an item, its category and the shop: so the count is negative binomial (Greenwood and Yule
1920), and a large group's relative width tends to the shock's, however many items it adds up.

Where units come back several at once, it is returns that are Poisson and not units. With returns of `n` units the
variance given the shock is `phi` times the mean, `phi = sum(n^2) / sum(n)`; with sizes of the logarithmic law the count
is negative binomial again (Quenouille 1949), of variance `phi m + v m^2`. With one unit a return `phi` is 1.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

QUANTILES = (0.1, 0.5, 0.9)
DAY_SHOCK = 0.3  # declared variance of the factor of a day, for a shop too young for a backtest
MAX_SHOCK = 4.0
_SMALL_SHOCK = 1e-6
_EXACT_BELOW = 300.0
_NEGLIGIBLE = 1e-10  # chance of a count, relative to that of the likeliest, from which on none is looked at


def count_quantiles(
    mean: float, shock: float, at_once: float = 1.0, quantiles: Sequence[float] = QUANTILES
) -> tuple[int, ...]:
    """The smallest counts that reach each of the increasing quantiles.

    Args:
        mean: expected units, at least 0.
        shock: variance of the common factor, at least 0; 0 gives Poisson counts where units come one by one.
        at_once: `phi`, at least 1.
        quantiles: increasing, in (0, 1).
    """
    if mean <= 0:
        return (0,) * len(quantiles)
    shock = _with_sizes(mean, shock, at_once)
    if mean > _EXACT_BELOW:
        return _approximate(mean, shock, quantiles)
    chance = math.exp(-mean) if shock < _SMALL_SHOCK else math.exp(-math.log1p(shock * mean) / shock)
    found, reached, count = [], chance, 0
    for quantile in quantiles:
        while reached < quantile and chance > 0:
            chance *= mean * (1 + shock * count) / ((count + 1) * (1 + shock * mean))
            count += 1
            reached += chance
        found.append(count)
    return tuple(found)


def count_chances(mean: float, shock: float, at_once: float = 1.0) -> tuple[int, list[float]]:
    """The first count that is worth a look, and the chances of it and of those that follow; they add up to 1.

    Each chance follows from its neighbour's by the ratio of the negative binomial law, from the likeliest count
    outwards, and all are divided by their sum: so nothing underflows however large the mean, and the work goes with the
    spread.

    Args:
        mean: expected units, above 0.
        shock: variance of the common factor, at least 0; 0 gives Poisson counts where units come one by one.
        at_once: `phi`, at least 1.
    """
    shock = _with_sizes(mean, shock, at_once)
    likeliest = max(0, math.floor(mean * (1 - shock)))
    scale = 1 + shock * mean
    below, chance, count = list[float](), 1.0, likeliest
    while count > 0 and chance > _NEGLIGIBLE:
        chance *= count * scale / (mean * (1 + shock * (count - 1)))
        count -= 1
        below.append(chance)
    chances, chance = [*reversed(below), 1.0], 1.0
    above = likeliest
    while chance > _NEGLIGIBLE:
        chance *= mean * (1 + shock * above) / ((above + 1) * scale)
        above += 1
        chances.append(chance)
    whole = math.fsum(chances)
    return count, [chance / whole for chance in chances]


def shock_variance(
    pairs: Iterable[tuple[float, float]], prior: float, prior_weight: float, at_once: float = 1.0
) -> float:
    """Variance of the shock by the method of moments from (expected, actual) pairs, drawn to a prior.

    `E[(y - m)^2] = phi m + v m^2` gives `v = sum((y - m)^2 - phi m) / sum(m^2)`, `phi` being `at_once`; the prior
    counts as `prior_weight` pairs of average size. Without pairs the prior stands.
    """
    excess, squares, count = 0.0, 0.0, 0
    for mean, actual in pairs:
        excess += (actual - mean) ** 2 - at_once * mean
        squares += mean * mean
        count += 1
    if squares <= 0:
        return prior
    beforehand = prior_weight * squares / count
    return min(MAX_SHOCK, max(0.0, (excess + beforehand * prior) / (squares + beforehand)))


def _with_sizes(mean: float, shock: float, at_once: float) -> float:
    """The shock that gives units one by one the variance of a shock and returns of several units."""
    return shock + (at_once - 1.0) / mean


def _approximate(mean: float, shock: float, quantiles: Sequence[float]) -> tuple[int, ...]:
    """Wilson and Hilferty's cube-root approximation to a gamma of the same mean and variance."""
    spread = shock + 1.0 / mean
    found = []
    for quantile in quantiles:
        normal = NormalDist().inv_cdf(quantile)
        root = max(0.0, 1 - spread / 9 + normal * math.sqrt(spread / 9))
        found.append(max(0, math.ceil(mean * root**3 - 0.5)))
    return tuple(found)
