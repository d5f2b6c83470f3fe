"""Which lines a calibrator may be fitted on, as the length of history at a fit allows: none of them a test line.

An earlier origin whose test was mature before the fit is best where it holds many returns: its model stood before
those lines in time. The slope of few is more of their month than of the fit. So where history is too short, or the
shop too small, every block of customers is predicted by a fit of the others, which takes in all mature lines. A sample,
whose lines stand for different numbers of others, has no such blocks, and does with fewer returns. With a handful of
them nothing says anything, and the chances stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.labels import LabelPolicy
from domain.model.fits import LineCount, Window, latest_test, training_counts

MIN_RETURNED = 200  # of fewer any fit sees much that is chance
MIN_RETURNED_OF_A_SLICE = 2_000  # their slope has a standard error of some 0.05 to 0.08
MIN_RETURNED_AT_ALL = 20
BLOCKS = 3


class Regime(StrEnum):
    """Where the predictions come from that a calibrator is fitted on."""

    SLICE = "slice"
    BLOCKS = "blocks"
    NONE = "none"


@dataclass(frozen=True)
class CalibrationPlan:
    """What the length of history allows.

    Args:
        regime: where the predictions come from.
        test: days of the earlier origin's test, whose first is the day of its fit; None in the other regimes.
    """

    regime: Regime
    test: Window | None = None


def plan_calibration(
    counts: Sequence[LineCount], policy: LabelPolicy, fit_at: date, *, sampled: bool = False
) -> CalibrationPlan:
    """The regime of a fit.

    Args:
        counts: lines by day of order and day on which their return became known.
        policy: when a label is final.
        fit_at: day of the fit; returns known later count for nothing.
        sampled: whether the fit learns from a sample of its lines.
    """
    known = [count for count in counts if count.ordered_on < fit_at]
    test = latest_test(known, policy, fit_at)
    least = MIN_RETURNED if sampled else MIN_RETURNED_OF_A_SLICE
    if test is not None and _returned_within(known, test, fit_at) >= least:
        return CalibrationPlan(Regime.SLICE, test)
    enough = not sampled and training_counts(known, policy, fit_at)[1] >= MIN_RETURNED_AT_ALL
    return CalibrationPlan(Regime.BLOCKS if enough else Regime.NONE)


def _returned_within(counts: Sequence[LineCount], test: Window, at: date) -> int:
    came = (count for count in counts if test.holds(count.ordered_on) and count.known_on is not None)
    return sum(count.lines for count in came if count.known_on is not None and count.known_on < at)
