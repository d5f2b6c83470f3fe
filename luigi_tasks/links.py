"""Where a person finds more about a task than Luigi's web UI shows: the link beside it."""

import base64
import json
import os
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from adapters.bootstrap.runs import composition
from adapters.config.addresses import without_credentials
from adapters.mlflow.connection import PASSWORD, TOKEN, USERNAME, credentials
from application.compose_report import REPORT, REPORT_FILE
from application.workflow import Workflow
from domain.errors import ReturncastError
from domain.snapshot import Manifest
from ports.experiment_tracker import EXPERIMENT, KEY_TAG

ON_SPARK = frozenset({"ingest", "match", "features", "examples", "score"})
IN_MLFLOW = frozenset({"train", "evaluate", "promote", "record"})
SECONDS = 3  # for a link nobody waits longer


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
    uri = composition().settings.mlflow_uri
    trained = workflow.pipeline.key("train")
    if uri is None or not uri.startswith(("http://", "https://")) or trained is None:
        return None
    shown = without_credentials(uri).rstrip("/")
    experiment = _experiment(uri)
    if experiment is None:
        return f"{shown}/#/experiments"
    wanted = urlencode({"searchFilter": f"tags.`{KEY_TAG}` = '{trained}'"}, quote_via=quote)
    return f"{shown}/#/experiments/{experiment}/runs?{wanted}"


def _experiment(uri: str) -> str | None:
    """The experiment's id as the server knows it; asked without MLflow's client, which takes seconds to import."""
    question = f"/api/2.0/mlflow/experiments/get-by-name?experiment_name={EXPERIMENT}"
    request = Request(without_credentials(uri).rstrip("/") + question, headers=_authorization(uri))  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 (its scheme was checked)
            return str(json.load(answer)["experiment"]["experiment_id"])
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return None  # without an answer there is no link, and the step goes on


def _authorization(uri: str) -> dict[str, str]:
    """What MLflow's client would send: a user with a password, else a token."""
    given = {**os.environ, **credentials(uri)}
    user, password, token = (given.get(name) for name in (USERNAME, PASSWORD, TOKEN))
    if user and password:
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return {"Authorization": f"Bearer {token}"} if token else {}


def _page_of(manifest: Manifest) -> str:
    try:
        return f"{manifest.artifact(REPORT).uri}/{REPORT_FILE}"
    except ReturncastError:
        return manifest.uri


def _address(place: str) -> str:
    """A path as a URI, so that it can be pasted into a browser; URIs stay as they are."""
    return place if "://" in place else Path(place).absolute().as_uri()
