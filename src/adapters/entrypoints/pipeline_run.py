"""`returncast run`: the whole pipeline through Luigi, then a summary a person or a program can read."""

import logging
import time
from typing import Annotated

import typer
from loguru import logger

from adapters.addresses import without_credentials
from adapters.bootstrap.runs import composition, explained, workflow_for
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.luigi_scheduler import HELD, UNKNOWN, Scheduler, require_answer, scheduler_url
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.entrypoints.summary_view import print_summary
from application.run.pipeline import GRAPH
from application.run.summarise_run import summarise_run
from application.run.workflow import Workflow
from domain.errors import ReturncastError
from domain.snapshot import Json

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say which steps would run and why.")]

MEANINGS = {
    10: "another run works at a step of this one; wait until it has ended, and run again",
    25: "the scheduler gave no worker a step that was left: it is paused, or has lost sight of this worker; run again",
    35: "a task could not be put to the scheduler; `luigi --module luigi_tasks ReturnsPipeline` shows why",
    40: "Luigi itself failed, or its scheduler went away; what is committed stays, and the next run goes on from it",
}


def run(
    source: Source = "bundled",
    as_of: AsOf = None,
    lake: Lake = None,
    dry_run: DryRun = False,
    json: AsJson = False,
    scheduler: Scheduler = None,
) -> None:
    """Run the pipeline: read, match, learn, judge, score, forecast, publish and report.

    What is committed already is not run again; after a crash the next run does what was left.

    Examples:
      returncast run

      returncast run --as-of 2019-04-15

      returncast run --source shop.toml --lake /data/lake --dry-run

      returncast run --scheduler 127.0.0.1:8082
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
    code = _run_luigi(source, as_of, scheduler_url(scheduler))
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


def _run_luigi(source: str, as_of: str | None, scheduler: str | None) -> int:
    """Start Luigi by the module's name, as a user would; its return code.

    Raises the error of ours that made a step fail, or kept it from being put to the scheduler, if one did.

    Args:
        source: as `adapters.bootstrap.runs.source_called` reads it.
        as_of: the day, or None.
        scheduler: URL of a luigid, or None for the scheduler inside the process.
    """
    import luigi  # noqa: PLC0415 (only this command needs Luigi)
    from luigi.retcodes import run_with_retcodes  # noqa: PLC0415

    failures: list[BaseException] = []

    def keep(_task: luigi.Task, error: BaseException) -> None:
        if error not in failures:  # a task and those that ask it whether it is done tell the same
            failures.append(error)

    for event in (luigi.Event.FAILURE, luigi.Event.BROKEN_TASK, HELD, UNKNOWN):
        luigi.Task.event_handler(event)(keep)
    _leave_the_telling_to_us()
    arguments = ["--module", "luigi_tasks", "ReturnsPipeline", "--source", source]
    arguments += ["--as-of", as_of] if as_of else []
    if scheduler is None:
        arguments.append("--local-scheduler")
    else:
        require_answer(scheduler)
        logger.info("The run shows at {}", without_credentials(scheduler))
        arguments += ["--scheduler-url", scheduler]
    try:
        run_with_retcodes(arguments)
    except SystemExit as ended:
        code = int(ended.code or 0)
    else:
        code = 0
    _raise_ours(failures)
    if code != 0 and not failures:
        logger.error("Luigi ended with {}: {}", code, MEANINGS.get(code, "see docs/luigi.md"))
    return code


def _leave_the_telling_to_us() -> None:
    """What Luigi says of itself is told by the progress of the steps and by the error at the end."""
    import luigi  # noqa: PLC0415

    luigi.configuration.get_config().set("core", "no_configure_logging", "true")
    logging.getLogger("luigi-interface").setLevel(logging.CRITICAL)


def _raise_ours(failures: list[BaseException]) -> None:
    for failure in map(explained, failures):
        if isinstance(failure, ReturncastError):
            raise failure
        logger.opt(exception=failure).error("A step failed for a reason that nobody foresaw; please report it.")
