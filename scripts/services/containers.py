"""The services in containers, through `docker compose`."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ServiceError

_PROJECT = "returncast"  # `name` of the compose file
_NATIVE = "Install Docker with its compose plugin, or run the services as processes: make up-native."


@dataclass(frozen=True)
class Containers:
    """The compose project of a checkout."""

    root: Path

    def missing(self) -> str:
        """What stands in the way of containers on this machine, as a sentence; empty if nothing does."""
        if shutil.which("docker") is None:
            return "Docker is not installed."
        if self._told("compose", "version").returncode != 0:
            return "Docker has no compose plugin here."
        if self._told("info").returncode != 0:
            return "No Docker engine answers."
        return ""

    def require(self) -> None:
        """Raise a ServiceError unless containers can run here."""
        if said := self.missing():
            raise ServiceError(said, _NATIVE)

    def run(self) -> bool:
        """Whether any container of the project exists.

        By their label: compose itself reads all of its file first, and answers nothing where `.env` is gone.
        """
        if self.missing():
            return False
        told = self._told("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={_PROJECT}")
        return bool(told.stdout.strip())

    def compose(self, *arguments: str) -> None:
        """Run a command of compose in the foreground; raises ServiceError with its exit code when it fails."""
        code = subprocess.run(["docker", "compose", *arguments], cwd=self.root, check=False).returncode  # noqa: S607
        if code != 0:
            raise ServiceError(f"docker compose {arguments[0]} ended with {code}.", "Its own words stand above.")

    def health(self, names: Sequence[str]) -> dict[str, str]:
        """What the engine says of the health of each named service."""
        told = self._told("compose", "ps", "--all", "--format", "json").stdout.strip()
        listed = json.loads(told) if told.startswith("[") else [json.loads(line) for line in told.splitlines()]
        known = {entry["Service"]: entry.get("Health") or entry.get("State", "") for entry in listed}
        return {name: known.get(name, "does not run") for name in names}

    def _told(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: PLW1510
            ["docker", *arguments],  # noqa: S607
            cwd=self.root,
            capture_output=True,
            text=True,
            env=dict(os.environ),
        )
