"""`returncast outputs`, `export`, `status` and `history`: what there is, where a run stands, what came before."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.bootstrap.runs import composition, workflow_for
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from application.lake.list_outputs import list_outputs
from application.run.describe_run import describe_history, describe_steps


def outputs(lake: Lake = None, json: AsJson = False) -> None:
    """List the published outputs: the latest of each, with its day, rows, contract and place.

    Example: returncast outputs --json
    """
    use_lake(lake)
    listed = list_outputs(composition().publisher)
    if json:
        print_json(listed)
        return
    if not listed:
        out.print("Nothing is published yet: run `returncast run`.")
        return
    rows = [
        (o["name"], o["shop"], o["as_of"], "" if o["rows"] is None else f"{o['rows']:,}", o["grain"]) for o in listed
    ]
    print_table("Published outputs", ("name", "shop", "as of", "rows", "one row is"), rows, right=("rows",))
    for output in listed:
        out.print(f"{output['name']:<15} {output['uri']}", soft_wrap=True)


def export(
    name: Annotated[str, typer.Argument(help="Name of a published output, as `returncast outputs` lists them.")],
    file: Annotated[Path, typer.Argument(help="File to write; its suffix is the format: .csv, .parquet, .xlsx.")],
    as_of: AsOf = None,
    lake: Lake = None,
) -> None:
    """Copy a published output into one file.

    Example: returncast export items items.xlsx
    """
    use_lake(lake)
    done = composition().export_output(name, file, parse_day(as_of, "--as-of"))
    rows = "" if done.schema is None else f"{done.rows:,} rows "
    out.print(f"{name} as of {done.as_of}: {rows}in {file}", soft_wrap=True)


def status(source: Source = "bundled", as_of: AsOf = None, lake: Lake = None, json: AsJson = False) -> None:
    """Say which steps of a run are done, with their rows and cost, and which are to do.

    Example: returncast status --as-of 2019-04-15
    """
    use_lake(lake)
    workflow = workflow_for(source, parse_day(as_of, "--as-of"))
    steps = describe_steps(workflow)
    if json:
        day = workflow.pipeline.as_of
        published = workflow.is_published
        print_json({"as_of": None if day is None else day.isoformat(), "published": published, "steps": steps})
        return
    rows = []
    for step in steps:
        usage = step.get("usage") or {}
        counted = ", ".join(f"{name} {count:,}" for name, count in step.get("rows", {}).items())
        seconds = f"{usage['seconds']:.1f}" if usage else ""
        memory = f"{usage['process_peak_mib'] + usage['children_peak_mib']:,.0f}" if usage else ""
        rows.append((step["step"], step["state"], seconds, memory, counted))
    columns = ("step", "state", "seconds", "peak MiB", "rows")
    print_table(f"{workflow.pipeline.source.mapping.name}", columns, rows, right=("seconds", "peak MiB"))


def history(lake: Lake = None, json: AsJson = False) -> None:
    """List the runs of this lake by their decisions, oldest first.

    Example: returncast history
    """
    use_lake(lake)
    made = describe_history(composition().store)
    if json:
        print_json(made)
        return
    rows = [
        (
            entry["committed_at"][:19],
            d["shop"],
            d["as_of"],
            d["outcome"],
            d["after"]["model"][:12],
            d["after"]["learner"],
        )
        for entry in made
        for d in (entry["decision"],)
    ]
    print_table("Runs", ("committed (UTC)", "shop", "as of", "outcome", "champion", "learner"), rows)
