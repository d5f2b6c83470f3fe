"""A real MLflow server: SQLite behind it, artifacts passed through it into a directory or an S3 bucket."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.servers.process import HOST, free_port, running, wait_until

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # no task queue with worker processes of its own
}


@dataclass
class MlflowServer:
    """One server that can be stopped and started again on the same port and the same data.

    Args:
        directory: its database, its log and, unless they go elsewhere, its artifacts.
        artifacts: where artifacts go, such as `s3://mlflow`; None for a directory beside the database.
        environment: further variables, the only way in for the store's credentials.
        port: where it listens.
    """

    directory: Path
    artifacts: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _running: ExitStack = field(default_factory=ExitStack, init=False)

    @property
    def uri(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What it and its workers printed since they last started."""
        return self.directory / "mlflow-server.log"

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.directory / "server.db"

    def start(self) -> None:
        """Start it and wait until it answers; fails with its log when it does not come up."""
        self.directory.mkdir(parents=True, exist_ok=True)
        process = self._running.enter_context(
            running(self._command(), self.log, {**QUIET, **self.environment}, self.directory)
        )
        try:
            wait_until(lambda: process.poll() is not None or self.answers(), "the MLflow server")
            if process.poll() is not None:
                raise RuntimeError(f"The MLflow server ended: {self.log.read_text(errors='replace')[-2000:]}")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it and its workers; its data stay."""
        self._running.close()

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            with urlopen(f"{self.uri}/health", timeout=2) as response:
                return bool(response.status == 200)
        except (URLError, OSError):
            return False

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "mlflow", "server", "--workers", "1"),
            *("--host", HOST, "--port", str(self.port)),
            *("--backend-store-uri", f"sqlite:///{self.database.as_posix()}"),
            *("--artifacts-destination", self.artifacts or str(self.directory / "artifacts")),
        ]


@contextmanager
def mlflow_server(
    directory: Path, artifacts: str | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[MlflowServer]:
    """A server that is up, and ended on leaving."""
    server = MlflowServer(directory, artifacts, environment or {})
    server.start()
    try:
        yield server
    finally:
        server.stop()
