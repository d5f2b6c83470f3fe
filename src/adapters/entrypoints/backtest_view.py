"""A backtest as a person reads it: metrics with intervals, fold by fold, money, and against another one."""

from collections.abc import Mapping

from adapters.entrypoints.console import out, print_table
from domain.snapshot import Json

METRICS: Mapping[str, str] = {
    "log_loss": "log-loss",
    "log_loss_skill": "log-loss skill",
    "log_loss_skill_vs_baseline": "  against baseline",
    "brier": "Brier",
    "brier_skill": "Brier skill",
    "brier_skill_vs_baseline": "  against baseline",
    "auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "ece": "calibration error (ECE)",
    "calibration_slope": "calibration slope",
    "calibration_intercept": "calibration intercept",
    "top_decile_lift": "top-decile lift",
    "cost_per_1000": "cost per 1,000 lines",
}
_OF_A_FOLD = ("log_loss", "brier_skill", "auc", "ece", "calibration_slope")


def print_backtest(facts: Mapping[str, Json]) -> None:
    """Every metric of the learner in use with its interval, and the other learners' beside it."""
    used, learners = facts["learner"], facts["learners"]
    rate = f"; train rate {facts['constant_rate']:.4f}" if "constant_rate" in facts else ""
    out.print(
        f"[bold]{facts['rows']:,} lines[/] ordered {facts['test_from']} to {facts['test_to']}, "
        f"{facts['positives']:,} came back; labels as known at {facts['as_of']}{rate}"
    )
    others = [name for name in learners if name != used]
    rows = [
        (label, *_with_interval(learners[used].get(metric)), *(_value(learners[name].get(metric)) for name in others))
        for metric, label in METRICS.items()
    ]
    columns = ("metric", used, "95 % interval", *others)
    print_table(f"p is from: {used}; intervals resample customers", columns, rows, right=columns[1:])
    _print_money(facts)


def print_folds(facts: Mapping[str, Json]) -> None:
    """One row a fold, with what it learned from."""
    rows = [
        (
            f"{fold['test_from']} to {fold['test_to']}",
            f"{fold['rows']:,}",
            f"{fold['training']['rows']:,} + {fold['training']['open_orders']['lines']:,}",
            *(_value(fold["learners"].get(facts["learner"], {}).get(metric)) for metric in _OF_A_FOLD),
        )
        for fold in facts["folds"]
    ]
    columns = ("test", "lines", "learned from (mature + open)", *(METRICS[metric] for metric in _OF_A_FOLD))
    print_table("By origin, weights frozen on the first day of each test", columns, rows, right=columns[1:])
    out.print(f"run       {facts['run']}  (for --compare)")
    for step, reason in facts["put_off"].items():
        out.print(f"put off   {step}: {reason}", markup=False, soft_wrap=True)


def print_comparison(found: Mapping[str, Json]) -> None:
    """The difference of the log-losses with its paired interval, and what else tells the two apart."""
    difference = found["log_loss_difference"]
    out.print(
        f"against   {found['run']}, on {found['lines']:,} lines that both tested: log-loss "
        f"{difference['value']:+.5f} (95 % interval {difference['low']:+.5f} to {difference['high']:+.5f})"
    )
    out.print(
        f"          cost per 1,000 lines {found['cost_difference']:+.2f}; "
        f"ECE {found['candidate_ece']:.4f} against {found['champion_ece']:.4f}"
    )
    if found["note"] is not None:
        out.print(f"          {found['note']}", markup=False, soft_wrap=True)


def _print_money(facts: Mapping[str, Json]) -> None:
    shown = [entry for entry in facts["money"] if entry["dimension"] != "category"]
    rows = [
        (entry["value"], f"{entry['expected']:,.0f}", f"{entry['realised']:,.0f}", *_ratio(entry)) for entry in shown
    ]
    columns = ("month", "expected back", "came back", "ratio", "95 % interval")
    print_table("Value of returns in currency (categories: --json)", columns, rows, right=columns[1:])


def _ratio(entry: Mapping[str, Json]) -> tuple[str, str]:
    if entry["ratio"] is None:
        return "-", ""
    return f"{entry['ratio']:.3f}", f"{entry['ratio_low']:.3f} to {entry['ratio_high']:.3f}"


def _with_interval(figure: Mapping[str, float] | None) -> tuple[str, str]:
    if figure is None:
        return "-", ""
    return _value(figure), f"{figure['low']:.4f} to {figure['high']:.4f}"


def _value(figure: Mapping[str, float] | None) -> str:
    return "-" if figure is None else f"{figure['value']:.4f}"
