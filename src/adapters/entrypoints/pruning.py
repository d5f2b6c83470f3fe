"""`returncast prune`: room in a lake, by what was superseded and what never became a snapshot."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from adapters.bootstrap.runs import composition
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, Lake, use_lake
from domain.snapshot import Json

_MEBIBYTE = 1 << 20


def prune(
    keep_days: Annotated[
        int, typer.Option(min=1, help="Days whose snapshots all stay; older ones go where nothing stands on them.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run/--yes", help="Only list what would go, or remove it.")] = True,
    lake: Lake = None,
    json: AsJson = False,
) -> None:
    """Free room in the lake: list, or with --yes remove, what was superseded. Without --yes nothing is changed.

    What goes: snapshots committed more than --keep-days days ago that no later run was made from, and what attempts
    that died left behind, once it is a day old. A day that is run again after that is made anew.

    What stays whatever its age: the latest run and backtest of every shop and label; the days that published/ points
    to, and the published files themselves; runs that wait to be recorded in MLflow; every decision, with the model
    that it names, so that each can be promoted or rolled back to; the history of monitoring; what was written within
    a day. Checkpoints that cannot be read are left alone. Don't run older days meanwhile.

    Examples:
      returncast prune --keep-days 30

      returncast prune --keep-days 30 --yes
    """
    use_lake(lake)
    found = composition().prune_lake.plan(keep_days, datetime.now(UTC))
    if not dry_run:
        composition().prune_lake(found)
    listed = {"keep_days": keep_days, "removed": not dry_run, **found.as_json()}
    if json:
        print_json(listed)
    else:
        _show(listed)


def _show(listed: Mapping[str, Json]) -> None:
    total = f"{listed['snapshots']} snapshots and {listed['left_over']} left-over attempts, {_room(listed)} MiB"
    if listed["steps"]:
        rows = [(each["step"], each["snapshots"], each["left_over"], _room(each)) for each in listed["steps"]]
        head = ("step", "snapshots", "left over", "MiB")
        print_table("Removed" if listed["removed"] else "What would go", head, rows, right=head[1:])
    out.print(f"Removed: {total}." if listed["removed"] else f"To be removed with --yes: {total}.", soft_wrap=True)
    for step, count in listed["damaged"].items():
        out.print(f"Left alone: {count} checkpoints of step {step} that cannot be read.", soft_wrap=True)


def _room(counted: Mapping[str, Json]) -> str:
    return f"{counted['bytes'] / _MEBIBYTE:,.1f}"
