"""Every metric of every learner, with intervals, as JSON values."""

import numpy as np

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation import metrics
from adapters.sklearn.evaluation.bootstrap import Metric, interval
from adapters.sklearn.evaluation.judged_rows import JudgedRows
from domain.model.recipe import BASELINE, LEARNERS
from domain.snapshot import Json


def scorecard(judged: JudgedRows) -> dict[str, dict[str, Json]]:
    """By learner and metric: `value`, `low` and `high`; a metric that is not defined is left out."""
    return {learner: _measured(judged, judged_metrics(judged, judged.chances[learner])) for learner in LEARNERS}


def judged_metrics(judged: JudgedRows, p: Numbers) -> dict[str, Metric]:
    """The metrics of one learner's chances by name.

    Skill is against the constant rate of the training rows, `_vs_baseline` against the smoothed rates. The
    cost is that of 1,000 lines, in currency.
    """
    y, constant, baseline = judged.outcomes, judged.chances["constant"], judged.chances[BASELINE]
    log_losses, squares = metrics.log_losses(p, y), metrics.squared_errors(p, y)
    return {
        "log_loss": metrics.weighted_mean(log_losses),
        "log_loss_skill": metrics.skill(log_losses, metrics.log_losses(constant, y)),
        "log_loss_skill_vs_baseline": metrics.skill(log_losses, metrics.log_losses(baseline, y)),
        "brier": metrics.weighted_mean(squares),
        "brier_skill": metrics.skill(squares, metrics.squared_errors(constant, y)),
        "brier_skill_vs_baseline": metrics.skill(squares, metrics.squared_errors(baseline, y)),
        "auc": metrics.roc_auc(p, y),
        "pr_auc": metrics.average_precision(p, y),
        "ece": metrics.calibration_error(p, y),
        "calibration_slope": metrics.calibration_slope(p, y),
        "calibration_intercept": metrics.calibration_intercept(p, y),
        "top_decile_lift": metrics.top_decile_lift(p, y),
        "cost_per_1000": metrics.weighted_mean(1_000 * judged.realised_costs(p)),
    }


def cost_without_action(judged: JudgedRows) -> float:
    """Cost of 1,000 lines when nothing is done about any of them, in currency."""
    return float(1_000 * judged.realised_costs(np.zeros(len(judged.outcomes))).mean())


def _measured(judged: JudgedRows, measured: dict[str, Metric]) -> dict[str, Json]:
    found = {name: interval(metric, judged.resamples) for name, metric in measured.items()}
    return {name: {"value": i.value, "low": i.low, "high": i.high} for name, i in found.items() if i is not None}
