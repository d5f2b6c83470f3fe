"""`returncast backtest`: how good a fit would have been on days that are asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from adapters.bootstrap import composition, source_called
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.entrypoints.progress import LoggedProgress
from application.backtest_model import BACKTEST, Backtest, BacktestRequest
from application.run_request import RunRequest
from domain.snapshot import Json


class Learner(StrEnum):
    """Whose probabilities are written; the names of `domain.recipe.LEARNERS`."""

    MEAN = "mean"
    HGB = "hgb"
    LOGISTIC = "logistic"
    BASELINE = "baseline"


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


def backtest(
    out_file: Annotated[Path, typer.Option("--out", help="Where the rows go: .csv or .parquet.")],
    test_from: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="First test day; the fit's day.")] = None,
    test_to: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Last test day, inclusive.")] = None,
    window: Annotated[int | None, typer.Option(min=1, help="Days a return counts in; default: the mapping's.")] = None,
    model: Annotated[Learner, typer.Option(help="Whose probabilities are written as p.")] = Learner.MEAN,
    shuffle_labels: Annotated[
        int | None, typer.Option("--shuffle-labels", metavar="SEED", help="Permute the training labels: a leak test.")
    ] = None,
    source: Source = "bundled",
    as_of: AsOf = None,
    lake: Lake = None,
    json: AsJson = False,
) -> None:
    """Fit at the first test day, predict the test, and print every metric with its 95 % interval.

    Writes one row a test line: line_id, order_id, customer_id, item_id, ordered_at, p, y. Labels are those known
    at --as-of; weights are frozen at the first test day; features of a line see what was available before its day.

    Example: returncast backtest --test-from 2019-02-01 --test-to 2019-03-01 --out backtest.csv
    """
    use_lake(lake)
    from adapters.arrow.row_file import check_row_file, write_rows  # noqa: PLC0415 (Arrow slows every command's start)

    check_row_file(out_file)
    base = composition().request(parse_day(as_of, "--as-of"))
    recipe = replace(base.recipe, learner=str(model), shuffle_labels_seed=shuffle_labels)
    request = replace(base, recipe=recipe, window_days=window or base.window_days)
    result = _run(source, request, parse_day(test_from, "--test-from"), parse_day(test_to, "--test-to"))
    write_rows(out_file, BACKTEST, result.rows)
    if json:
        print_json({**result.facts, "out": str(out_file)})
    else:
        _print(result.facts, str(model))
        out.print(f"{len(result.rows):,} rows in {out_file}", soft_wrap=True)


def _run(source: str, request: RunRequest, test_from: date | None, test_to: date | None) -> Backtest:
    workflow = composition().workflow(source_called(source), request)
    for step in ("ingest", "match", "features", "examples"):
        workflow.run(step, LoggedProgress(step))
    pipeline = workflow.pipeline
    LoggedProgress("backtest").report("Fitting and judging", 0.0)
    return composition().backtest_model(
        BacktestRequest(
            examples=pipeline.require("examples").table("examples"),
            recipe=request.recipe,
            policy=request.label_policy(pipeline.source.mapping),
            costs=request.costs,
            as_of=pipeline.known_as_of(),
            test_from=test_from,
            test_to=test_to,
        )
    )


def _print(facts: Mapping[str, Json], used: str) -> None:
    out.print(
        f"[bold]{facts['rows']:,} lines[/] ordered {facts['test_from']} to {facts['test_to']}, "
        f"{facts['positives']:,} came back; labels as known at {facts['as_of']}; "
        f"train rate {facts['constant_rate']:.4f}"
    )
    learners = facts["learners"]
    others = [name for name in learners if name != used]
    rows = [
        (label, *_with_interval(learners[used].get(metric)), *(_value(learners[name].get(metric)) for name in others))
        for metric, label in METRICS.items()
    ]
    columns = ("metric", used, "95 % interval", *others)
    print_table(f"p is from: {used}; intervals resample customers", columns, rows, right=columns[1:])


def _with_interval(figure: Mapping[str, float] | None) -> tuple[str, str]:
    if figure is None:
        return "-", ""
    return _value(figure), f"{figure['low']:.4f} to {figure['high']:.4f}"


def _value(figure: Mapping[str, float] | None) -> str:
    return "-" if figure is None else f"{figure['value']:.4f}"
