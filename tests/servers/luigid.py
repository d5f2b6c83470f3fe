"""A real luigid with the packaged settings: on a free port, its state and task history in a directory."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.processes import environment_for
from tests.servers.process import HOST, free_port, running, wait_until


@dataclass(frozen=True)
class Luigid:
    """One scheduler that is up.

    Args:
        address: host and port.
        history: its task history, an SQLite file.
    """

    address: str
    history: Path

    @property
    def url(self) -> str:
        """Where its web UI begins."""
        return f"http://{self.address}"

    def ask(self, method: str, **arguments: object) -> Any:
        """What it answers to a call of its API."""
        query = urlencode({"data": json.dumps(arguments)})
        with urlopen(f"{self.url}/api/{method}?{query}", timeout=10) as answer:
            return json.load(answer)["response"]

    def tasks(self) -> Mapping[str, Mapping[str, Any]]:
        """Every task it knows, by id."""
        found: Mapping[str, Mapping[str, Any]] = self.ask("task_list")
        return found

    def task(self, family: str) -> Mapping[str, Any]:
        """The one task of a family, with its `id`."""
        (found,) = [{**task, "id": name} for name, task in self.tasks().items() if task["name"] == family]
        return found

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            self.ask("is_paused")
        except (URLError, OSError):
            return False
        return True


@contextmanager
def luigid(directory: Path) -> Iterator[Luigid]:
    """A scheduler that is up, and ended on leaving."""
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    server = Luigid(f"{HOST}:{port}", directory / "history.db")
    command = [sys.executable, "-m", "luigi_tasks.luigid", "--address", HOST, "--port", str(port)]
    command += ["--directory", str(directory)]
    # Where a command takes half a minute to start, a dead worker would be dropped before anybody looked at it.
    patient = directory / "patient.cfg"
    patient.write_text("[scheduler]\nworker_disconnect_delay = 600\n", encoding="utf-8")
    history = f"sqlite:///{server.history.as_posix()}"
    settings = {"LUIGI_TASK_HISTORY": history, "LUIGI_CONFIG_PATH": str(patient)}
    with running(command, directory / "luigid.log", environment_for(directory, settings), directory):
        wait_until(server.answers, "luigid")
        yield server
