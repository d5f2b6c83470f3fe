"""What is bought and when: orders and lines, in which nothing depends on the hidden type."""

from dataclasses import dataclass

import numpy as np

from adapters.synthetic.items import Items, items_at
from adapters.synthetic.randomness import Draw, Flags, Integers, Numbers, extras, uniforms
from adapters.synthetic.shoppers import Shoppers, rank
from domain.synthetic.shop import MOST_LINES, ShopLaw

_ORDER_STEP, _LINE_STEP = 512, 32  # above the most orders of a customer and the most lines of an order
_SECONDS = 86_000  # of a day; the last minutes are left to cancellations
_BUSY_SHARE = 0.3
_SECOND_SIZE = 0.1


@dataclass(frozen=True)
class Orders:
    """One element an order, sorted by shopper and day.

    Args:
        ids: identity.
        shopper: place among the shoppers.
        day: from 0.
        second: of the day.
        device: 0 to 2.
        first_line: place of its first line; its lines follow one another.
    """

    ids: Integers
    shopper: Integers
    day: Integers
    second: Integers
    device: Integers
    first_line: Integers


@dataclass(frozen=True)
class Lines:
    """One element a line.

    Args:
        ids: identity.
        order: place among the orders.
        items: what is bought.
        size: from 0.
        units: above 0.
        discount: share.
        several: whether the style is in the basket in another size as well.
    """

    ids: Integers
    order: Integers
    items: Items
    size: Integers
    units: Integers
    discount: Numbers
    several: Flags


def orders_of(law: ShopLaw, who: Shoppers) -> tuple[Orders, Integers]:
    """The orders of the shoppers, and the number of lines of each."""
    shopper, nth = _repeated(who.orders)
    ids = who.ids[shopper] * _ORDER_STEP + nth
    entry = who.entry[shopper]
    share = entry + (1 - entry) * uniforms(law.seed, Draw.DAY, ids)
    day = np.minimum(np.interp(share, _sales_by_day(law), np.arange(law.days + 1)), law.days - 1).astype(np.int64)
    order = np.lexsort((ids, day, shopper))
    ids, shopper, day = ids[order], shopper[order], day[order]
    lines = np.minimum(1 + extras(law.seed, Draw.LINES, ids, law.lines_per_order - 1), MOST_LINES)
    second = np.asarray(uniforms(law.seed, Draw.SECOND, ids) * _SECONDS, np.int64)
    device = np.asarray(uniforms(law.seed, Draw.DEVICE, ids) * 3, np.int64)
    return Orders(ids, shopper, day, second, device, np.cumsum(lines) - lines), lines


def lines_of(law: ShopLaw, who: Shoppers, orders: Orders, counts: Integers) -> Lines:
    """The lines of the orders."""
    order, nth = _repeated(counts)
    ids = orders.ids[order] * _LINE_STEP + nth
    shopper, day = orders.shopper[order], orders.day[order]
    copies = (nth > 0) & (uniforms(law.seed, Draw.OTHER_SIZE, ids) < law.several_sizes) & (law.sizes > 1)
    base = np.maximum.accumulate(np.where(copies, 0, np.arange(len(ids))))
    slot = _slots(law, who, shopper, ids)[base]
    stray = (uniforms(law.seed, Draw.SIZE, ids) < _SECOND_SIZE).astype(np.int64)
    size = ((who.usual_size[shopper] + stray)[base] + np.arange(len(ids)) - base) % law.sizes
    return Lines(
        ids=ids,
        order=order,
        items=items_at(law, slot, day),
        size=size,
        units=1 + extras(law.seed, Draw.UNITS, ids, law.units_per_line - 1),
        discount=_discounts(law, ids, day),
        several=copies | np.append(copies[1:], False),
    )


def _repeated(counts: Integers) -> tuple[Integers, Integers]:
    """Each place as many times as it counts, and the number of the repetition, from 0."""
    place = np.repeat(np.arange(len(counts)), counts)
    return place, np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)


def _slots(law: ShopLaw, who: Shoppers, shopper: Integers, ids: Integers) -> Integers:
    drawn = rank(law, uniforms(law.seed, Draw.RANK, ids))
    # Ranks go round the categories in turn, so the same place of the favourite one is near in popularity.
    favourite = drawn - drawn % law.categories + who.favourite[shopper]
    tasted = uniforms(law.seed, Draw.TASTE, ids) < law.taste
    chosen = np.where(tasted, np.minimum(favourite, law.slots - 1), drawn)
    again = uniforms(law.seed, Draw.REPEAT, ids) < law.repeat
    return np.where(again, who.staple[shopper], chosen)


def _sales_by_day(law: ShopLaw) -> Numbers:
    """Cumulative share of sales before each day: a busy autumn and busy ends of weeks."""
    day = np.arange(law.days)
    busy = 1 + _BUSY_SHARE * np.sin(2 * np.pi * (day - 200) / 365) + _BUSY_SHARE * (day % 7 >= 5)
    return np.append(0.0, np.cumsum(busy) / busy.sum())


def _discounts(law: ShopLaw, ids: Integers, day: Integers) -> Numbers:
    """Three lines of five are reduced by 30 % in the sales of January and July, else one of ten by 10 %."""
    drawn, in_sales = uniforms(law.seed, Draw.DISCOUNT, ids), day % 182 < 21
    return np.where(in_sales, np.where(drawn < 0.6, 0.3, 0.0), np.where(drawn < 0.1, 0.1, 0.0))
