"""One way into MLflow: embedded in a directory by default, quiet, and slow to nobody.

MLflow is imported when it is first needed, after telemetry is switched off: importing it takes seconds
and it reports home otherwise.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from adapters.addresses import without_credentials
from adapters.mlflow.failures import SAFE, failure_of
from domain.errors import ReturncastError, ServiceError, UnreachableServiceError
from ports.experiment_tracker import EXPERIMENT

if TYPE_CHECKING:
    from mlflow import MlflowClient

DATABASE = "mlflow.db"
USERNAME, PASSWORD, TOKEN = "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"
# A run must not wait minutes for a server that is down: two tries of twelve seconds are the longest it is held up.
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "12",
    "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",  # a server may ask for hours
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # the command's own output may be JSON
}
CHATTY = ("mlflow", "alembic")


class MlflowConnection:
    """A client of one tracking server or database, opened on first need.

    `tracking_uri` is the address as it may be shown, without user and password. A server's are handed to MLflow's
    client through the environment, as it expects them, so that no link or record of its making can hold them.

    Args:
        tracking_uri: a server (`http://...`) or a database (`sqlite:///...`, `postgresql://...`), with
            `user:password@` where it asks for them.
        experiment: the experiment that runs are recorded in; made when absent.
        artifact_location: where a database keeps its attachments; None leaves it to the server.
    """

    def __init__(self, tracking_uri: str, experiment: str = EXPERIMENT, artifact_location: Path | None = None) -> None:
        self.tracking_uri = without_credentials(tracking_uri)
        self._of_server = tracking_uri.startswith(("http://", "https://"))
        self._given_uri = tracking_uri
        self.experiment = experiment
        self._artifact_location = artifact_location

    @classmethod
    def embedded(cls, directory: Path, experiment: str = EXPERIMENT) -> "MlflowConnection":
        """An SQLite database in `directory` with its attachments beside it; no server."""
        root = directory.absolute()
        return cls(f"sqlite:///{(root / DATABASE).as_posix()}", experiment, root / "artifacts")

    @cached_property
    def client(self) -> "MlflowClient":
        """The client of this connection."""
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        uri = self._given_uri
        if self._of_server:
            os.environ.update(credentials(uri))
            uri = self.tracking_uri
        from mlflow import MlflowClient  # noqa: PLC0415 - imported late on purpose, see above

        for name in CHATTY:  # after the import, which sets levels of its own
            logging.getLogger(name).setLevel(logging.WARNING)
        if self._artifact_location is not None:
            self._artifact_location.parent.mkdir(parents=True, exist_ok=True)
        return MlflowClient(tracking_uri=uri, registry_uri=uri)

    @cached_property
    def experiment_id(self) -> str:
        """The experiment's id."""
        known = self._known_experiment()
        if known is None:
            with another_may_be_first():
                location = None if self._artifact_location is None else self._artifact_location.as_uri()
                self.client.create_experiment(self.experiment, artifact_location=location)
            known = self._known_experiment()
        if not known:
            raise UnreachableServiceError(
                f"What answers at {self.tracking_uri} is no MLflow server: it knows no experiments.",
                f"Check MLFLOW_TRACKING_URI and run again. {SAFE}",
            )
        return known

    def _known_experiment(self) -> str | None:
        found = self.client.get_experiment_by_name(self.experiment)
        return None if found is None else str(found.experiment_id)

    @contextmanager
    def answering(self, purpose: str) -> Iterator["MlflowClient"]:
        """The client, with every failure inside the block turned into a ServiceError.

        Args:
            purpose: what is being done, to finish the sentence "MLflow could not ...".
        """
        try:
            yield self.client
        except ReturncastError:
            raise
        except Exception as cause:
            failure = failure_of(cause)
            problem = f"MLflow at {self.tracking_uri} could not {purpose}: {failure.reason}."
            kind = UnreachableServiceError if failure.unreachable else ServiceError
            raise kind(problem, failure.remedy) from cause


@contextmanager
def another_may_be_first() -> Iterator[None]:
    """A block that makes something of a unique name: that it is there already is as good.

    Another process may have made it, or the same request whose answer was lost.
    """
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - imported late on purpose, see above

    try:
        yield
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def credentials(address: str) -> dict[str, str]:
    """What MLflow's client reads from the environment, of an address that holds a user."""
    parts = urlsplit(address)
    given = {USERNAME: parts.username, PASSWORD: parts.password}
    return {name: unquote(value) for name, value in given.items() if value}
