"""`returncast backtest`: how good the recipe would have been, over the whole history or on days that are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from adapters.bootstrap.runs import composition, source_called
from adapters.entrypoints.backtest_view import print_backtest, print_comparison, print_folds
from adapters.entrypoints.console import out, print_json
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.entrypoints.progress import LoggedProgress
from application.backtests.backtest_history import TABLE
from application.backtests.backtest_model import BACKTEST, BacktestRequest
from application.run.run_request import RunRequest
from application.run.step_bodies import history_request
from application.run.workflow import Workflow
from domain.model.recipe import Learner
from domain.snapshot import Json
from ports.table_store import Row


def backtest(
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the rows go: .csv or .parquet.")] = None,
    test_from: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="First test day; the fit's day.")] = None,
    test_to: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Last test day, inclusive.")] = None,
    window: Annotated[int | None, typer.Option(min=1, help="Days a return counts in; default: the mapping's.")] = None,
    model: Annotated[
        Learner | None, typer.Option(help="Whose probabilities are judged and written as p; default: the recipe's.")
    ] = None,
    shuffle_labels: Annotated[
        int | None, typer.Option("--shuffle-labels", metavar="SEED", help="Permute the training labels: a leak test.")
    ] = None,
    compare: Annotated[
        str | None, typer.Option(metavar="RUN", help="Key of an earlier backtest of this lake, or its beginning.")
    ] = None,
    source: Source = "bundled",
    as_of: AsOf = None,
    lake: Lake = None,
    json: AsJson = False,
) -> None:
    """Fit at the first day of a test, predict it, and print every metric with its 95 % interval.

    Without days, every origin that the history allows: each test and all pooled, kept in the lake and recorded in
    MLflow. With --test-from, one test that nothing is kept of. Labels are those known at --as-of; weights are frozen
    at the first day of a test; features of a line see what was available before its day.

    Examples:
      returncast backtest

      returncast backtest --test-from 2019-02-01 --test-to 2019-03-01 --out backtest.csv

      RETURNCAST_RECIPE__OPEN_ORDER_ROUNDS=0 returncast backtest --compare 3f2a
    """
    use_lake(lake)
    from adapters.arrow.row_file import check_row_file, write_rows  # noqa: PLC0415 (Arrow slows every command's start)

    if out_file is not None:
        check_row_file(out_file)
    base = composition().request(parse_day(as_of, "--as-of"))
    recipe = replace(base.recipe, learner=str(model or base.recipe.learner), shuffle_labels_seed=shuffle_labels)
    request = replace(base, recipe=recipe, window_days=window or base.window_days)
    workflow = composition().workflow(source_called(source), request)
    mapping = workflow.pipeline.source.mapping
    label = request.label_policy(mapping)
    other = None if compare is None else composition().compare_backtests.find(compare, mapping.name, label)
    days = parse_day(test_from, "--test-from"), parse_day(test_to, "--test-to")
    facts, rows = _whole_history(workflow) if days == (None, None) else _one_test(workflow, request, days)
    if other is not None:
        examples = workflow.pipeline.require("examples").table("examples")
        facts["comparison"] = composition().compare_backtests.as_json(examples, facts, rows, other, request.costs)
    if out_file is not None:
        write_rows(out_file, BACKTEST, [{name: row[name] for name in BACKTEST.names} for row in rows])
    _show({**facts, "out": None if out_file is None else str(out_file)}, json)


def _whole_history(workflow: Workflow) -> tuple[dict[str, Json], Sequence[Row]]:
    for step in (*workflow.pipeline.leading_to("backtest"), "record_backtest"):
        workflow.run(step, LoggedProgress(step))
    tested = workflow.pipeline.require("backtest")
    put_off = {step: str(error) for step, error in workflow.put_off.items()}
    facts: dict[str, Json] = {**tested.facts, "run": tested.key, "put_off": put_off}
    return facts, list(composition().tables.read(tested.table(TABLE)))


def _one_test(
    workflow: Workflow, request: RunRequest, days: tuple[date | None, date | None]
) -> tuple[dict[str, Json], Sequence[Row]]:
    for step in workflow.pipeline.leading_to("examples"):
        workflow.run(step, LoggedProgress(step))
    LoggedProgress("backtest").report("Fitting and judging", 0.0)
    asked = history_request(workflow.pipeline)
    result = composition().backtest_model(
        BacktestRequest(asked.examples, request.recipe, asked.policy, asked.costs, asked.as_of, *days)
    )
    return dict(result.facts), result.predictions


def _show(facts: Mapping[str, Json], as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    print_backtest(facts)
    if "folds" in facts:
        print_folds(facts)
    if "comparison" in facts:
        print_comparison(facts["comparison"])
    if facts["out"] is not None:
        out.print(f"{facts['rows']:,} rows in {facts['out']}", soft_wrap=True)
