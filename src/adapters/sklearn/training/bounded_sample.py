"""Training on more lines than fit: a stratified sample whose weights keep the probabilities right.

Lines are drawn apart by whether they came back and whether their window is open. The rarer kind tells more, so up to
half of the sample is of it. A line weighs by how many of its stratum it stands for, so that the weighted sample has the
rates of the whole: case-control sampling with the inverse of the share drawn (King and Zeng 2001).
"""

import numpy as np

from adapters.sklearn.columns import Numbers


def shares_drawn(returned: Numbers, bound: int) -> tuple[int, int]:
    """How many returned and how many kept lines are drawn, so that they are `bound` at most.

    Args:
        returned: 1.0 or 0.0, a value a line.
        bound: lines that can be learned from.
    """
    lines, positives = len(returned), int(returned.sum())
    if lines <= bound:
        return positives, lines - positives
    rarer = min(positives, lines - positives, bound // 2)
    return (rarer, bound - rarer) if positives <= lines - positives else (bound - rarer, rarer)


def drawn_positions(returned: Numbers, bound: int, seed: int) -> tuple[np.ndarray, Numbers]:
    """Positions of the lines that are drawn, rising, and what each weighs; all lines, each once, where they fit.

    Args:
        returned: 1.0 or 0.0, a value a line, in the order of `line_id`.
        bound: lines that can be learned from.
        seed: of the draw.
    """
    positions = np.arange(len(returned))
    if len(returned) <= bound:
        return positions, np.ones(len(returned))
    weights = np.zeros(len(returned))
    draws = np.random.default_rng(seed)
    for label, wanted in zip((1.0, 0.0), shares_drawn(returned, bound), strict=True):
        stratum = positions[returned == label]
        chosen = draws.choice(stratum, wanted, replace=False)
        weights[chosen] = len(stratum) / max(wanted, 1)
    kept = np.flatnonzero(weights)
    return kept, weights[kept]
