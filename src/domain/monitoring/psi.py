"""The population stability index: how far a sample has moved from the one a model learned from.

`PSI = sum((q_i - p_i) * ln(q_i / p_i))` over bins, the symmetric divergence of Kullback and Leibler as scoring practice
uses it (Siddiqi 2006). Ten bins of the reference's quantiles; nulls, and values that fill a bin alone, have bins of
their own; every share is at least 1e-4, so that an empty bin stays finite.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Sequence

BINS = 10
SMALLEST_SHARE = 1e-4


def population_stability(reference: Sequence[float | None], current: Sequence[float | None]) -> float | None:
    """PSI of numbers; None where either sample is empty. NaN counts as null."""
    known = sorted(value for value in reference if value is not None and not math.isnan(value))
    edges, common = _edges(known), _common(known)
    return category_stability([_bin(edges, common, v) for v in reference], [_bin(edges, common, v) for v in current])


def category_stability(
    reference: Sequence[Hashable], current: Sequence[Hashable], least_share: float = 0.0
) -> float | None:
    """PSI of categories, each a bin of its own; None where either sample is empty.

    Those that have less than `least_share` of both samples are one bin: many rare ones differ by chance alone.
    """
    if not reference or not current:
        return None
    before, now = Counter(reference), Counter(current)
    shares = [(before[value] / len(reference), now[value] / len(current)) for value in {**before, **now}]
    common = [pair for pair in shares if max(pair) >= least_share]
    rare = (math.fsum(p for p, _ in shares) - math.fsum(p for p, _ in common), 1.0 - math.fsum(q for _, q in common))
    return math.fsum(_term(p, q) for p, q in ([*common, rare] if len(common) < len(shares) else common))


def _term(before: float, now: float) -> float:
    p, q = max(before, SMALLEST_SHARE), max(now, SMALLEST_SHARE)
    return (q - p) * math.log(q / p)


def _edges(known: Sequence[float]) -> list[float]:
    if not known:
        return []
    return sorted({known[len(known) * cut // BINS] for cut in range(1, BINS)})


def _common(known: Sequence[float]) -> frozenset[float]:
    """Values that fill a bin by themselves, such as the 0 of a count that is mostly 0."""
    return frozenset(value for value, times in Counter(known).items() if times * BINS >= len(known))


def _bin(edges: Sequence[float], common: frozenset[float], value: float | None) -> int:
    if value is None or math.isnan(value):
        return -2  # -1 is that of a lowest value which fills a bin and is no edge
    return 2 * bisect_right(edges, value) - (value in common)
