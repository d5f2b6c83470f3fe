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

from domain.errors import ReturncastError, ServiceError

if TYPE_CHECKING:
    from mlflow import MlflowClient

DEFAULT_EXPERIMENT = "returncast"
DATABASE = "mlflow.db"
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # a run must not wait minutes for a server that is down
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
CHATTY = ("mlflow", "alembic")


class MlflowConnection:
    """A client of one tracking server or database, opened on first need.

    Args:
        tracking_uri: a server (`http://...`) or a database (`sqlite:///...`).
        experiment: the experiment that runs are recorded in; made when absent.
        artifact_location: where a database keeps its attachments; None leaves it to the server.
    """

    def __init__(
        self, tracking_uri: str, experiment: str = DEFAULT_EXPERIMENT, artifact_location: Path | None = None
    ) -> None:
        self.tracking_uri = tracking_uri
        self.experiment = experiment
        self._artifact_location = artifact_location

    @classmethod
    def embedded(cls, directory: Path, experiment: str = DEFAULT_EXPERIMENT) -> "MlflowConnection":
        """An SQLite database in `directory` with its attachments beside it; no server."""
        root = directory.absolute()
        return cls(f"sqlite:///{(root / DATABASE).as_posix()}", experiment, root / "artifacts")

    @cached_property
    def client(self) -> "MlflowClient":
        """The client of this connection."""
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient  # noqa: PLC0415 - imported late on purpose, see above

        for name in CHATTY:  # after the import, which sets levels of its own
            logging.getLogger(name).setLevel(logging.WARNING)
        if self._artifact_location is not None:
            self._artifact_location.parent.mkdir(parents=True, exist_ok=True)
        return MlflowClient(tracking_uri=self.tracking_uri, registry_uri=self.tracking_uri)

    @cached_property
    def experiment_id(self) -> str:
        """The experiment's id."""
        found = self.client.get_experiment_by_name(self.experiment)
        if found is not None:
            return str(found.experiment_id)
        location = None if self._artifact_location is None else self._artifact_location.as_uri()
        return str(self.client.create_experiment(self.experiment, artifact_location=location))

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
            first_line = (str(cause).splitlines() or [type(cause).__name__])[0][:300]
            raise ServiceError(
                f"MLflow at {self.tracking_uri} could not {purpose}: {first_line}.",
                "The lake's data are safe; mend MLflow and run again, and the run is recorded then.",
            ) from cause
