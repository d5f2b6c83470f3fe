"""The address of a run in an MLflow server's UI, asked without MLflow's client, which takes seconds to import."""

import base64
import json
import os
from http.client import HTTPException
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from adapters.addresses import without_credentials
from adapters.mlflow.connection import PASSWORD, TOKEN, USERNAME, credentials
from ports.experiment_tracker import EXPERIMENT, KEY_TAG

SECONDS = 3  # for a link nobody waits longer


def run_link(uri: str, fit_key: str) -> str | None:
    """Where the server shows the run of a fit: a search by its key, since the run may be recorded later.

    Args:
        uri: the tracking server, with `user:password@` where it asks for them; a database has no UI, so no link.
        fit_key: the key that the run is tagged with.

    Where the server does not answer, or does not know the experiment yet, the address of all its experiments.
    """
    if not uri.startswith(("http://", "https://")):
        return None
    shown = without_credentials(uri).rstrip("/")
    experiment = experiment_at(uri)
    if experiment is None:
        return f"{shown}/#/experiments"
    wanted = urlencode({"searchFilter": f"tags.`{KEY_TAG}` = '{fit_key}'"}, quote_via=quote)
    return f"{shown}/#/experiments/{experiment}/runs?{wanted}"


def experiment_at(uri: str) -> str | None:
    """The id of our experiment as the server knows it; None where it does not answer or knows none."""
    question = f"/api/2.0/mlflow/experiments/get-by-name?experiment_name={EXPERIMENT}"
    request = Request(without_credentials(uri).rstrip("/") + question, headers=authorization(uri))  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 (its scheme was checked)
            return str(json.load(answer)["experiment"]["experiment_id"])
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return None  # without an answer there is no link, and what asks goes on


def authorization(uri: str) -> dict[str, str]:
    """The header that MLflow's client would send: a user with a password, else a token."""
    given = {**os.environ, **credentials(uri)}
    user, password, token = (given.get(name) for name in (USERNAME, PASSWORD, TOKEN))
    if user and password:
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return {"Authorization": f"Bearer {token}"} if token else {}
