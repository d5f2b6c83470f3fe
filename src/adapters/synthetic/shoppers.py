"""Who buys: customers and guests with their hidden type, their tastes, and how often they come."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from adapters.synthetic.randomness import Draw, Flags, Integers, Numbers, extras, normals, uniforms
from domain.synthetic.shop import MOST_ORDERS, ShopLaw

_PROBE = 20_000
_LOYALTY_SPREAD = 0.8
_SIZE_SPREAD = 1.2


@dataclass(frozen=True)
class Shoppers:
    """One element a shopper.

    Args:
        ids: identity; customers and guests share the numbers.
        guest: whether the one order is a guest's.
        kind: hidden type, from 0.
        entry: share of all sales that come before the shopper does.
        orders: orders placed.
        usual_size: from 0.
        favourite: category.
        staple: popularity rank of the item bought again and again.
    """

    ids: Integers
    guest: Flags
    kind: Integers
    entry: Numbers
    orders: Integers
    usual_size: Integers
    favourite: Integers
    staple: Integers


def shoppers(law: ShopLaw, ids: Integers) -> Shoppers:
    """The shoppers of these identities."""
    guest = uniforms(law.seed, Draw.GUEST, ids) < _guest_share(law)
    newcomer = uniforms(law.seed, Draw.NEWCOMER, ids) < law.new_customers
    entry = np.where(newcomer | guest, uniforms(law.seed, Draw.ENTRY, ids), 0.0)
    middle = (law.sizes - 1) / 2
    size = np.rint(middle + _SIZE_SPREAD * normals(law.seed, Draw.USUAL_SIZE, ids))
    return Shoppers(
        ids=ids,
        guest=guest,
        kind=_picked(uniforms(law.seed, Draw.TYPE, ids), law.type_shares),
        entry=entry,
        orders=np.where(guest, 1, _orders(law, ids, entry)),
        usual_size=np.asarray(np.clip(size, 0, law.sizes - 1), np.int64),
        favourite=np.asarray(uniforms(law.seed, Draw.FAVOURITE, ids) * law.categories, np.int64),
        staple=rank(law, uniforms(law.seed, Draw.STAPLE, ids)),
    )


def rank(law: ShopLaw, uniform: Numbers) -> Integers:
    """A popularity rank from 0: the chance of rank r falls as 1 / (r + 1), Zipf's law."""
    return np.asarray(np.floor(np.exp(uniform * np.log(law.slots))) - 1, np.int64)


@cache
def shopper_count(law: ShopLaw) -> int:
    """How many shoppers make about as many lines as the law asks for, by what the first twenty thousand buy."""
    first = shoppers(law, np.arange(_PROBE, dtype=np.int64))
    return max(1, round(law.lines / (float(first.orders.mean()) * law.lines_per_order)))


def _picked(uniform: Numbers, shares: tuple[float, ...]) -> Integers:
    return np.asarray(np.minimum(np.searchsorted(np.cumsum(shares), uniform, "right"), len(shares) - 1), np.int64)


def _guest_share(law: ShopLaw) -> float:
    """Share of guests among shoppers that makes the law's share among orders."""
    weighed = law.guests * law.orders_per_customer
    return weighed / (1 - law.guests + weighed)


def _orders(law: ShopLaw, ids: Integers, entry: Numbers) -> Integers:
    loyalty = np.exp(_LOYALTY_SPREAD * normals(law.seed, Draw.LOYALTY, ids) - _LOYALTY_SPREAD**2 / 2)
    mean = (law.orders_per_customer - 1) * loyalty * (1 - entry)
    return np.minimum(1 + extras(law.seed, Draw.ORDERS, ids, mean), MOST_ORDERS)
