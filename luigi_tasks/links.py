"""Where a person finds more about a task than Luigi's web UI shows: the link beside it."""

from pathlib import Path

from adapters.bootstrap.runs import composition
from adapters.mlflow.links import run_link
from application.reporting.compose_report import REPORT, REPORT_FILE
from application.run.workflow import Workflow
from domain.errors import ReturncastError
from domain.snapshot import Manifest

ON_SPARK = frozenset({"ingest", "match", "features", "examples", "score"})
IN_MLFLOW = frozenset({"train", "evaluate", "promote", "record"})


def link_appears(step: str) -> bool:
    """Whether a link may appear in the middle of the step."""
    return step in ON_SPARK and composition().settings.spark_ui


def link_during(step: str, workflow: Workflow) -> str | None:
    """While a step runs: Spark's UI if it serves one, or the MLflow run that the fit will be."""
    if step in ON_SPARK:
        return spark_ui()
    return _mlflow_run(workflow) if step in IN_MLFLOW else None


def link_after(step: str, workflow: Workflow) -> str | None:
    """Once a step is done: the MLflow run where a server has it, else where the step's files are."""
    if step in IN_MLFLOW and (run := _mlflow_run(workflow)) is not None:
        return run
    manifest = workflow.pipeline.checkpoint(step)
    if manifest is None:
        return None
    return _address(_page_of(manifest) if step == REPORT else manifest.uri)


def published_report(workflow: Workflow) -> str | None:
    """Where readers find the report of the run; None while it is not published."""
    place = workflow.publish_output.location(REPORT, workflow.pipeline.known_as_of())
    return None if place is None else _address(place)


def spark_ui() -> str | None:
    """The address of Spark's web UI; None while no session runs or it serves none."""
    # Asking for the session would import Spark, which a run with nothing to do never needs.
    session = vars(composition()).get("session")
    return None if session is None else session.ui_address


def _mlflow_run(workflow: Workflow) -> str | None:
    """The run in the server's UI: found by the fit's key, since it is recorded after the steps that it is about."""
    uri, trained = composition().settings.mlflow_uri, workflow.pipeline.key("train")
    return None if uri is None or trained is None else run_link(uri, trained)


def _page_of(manifest: Manifest) -> str:
    try:
        return f"{manifest.artifact(REPORT).uri}/{REPORT_FILE}"
    except ReturncastError:
        return manifest.uri


def _address(place: str) -> str:
    """A path as a URI, so that it can be pasted into a browser; URIs stay as they are."""
    return place if "://" in place else Path(place).absolute().as_uri()
