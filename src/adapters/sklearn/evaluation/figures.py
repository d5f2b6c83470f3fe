"""Everything that is measured of chances and outcomes alone, as JSON values: of one test or of several pooled."""

from collections.abc import Mapping, Sequence

from adapters.sklearn.evaluation.curves import pr_points, reliability_points, roc_points
from adapters.sklearn.evaluation.judged_rows import JudgedRows
from adapters.sklearn.evaluation.money_calibration import money_figures
from adapters.sklearn.evaluation.scorecard import cost_without_action, scorecard
from adapters.sklearn.evaluation.slices import slice_figures
from domain.model.recipe import LEARNERS
from domain.snapshot import Json

PLACES = 9
_CURVES = {"reliability": reliability_points, "roc": roc_points, "pr": pr_points}


def judged_figures(judged: JudgedRows, learner: str, levels: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    """Metrics of every learner with intervals; slices, money and curves of the learner whose chances are used.

    Args:
        judged: the lines, at least one.
        learner: whose chances are used.
        levels: by dimension the slice of every row.
    """
    y = judged.outcomes
    return {
        "resamples": len(judged.resamples),
        "learners": scorecard(judged),
        "cost_per_1000_without_action": cost_without_action(judged),
        "slices": slice_figures(judged, learner, levels),
        "money": money_figures(judged, learner, {name: levels[name] for name in ("month", "category")}),
        **{
            name: [entry for plotted in LEARNERS for entry in points(plotted, judged.chances[plotted], y)]
            for name, points in _CURVES.items()
        },
    }


def rounded(value: Json) -> Json:
    """Figures without the last bits, which depend on the machine."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, PLACES) if isinstance(value, float) else value
