"""`returncast monitor`: what is watched, run after run, and an exit code for a scheduler that should raise an alarm."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from adapters.arrow.replaced_file import replacing
from adapters.bootstrap.runs import composition, workflow_for
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.report.history import WATCHED, history_page
from application.watch_runs import WatchedDay, series_of
from domain import cells
from domain.errors import ConfigurationError
from domain.snapshot import Json

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
    did on matured orders and what it promises for open ones. Features that shifted, and the days from order to return,
    explain an alert and raise none: they move with prices, seasons and the age of the shop on any day.
    Without a day that is the run over the source as it is now, or one of a later day. Where there is none, since
    tonight's failed or new rows came after it, the command ends with exit code 2 and no figure of an earlier night.
    Thresholds are settings (RETURNCAST_THRESHOLDS__PSI=0.25, ...). The history is read from the lake's snapshots.

    Examples:
      returncast monitor --fail-on-alert

      returncast monitor --days 30 --plot history.svg
    """
    use_lake(lake)
    if plot is not None and plot.suffix.lower() != ".svg":
        raise ConfigurationError(f"'{plot.name}' is no .svg file.", "End the file's name in .svg.")
    pipeline = workflow_for(source, parse_day(as_of, "--as-of")).pipeline
    watch, shop = composition().watch_runs, pipeline.source.mapping.name
    latest = None
    if as_of is None and pipeline.as_of is not None:  # a run that named a later day is the one to raise an alarm about
        asked = {name: value for name, value in pipeline.parameters("monitor").items() if name != "as_of"}
        latest = watch.latest(shop, asked, pipeline.as_of, composition().latest_day(pipeline.source))
    history = watch(shop, latest or pipeline.require("monitor"), days)
    if plot is not None:
        with replacing(plot) as temporary:
            temporary.write_text(history_page(history), encoding="utf-8")
    if json:
        print_json(_as_json(history))
    else:
        _print(history, plot)
    if fail_on_alert and history[-1].alerts:
        raise typer.Exit(ALERT)


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
    out.print(f"As of {latest.as_of}: {len(latest.measures)} measures, {len(latest.alerts) or 'no'} alerts")
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
