"""`returncast run`: the whole pipeline through Luigi, then a summary a person or a program can read."""

import logging
import os
import time
from typing import Annotated

import typer
from loguru import logger

from adapters.bootstrap import composition, workflow_for
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.entrypoints.summary_view import print_summary
from application.pipeline import GRAPH
from application.summarise_run import summarise_run
from application.workflow import Workflow
from domain.errors import ReturncastError
from domain.snapshot import Json

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say which steps would run and why.")]


def run(
    source: Source = "bundled", as_of: AsOf = None, lake: Lake = None, dry_run: DryRun = False, json: AsJson = False
) -> None:
    """Run the pipeline: read, match, learn, judge, score, forecast, publish and report.

    What is committed already is not run again; after a crash the next run does what was left.

    Examples:
      returncast run

      returncast run --as-of 2019-04-15

      returncast run --source shop.toml --lake /data/lake --dry-run
    """
    use_lake(lake)
    day = parse_day(as_of, "--as-of")
    workflow = workflow_for(source, day)
    if dry_run:
        _print_plan(workflow, json)
        return
    began = time.monotonic()
    # A source that cannot be read is said here, in one sentence, and not by Luigi for each of its tasks.
    logger.debug("source fingerprint {}, as of {}", workflow.pipeline.fingerprint, workflow.pipeline.as_of)
    code = _run_luigi(source, as_of)
    if code != 0:
        raise typer.Exit(code)
    seconds = round(time.monotonic() - began, 1)
    # Tasks of steps without a day belong to a run without one.
    ran = {*workflow.executed, *workflow_for(source, None).executed}
    summary = {
        **summarise_run(workflow),
        "executed": [step for step in GRAPH if step in ran],
        "mlflow": composition().mlflow_place,
        "seconds": seconds,
    }
    if json:
        print_json(summary)
    else:
        print_summary(summary)


def plan_of(workflow: Workflow) -> list[dict[str, Json]]:
    """The steps in order with their keys and whether they are done, would run, or wait for another's commit."""
    plan: list[dict[str, Json]] = []
    for name, step in GRAPH.items():
        key = workflow.pipeline.key(name)
        state = "done" if workflow.is_done(name) else "would run"
        plan.append({"step": name, "state": state, "key": key, "does": step.title})
    return plan


def _print_plan(workflow: Workflow, as_json: bool) -> None:
    plan = plan_of(workflow)
    if as_json:
        print_json(plan)
        return
    rows = [(p["step"], p["state"], (p["key"] or "known later")[:12], p["does"]) for p in plan]
    print_table("What a run would do", ("step", "state", "key", "what it does"), rows)
    waiting = sum(p["state"] != "done" for p in plan)
    out.print(f"{waiting} of {len(plan)} steps would run; nothing was written.")


def _run_luigi(source: str, as_of: str | None) -> int:
    """Start Luigi by the module's name, as a user would; its return code.

    Raises the error of ours that made a step fail, if one did.
    """
    import luigi  # noqa: PLC0415 (only this command needs Luigi)
    from luigi.retcodes import run_with_retcodes  # noqa: PLC0415

    failures: list[BaseException] = []
    luigi.Task.event_handler(luigi.Event.FAILURE)(lambda _task, error: failures.append(error))
    # What Luigi says of itself is told by the progress of the steps and by the error below.
    luigi.configuration.get_config().set("core", "no_configure_logging", "true")
    logging.getLogger("luigi-interface").setLevel(logging.CRITICAL)
    arguments = ["--module", "luigi_tasks", "ReturnsPipeline", "--source", source]
    arguments += ["--as-of", as_of] if as_of else []
    # A scheduler that was asked for in Luigi's own configuration is used; else the run is on its own.
    if not os.environ.get("LUIGI_CONFIG_PATH"):
        arguments.append("--local-scheduler")
    try:
        run_with_retcodes(arguments)
    except SystemExit as ended:
        code = int(ended.code or 0)
    else:
        code = 0
    for failure in failures:
        if isinstance(failure, ReturncastError):
            raise failure
        logger.opt(exception=failure).error("A step failed for a reason that nobody foresaw; please report it.")
    if code != 0 and not failures:
        logger.error(
            "Luigi ended with {} (see luigi_tasks/luigi.cfg): a task was not scheduled, or another process runs it.",
            code,
        )
    return code
