"""`returncast monitor`: what is watched, run after run, and an exit code for a scheduler that should raise an alarm."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from adapters.arrow.replaced_file import replacing
from adapters.bootstrap.runs import composition, may_grow, workflow_for
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.report.history import WATCHED, history_page
from adapters.report.words import plural
from application.run.pipeline import Pipeline
from application.watch_runs import WatchedDay, series_of
from domain import cells
from domain.errors import ConfigurationError
from domain.monitoring.measures import Measure, age
from domain.snapshot import Json, Manifest

ALERT = 8  # exit code
_SHIFTED_SHOWN = 3


def monitor(
    source: Source = "bundled",
    as_of: AsOf = None,
    lake: Lake = None,
    fail_on_alert: Annotated[
        bool, typer.Option("--fail-on-alert", help=f"End with exit code {ALERT} when there is an alert.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, help="Runs that the history goes back at most.")] = 60,
    plot: Annotated[Path | None, typer.Option(help="Write the history as plots into this .svg file.")] = None,
    json: AsJson = False,
) -> None:
    """Show the alerts of a run, and how the watched measures moved over earlier runs.

    An alert is a measure beyond its threshold: what came in, what was set aside, the drift of the score, how the model
    did on matured orders, what it promises for open ones, a refit that was kept out. Features that shifted, and the
    days from order to return, explain an alert and raise none: they move with prices, seasons and the age of the shop.

    Without a day the run is that over the source as it is now, or one of a later day. Where there is none, since
    tonight's failed or new rows came after it, the exit code is 2 and no earlier night answers for it. A source that
    ended longer ago than RETURNCAST_THRESHOLDS__AGE_DAYS and its feed delay is an alert then too, since its feed may
    have stopped and no run would tell; the bundled orders, made-up shops and Kaggle's data sets never grow.

    Thresholds are settings (RETURNCAST_THRESHOLDS__PSI=0.25, ...). The history is read from the lake's snapshots.

    Examples:
      returncast monitor --fail-on-alert

      returncast monitor --days 30 --plot history.svg
    """
    use_lake(lake)
    if plot is not None and plot.suffix.lower() != ".svg":
        raise ConfigurationError(f"'{plot.name}' is no .svg file.", "End the file's name in .svg.")
    pipeline = workflow_for(source, parse_day(as_of, "--as-of")).pipeline
    own_day = pipeline.as_of if as_of is None else None
    looked_at = (None if own_day is None else _later_run(pipeline, own_day)) or pipeline.require("monitor")
    history = composition().watch_runs(pipeline.source.mapping.name, looked_at, days)
    if own_day is not None and may_grow(source):
        history[-1] = history[-1].with_measure(_age_of(pipeline, own_day))
    if plot is not None:
        with replacing(plot) as temporary:
            temporary.write_text(history_page(history), encoding="utf-8")
    if json:
        print_json(_as_json(history))
    else:
        _print(history, plot)
    if fail_on_alert and history[-1].alerts:
        raise typer.Exit(ALERT)


def _later_run(pipeline: Pipeline, day: date) -> Manifest | None:
    """The run to raise an alarm about where somebody named a later day than the source's own."""
    asked = {name: value for name, value in pipeline.parameters("monitor").items() if name != "as_of"}
    until = composition().latest_day(pipeline.source)
    return composition().watch_runs.latest(str(pipeline.key("ingest")), asked, day, until)


def _age_of(pipeline: Pipeline, day: date) -> Measure:
    return age(day, composition().today(), pipeline.source.mapping.feed_delay_days, pipeline.request.thresholds)


def _as_json(history: Sequence[WatchedDay]) -> Json:
    latest = history[-1]
    return {
        "as_of": latest.as_of.isoformat(),
        "alerts": [{**row, "as_of": latest.as_of.isoformat()} for row in latest.alerts],
        "shifted": [{**row, "as_of": latest.as_of.isoformat()} for row in latest.shifted],
        "history": {
            name: [[day.isoformat(), value] for day, value in series_of(history, name)] for name in _names(history)
        },
    }


def _print(history: Sequence[WatchedDay], plot: Path | None) -> None:
    latest = history[-1]
    out.print(f"As of {latest.as_of}: {len(latest.measures)} measures, {plural(len(latest.alerts), 'alert')}")
    rows = [(row["measure"], _figure(row["value"]), _figure(row["threshold"]), row["detail"]) for row in latest.alerts]
    if rows:
        print_table("Alerts", ("measure", "value", "threshold", "what it says"), rows, right=("value", "threshold"))
    _print_shifted(latest)
    moved = [(name, *_moves(history, name)) for name in WATCHED if name in latest.measures]
    columns = ("measure", "now", "run before", "lowest", "highest")
    print_table(f"Over {len(history)} runs", columns, moved, right=columns[1:])
    if plot is not None:
        out.print(f"plots in {plot}", soft_wrap=True)


def _print_shifted(latest: WatchedDay) -> None:
    """What explains an alert: the lag, then the features that moved furthest."""
    names = [str(row["measure"]) for row in sorted(latest.shifted, key=lambda row: -cells.number(row, "value"))]
    if names:
        more = f" and {len(names) - _SHIFTED_SHOWN} more" if len(names) > _SHIFTED_SHOWN else ""
        shown = ", ".join(names[:_SHIFTED_SHOWN])
        out.print(f"{len(names)} shifted, which explains an alert and raises none: {shown}{more}", soft_wrap=True)


def _names(history: Sequence[WatchedDay]) -> list[str]:
    return sorted({name for day in history for name in day.measures})


def _moves(history: Sequence[WatchedDay], name: str) -> tuple[str, str, str, str]:
    values = [value for _, value in series_of(history, name)]
    if not values:
        return "-", "-", "-", "-"
    before = values[-2] if len(values) > 1 else None
    return _figure(values[-1]), _figure(before), _figure(min(values)), _figure(max(values))


def _figure(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, int | float) else "-"
