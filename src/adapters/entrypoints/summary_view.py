"""The summary of a run as a person reads it at the end of `returncast run`."""

from adapters.entrypoints.backtest_view import METRICS
from adapters.entrypoints.console import out, print_table
from domain.snapshot import Json

_FILES_SHOWN = 5
_ALERTS_SHOWN = 3
_METRICS = ("log_loss", "brier", "auc")


def print_summary(summary: dict[str, Json]) -> None:
    """Print what a run came to."""
    rows, units = summary["rows"], summary["units"]
    out.print()
    out.print(f"[bold]{summary['source']}[/], as of {summary['as_of']}")
    out.print(
        f"rows      {rows['in']:,} in = {rows['kept']:,} kept + {rows['set_aside']:,} set aside"
        f" + {rows['duplicate']:,} duplicates"
    )
    _print_cleared(summary["cleared_by_reason"])
    _print_repeated(summary["repeated_files"])
    out.print(
        f"returns   {units['return']:,} units = {units['matched']:,} matched + {units['orphan']:,} orphan"
        f" + {units['cancelled']:,} cancelled"
    )
    if summary["days"]["last"] is not None and summary["as_of"] <= summary["days"]["last"]:
        out.print(
            f"          of the whole source, to {summary['days']['last']}; what follows hides the days from as of on"
        )
    _print_actions(**summary["actions"])
    _print_test(summary["test"])
    out.print(f"decision  {' '.join(summary['decision']['reasons'])}")
    _print_places(summary)
    _print_alerts([alert["measure"] for alert in summary["alerts"]])
    for advice in summary["advice"]:
        out.print(f"advice    {advice}", markup=False, soft_wrap=True)
    for part, why in summary["left_out"].items():
        if part != "evaluation":  # said above, where the test would stand
            out.print(f"[yellow]left out[/]  {part}: {why}", soft_wrap=True)
    for step, why in summary["put_off"].items():
        out.print(f"[yellow]put off[/]   {step}: {why}")
    _print_caught_up(summary.get("caught_up") or {})
    if summary["executed"]:
        out.print(f"[green]done[/]      {len(summary['executed'])} steps run in {summary['seconds']} s")
    else:
        out.print(f"[green]done[/]      everything is up to date; nothing was run ({summary['seconds']} s)")


def _print_cleared(by_reason: dict[str, int]) -> None:
    if by_reason:
        shown = ", ".join(f"{rows:,} {reason}" for reason, rows in by_reason.items())
        out.print(f"          moments left out of rows that were kept: {shown}", soft_wrap=True)


def _print_actions(rows: int, kept: int, lines: int) -> None:
    if rows:
        out.print(
            f"actions   {rows:,} rows, {kept:,} kept: {lines:,} lines are learned from until something was done, "
            "and never tested on",
            soft_wrap=True,
        )


def _print_repeated(files: dict[str, str]) -> None:
    for file, same_as in list(files.items())[:_FILES_SHOWN]:
        out.print(f"repeated  {file} holds the same as {same_as}: read once", markup=False, soft_wrap=True)
    if len(files) > _FILES_SHOWN:
        out.print(f"repeated  {len(files) - _FILES_SHOWN:,} more files hold the same as others: read once")


def _print_alerts(measures: list[str]) -> None:
    if measures:
        more = f" and {len(measures) - _ALERTS_SHOWN} more" if len(measures) > _ALERTS_SHOWN else ""
        shown = ", ".join(measures[:_ALERTS_SHOWN])
        out.print(f"[yellow]alerts[/]    {shown}{more} beyond the threshold: see returncast monitor", soft_wrap=True)


def _print_caught_up(earlier: dict[str, Json]) -> None:
    if earlier.get("recorded"):
        out.print(f"caught up {', '.join(earlier['recorded'])}: recorded now, put off before")
    for day, why in earlier.get("refused", {}).items():
        out.print(f"[yellow]unrecorded[/] {day}: {why}", soft_wrap=True)
    if earlier.get("waiting"):
        out.print(f"[yellow]waiting[/]   {earlier['waiting']} more earlier days are recorded by the next runs")


def _print_test(test: dict[str, Json]) -> None:
    if "reason" in test:
        out.print(f"test      none: {test['reason']}")
        return
    out.print(
        f"test      {test['rows']:,} lines ordered {test['from']} to {test['to']}, {test['positives']:,} came back"
    )
    print_table(
        "",
        ("", "model [95 % interval]", "baseline [95 % interval]"),
        [
            (METRICS[name], _interval(test["model"].get(name)), _interval(test["baseline"].get(name)))
            for name in _METRICS
        ],
    )


def _interval(figure: dict[str, float] | None) -> str:
    if figure is None:  # it is not defined: no line of the test came back, or all did
        return "-"
    return f"{figure['value']:.4f} \\[{figure['low']:.4f}, {figure['high']:.4f}]"


def _print_places(summary: dict[str, Json]) -> None:
    published = summary["published"]
    for name, place in published.items():
        out.print(f"{'report' if name == 'report' else 'output':<9} {name:<15} {place}", soft_wrap=True)
    if summary.get("mlflow"):
        out.print(f"MLflow    {summary['mlflow']}", soft_wrap=True)
