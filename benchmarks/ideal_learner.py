"""How near to the best possible prediction one comes who is told all but the styles of a made-up shop.

`p_known` is told every effect. A style's own (how much it comes back, and whether it runs small) nobody can know
before it is sold. So two learners that are told far more than the orders are set beside the model:

- told all else: it knows the law, every other effect, and of each customer what `p_known` knows. It predicts the mean
  over the posterior of the style's effects, given the lines whose outcome was known. Its regret is the floor.
- knows the law: it is told all but the styles' effects too, yet has to tell the customers' types itself, by Bayes' rule
  over their earlier orders, with the styles' effects at their posterior means on the test's first day.

They are references and no bounds: lines are taken for independent given what `p_known` knows, though what befalls an
order befalls all its lines, and the logit of `p_known` to move with an effect as it does at the true one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.sklearn.logits import sigmoid
from adapters.synthetic.baskets import lines_of, orders_of
from adapters.synthetic.chances import (
    chances_at,
    effects,
    intercept,
    over_shocks,
    runs_small,
    smallness_effect,
    style_effects,
)
from adapters.synthetic.lags import law_month, shares_by_age
from adapters.synthetic.outcomes import outcomes
from adapters.synthetic.shop import count_shoppers, known_types
from adapters.synthetic.shoppers import shoppers
from domain.synthetic.shop import ShopLaw

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

_SHOPPERS_AT_ONCE = 20_000
_NODES = np.linspace(-4, 4, 41)  # of a style's effect, in standard deviations


@dataclass(frozen=True)
class Ideal:
    """Chances of the test lines, in the order of `lines`.

    Args:
        lines: numbers of the lines.
        told_all_else: of the learner that is told all but the styles' effects.
        knows_the_law: of the one that has to tell the customers' types as well.
    """

    lines: Integers
    told_all_else: Numbers
    knows_the_law: Numbers


@dataclass(frozen=True)
class _Sales:
    """The lines that were not cancelled, an element each.

    Args:
        line, day, style: of the line, days from the shop's first.
        smallness: what running small does to the line's size.
        known_on: day before which its return was known; far off where there was none.
        logit: of `p_known` without the style's effects.
        slope: by how much that logit moves with an effect.
        p_known: as `p_known`, by the chances that the customer's earlier orders are judged with.
    """

    line: Integers
    day: Integers
    style: Integers
    smallness: Numbers
    known_on: Integers
    logit: Numbers
    slope: Numbers
    p_known: Numbers


@dataclass(frozen=True)
class _Styles:
    """What is known of the effects of all styles on a day.

    Args:
        styles: their numbers, rising.
        weights: posterior (style, runs small or not, node).
        means: posterior means of the effect.
        small: chances of running small.
    """

    styles: Integers
    weights: NDArray[np.float64]
    means: Numbers
    small: Numbers

    def of(self, law: ShopLaw, style: Integers, smallness: Numbers) -> Numbers:
        """The expected effect on lines of these styles; of one never sold that of any."""
        place = np.minimum(np.searchsorted(self.styles, style), len(self.styles) - 1)
        sold = self.styles[place] == style
        small = np.where(sold, self.small[place], law.small_share)
        return np.where(sold, self.means[place], 0.0) + small * smallness


def ideal_chances(law: ShopLaw, test_lines: Collection[int]) -> Ideal:
    """What both learners predict for the lines of a test, each as of its day.

    Args:
        law: of the shop.
        test_lines: their numbers, none of a cancelled order.
    """
    sales = _sales(law, None)
    tested = np.isin(sales.line, np.array(list(test_lines), np.int64))
    told = np.zeros(len(sales.line))
    for day in np.unique(sales.day[tested]):
        today = tested & (sales.day == day)
        told[today] = _expected(law, _learned(law, sales, int(day), sales.style[today]), sales, today)
    first = _learned(law, sales, int(sales.day[tested].min()), sales.style)
    by_estimates = _sales(law, first).p_known
    return Ideal(sales.line[tested], told[tested], by_estimates[tested])


def _sales(law: ShopLaw, estimated: _Styles | None) -> _Sales:
    """All sales; where effects of styles are estimated, customers and lines are judged by these."""
    parts = list(_parts(law, estimated))
    return _Sales(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _parts(law: ShopLaw, estimated: _Styles | None) -> Iterator[tuple[NDArray[np.generic], ...]]:
    number, level = count_shoppers(law), intercept(law)
    for first in range(0, number, _SHOPPERS_AT_ONCE):
        who = shoppers(law, np.arange(first, min(first + _SHOPPERS_AT_ONCE, number), dtype=np.int64))
        orders, counts = orders_of(law, who)
        lines = lines_of(law, who, orders, counts)
        logits, style = effects(law, orders, lines) + level, lines.items.style
        happened = outcomes(law, who.kind[orders.shopper], orders, lines, chances_at(law, logits))
        smallness = smallness_effect(law, lines.size)
        own = style_effects(law, style) + runs_small(law, style) * smallness
        taken = own if estimated is None else estimated.of(law, style, smallness)
        p = chances_at(law, logits - own + taken)
        types = known_types(law, orders, lines, happened, p)
        p_known = (types * over_shocks(law, p)).sum(axis=1)
        slope = (types * over_shocks(law, p * (1 - p))).sum(axis=1) / (p_known * (1 - p_known))
        known_on = (orders.day + happened.return_age)[lines.order] + law.feed_delay_days
        kept = ~happened.cancelled[lines.order]
        columns = (
            lines.ids,
            orders.day[lines.order],
            style,
            smallness,
            np.where(happened.returned, known_on, np.iinfo(np.int64).max),
            np.log(p_known / (1 - p_known)) - slope * taken,
            slope,
            p_known,
        )
        yield tuple(column[kept] for column in columns)


def _learned(law: ShopLaw, sales: _Sales, day: int, wanted: Integers) -> _Styles:
    """The posterior of the effects of some styles, by the outcomes that were known before a day."""
    styles = np.unique(wanted)
    seen = np.flatnonzero((sales.day < day - law.feed_delay_days) & np.isin(sales.style, styles))
    place = np.searchsorted(styles, sales.style[seen])
    age = np.minimum(day - 1 - sales.day[seen] - law.feed_delay_days, law.window_days)
    share = shares_by_age(law)[law_month(sales.day[seen]), age]
    came = sales.known_on[seen] < day
    log_weights = np.empty((len(styles), 2, len(_NODES)))
    for is_small, chance in enumerate((1 - law.small_share, law.small_share)):
        for node, deviations in enumerate(_NODES):
            p = _chances(law, sales, seen, is_small, deviations)
            evidence = np.bincount(place, np.log(np.where(came, p, 1 - p * share)), minlength=len(styles))
            log_weights[:, is_small, node] = evidence - deviations**2 / 2 + np.log(max(chance, 1e-300))
    weights = np.exp(log_weights - log_weights.max(axis=(1, 2), keepdims=True))
    weights /= weights.sum(axis=(1, 2), keepdims=True)
    means = (weights.sum(axis=1) * _NODES * law.style_spread).sum(axis=1)
    return _Styles(styles, weights, means, weights[:, 1].sum(axis=1))


def _expected(law: ShopLaw, learned: _Styles, sales: _Sales, rows: NDArray[np.bool_]) -> Numbers:
    """The mean chance of some sales over the posterior of their styles."""
    weights = learned.weights[np.searchsorted(learned.styles, sales.style[rows])]
    places = np.flatnonzero(rows)
    total = np.zeros(len(places))
    for is_small in (0, 1):
        for node, deviations in enumerate(_NODES):
            total += weights[:, is_small, node] * _chances(law, sales, places, is_small, deviations)
    return total


def _chances(law: ShopLaw, sales: _Sales, rows: Integers, is_small: int, deviations: float) -> Numbers:
    """The chances of some sales if their styles had an effect, and ran small or not."""
    effect = law.style_spread * deviations + is_small * sales.smallness[rows]
    return sigmoid(sales.logit[rows] + sales.slope[rows] * effect)
