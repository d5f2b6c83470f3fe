"""Random numbers that are functions of a seed and identities, so that no division of the work changes them."""

from enum import IntEnum, auto
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Draw(IntEnum):
    """What a random number decides; each has numbers of its own."""

    GUEST = auto()
    TYPE = auto()
    NEWCOMER = auto()
    ENTRY = auto()
    LOYALTY = auto()
    ORDERS = auto()
    USUAL_SIZE = auto()
    FAVOURITE = auto()
    STAPLE = auto()
    DAY = auto()
    SECOND = auto()
    DEVICE = auto()
    LINES = auto()
    RANK = auto()
    TASTE = auto()
    REPEAT = auto()
    OTHER_SIZE = auto()
    SIZE = auto()
    UNITS = auto()
    DISCOUNT = auto()
    RENEWED = auto()
    PHASE = auto()
    CATEGORY_PRICE = auto()
    PRICE = auto()
    CATEGORY_EFFECT = auto()
    STYLE_EFFECT = auto()
    FIT = auto()
    SHOCK = auto()
    CANCELLED = auto()
    CANCEL_DAY = auto()
    RETURNED = auto()
    LAG = auto()
    RETURN_SECOND = auto()
    PARTIAL = auto()
    RETURNED_UNITS = auto()


def uniforms(seed: int, draw: Draw, ids: Integers, salt: int = 0) -> Numbers:
    """Numbers in [0, 1), one an identity: the finaliser of SplitMix64 (Steele, Lea and Flood 2014), applied twice."""
    with np.errstate(over="ignore"):
        stream = _mixed(np.array([seed], np.uint64) * _GOLDEN + np.uint64(2 * int(draw) + salt))
        return np.asarray((_mixed(_mixed(ids.astype(np.uint64) * _GOLDEN + stream)) >> np.uint64(11)) / 2.0**53)


def normals(seed: int, draw: Draw, ids: Integers) -> Numbers:
    """Standard normal numbers, one an identity (Box and Muller 1958)."""
    radius = np.sqrt(-2 * np.log1p(-uniforms(seed, draw, ids)))
    return np.asarray(radius * np.cos(2 * np.pi * uniforms(seed, draw, ids, salt=1)))


def extras(seed: int, draw: Draw, ids: Integers, mean: Numbers | float) -> Integers:
    """Whole numbers from 0 with a geometric law of about that mean."""
    # floor(X) of an exponential X of this scale is geometric with exactly the mean.
    positive = np.maximum(mean, 1e-9)
    scale = 1 / np.log1p(1 / positive)
    return np.asarray(np.floor(-np.log1p(-uniforms(seed, draw, ids)) * scale), np.int64)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))
