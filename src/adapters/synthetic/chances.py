"""The true chance of a return of every line, for each hidden type and each thing that may befall its order."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from adapters.synthetic.baskets import Lines, Orders, lines_of, orders_of
from adapters.synthetic.randomness import Draw, Flags, Integers, Numbers, normals, uniforms
from adapters.synthetic.shoppers import shoppers
from domain.synthetic.shop import ShopLaw

_PROBE_LINES = 20_000
_BISECTIONS = 60
_DEVICE_EFFECTS = np.array([0.15, -0.1, 0.0])


def chances(law: ShopLaw, orders: Orders, lines: Lines) -> NDArray[np.float64]:
    """An array (line, type, shock)."""
    return chances_at(law, effects(law, orders, lines) + intercept(law))


def style_effects(law: ShopLaw, style: Integers) -> Numbers:
    """What makes a style come back more than others, whatever its size, in logits."""
    return np.asarray(law.style_spread * normals(law.seed, Draw.STYLE_EFFECT, style))


def runs_small(law: ShopLaw, style: Integers) -> Flags:
    """Whether a style runs small."""
    return np.asarray(uniforms(law.seed, Draw.FIT, style) < law.small_share)


def smallness_effect(law: ShopLaw, size: Integers) -> Numbers:
    """The effect of running small on a size, in logits."""
    return np.asarray(law.small_effect * (0.5 + size / max(law.sizes - 1, 1)))


def effects(law: ShopLaw, orders: Orders, lines: Lines) -> Numbers:
    """The sum of all effects on a line that can be learned from data, in logits, without the intercept."""
    day, item = orders.day[lines.order], lines.items
    broken = (item.slot == law.defect_rank) & (day >= law.defect_at * law.days)
    return np.asarray(
        law.category_spread * normals(law.seed, Draw.CATEGORY_EFFECT, item.category)
        + style_effects(law, item.style)
        + runs_small(law, item.style) * smallness_effect(law, lines.size)
        + law.several_effect * lines.several
        + law.price_effect * item.log_price
        + law.discount_effect * lines.discount
        + law.season * np.sin(2 * np.pi * (day - 30) / 365)
        + law.drift * (day / law.days - 0.5)
        + law.defect_effect * broken
        + _DEVICE_EFFECTS[orders.device[lines.order]]
    )


@cache
def intercept(law: ShopLaw) -> float:
    """The intercept, in logits, with which the mean chance of the shop's first lines is the law's rate (bisection)."""
    shopper_ids = np.arange(max(200, round(_PROBE_LINES / law.orders_per_customer / law.lines_per_order)))
    who = shoppers(law, shopper_ids.astype(np.int64))
    orders, counts = orders_of(law, who)
    known = effects(law, orders, lines_of(law, who, orders, counts))
    low, high = -20.0, 20.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        too_few = float(over_types(law, over_shocks(law, chances_at(law, known + middle))).mean()) < law.rate
        low, high = (middle, high) if too_few else (low, middle)
    return low


def over_shocks(law: ShopLaw, p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances (line, type), what befalls the order integrated out."""
    return np.asarray(p @ np.array([share for share, _ in law.shocks]))


def over_types(law: ShopLaw, p: NDArray[np.float64]) -> Numbers:
    """Chances (line) of a shopper of whom nothing is known."""
    return np.asarray(p @ np.array(law.type_shares))


def chances_at(law: ShopLaw, logits: Numbers) -> NDArray[np.float64]:
    """An array (line, type, shock) for lines of these logits, intercept included."""
    shocks = np.array([effect for _, effect in law.shocks])
    hidden = np.array(law.type_effects)[:, None] + shocks[None, :]
    return np.asarray(1 / (1 + np.exp(-(logits[:, None, None] + hidden[None, :, :]))))
