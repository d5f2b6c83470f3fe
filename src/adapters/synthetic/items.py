"""What is sold: places in the range by popularity, each filled by one style after another."""

from dataclasses import dataclass

import numpy as np

from adapters.synthetic.randomness import Draw, Integers, Numbers, normals, uniforms
from domain.synthetic.shop import ShopLaw

_GENERATIONS = 1_000  # above the most styles that one place has in the longest of shops
_USUAL_LOG_PRICE = 3.4


@dataclass(frozen=True)
class Items:
    """One element a line: place in the range, style, category, price before discount and cost in cents."""

    slot: Integers
    style: Integers
    category: Integers
    cents: Integers
    cost_cents: Integers
    log_price: Numbers


def items_at(law: ShopLaw, slot: Integers, day: Integers) -> Items:
    """The style in each place that day, with what belongs to it."""
    renewed = uniforms(law.seed, Draw.RENEWED, slot) < law.new_items
    phase = np.asarray(uniforms(law.seed, Draw.PHASE, slot) * law.item_life_days, np.int64)
    style = slot * _GENERATIONS + np.where(renewed, (day + phase) // law.item_life_days, 0)
    category = slot % law.categories
    spread = 0.4 * normals(law.seed, Draw.CATEGORY_PRICE, category) + 0.5 * normals(law.seed, Draw.PRICE, style)
    cents = np.asarray(np.rint(np.exp(_USUAL_LOG_PRICE + spread) * 20) * 5 + 5, np.int64)
    return Items(slot, style, category, cents, np.asarray(cents * 0.55, np.int64), spread)
