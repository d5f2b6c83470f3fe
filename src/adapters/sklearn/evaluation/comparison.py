"""One model against another on the same lines: differences are paired, and their intervals resample customers."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation import metrics
from adapters.sklearn.evaluation.bootstrap import Metric, interval, point
from adapters.sklearn.evaluation.judged_rows import JudgedRows
from adapters.sklearn.evaluation.scorecard import judged_metrics
from domain.model.decision import Interval
from domain.model.promotion import Comparison, SliceComparison


def compared(judged: JudgedRows, ours: Numbers, theirs: Numbers, levels: Mapping[str, Sequence[str]]) -> Comparison:
    """Chances of the candidate against the champion's.

    Args:
        judged: the lines with their outcomes.
        ours: the candidate's chances, a value a row.
        theirs: the champion's chances, a value a row.
        levels: by dimension the slice of every row.
    """
    y = judged.outcomes
    our_losses, their_losses = metrics.log_losses(ours, y), metrics.log_losses(theirs, y)
    difference = interval(metrics.weighted_mean(our_losses - their_losses), judged.resamples)
    cost = float(1_000 * (judged.realised_costs(ours) - judged.realised_costs(theirs)).mean())
    our_figures, their_figures = judged_metrics(judged, ours), judged_metrics(judged, theirs)
    return Comparison(
        log_loss_difference=difference or Interval(0.0, 0.0, 0.0),
        cost_difference=cost,
        candidate_ece=_value(our_figures["ece"], judged) or 0.0,
        champion_ece=_value(their_figures["ece"], judged) or 0.0,
        customers=judged.customers,
        returned_lines=int(y.sum()),
        candidate_slope=_value(our_figures["calibration_slope"], judged),
        champion_slope=_value(their_figures["calibration_slope"], judged),
        slices=tuple(_slice_comparisons(our_losses, their_losses, y, levels)),
    )


def _slice_comparisons(
    ours: Numbers, theirs: Numbers, outcomes: Numbers, levels: Mapping[str, Sequence[str]]
) -> Iterator[SliceComparison]:
    for dimension, of_rows in levels.items():
        for level in sorted(set(of_rows)):
            members = np.array(of_rows) == level
            means = float(ours[members].mean()), float(theirs[members].mean())
            yield SliceComparison(dimension, level, int(members.sum()), int(outcomes[members].sum()), *means)


def _value(metric: Metric, judged: JudgedRows) -> float | None:
    return point(metric, len(judged.outcomes))
