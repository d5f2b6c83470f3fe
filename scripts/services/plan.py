"""What each service of the compose file is as a process of this machine: data, which nothing has started yet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.services.compose_file import Service

LOOPBACK = "127.0.0.1"
# A process gets the variables that the compose file gives it, as a container would, not what a shell has of the kind.
_OF_SERVICES = re.compile(r"^(AWS|MINIO|MLFLOW|LUIGI|SPARK|PYSPARK|POSTGRES|PG|RETURNCAST)_?")


@dataclass(frozen=True)
class NativeService:
    """A service as a process.

    Args:
        service: what the compose file says of it, with this machine's paths and addresses.
        environment: all of its variables.
        data: the directories that stand for its volumes.
        account: the user that it runs as; None for the one who asks.
        note: what differs from the compose file, as a sentence.
    """

    service: Service
    environment: Mapping[str, str]
    data: tuple[Path, ...]
    account: str | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.service.name


@dataclass(frozen=True)
class Machine:
    """Where things are on this machine.

    Args:
        root: the checkout.
        state: the directory of data, logs and records.
        java: the home of a Java for Spark.
        environment: the variables that processes inherit.
    """

    root: Path
    state: Path
    java: Path
    environment: Mapping[str, str]


def native_plan(services: Mapping[str, Service], machine: Machine) -> list[NativeService]:
    """The services as processes, each after those that it waits for; what runs on demand is left out."""
    wanted = {name: service for name, service in services.items() if not service.on_demand}
    return [_native(wanted[name], tuple(services), machine) for name in in_order(wanted)]


def in_order(services: Mapping[str, Service]) -> list[str]:
    """Names of services, each after those that it waits for."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        for earlier in services[name].waits_for:
            visit(earlier)
        if name not in ordered:
            ordered.append(name)

    for name in services:
        visit(name)
    return ordered


def _native(service: Service, hosts: Sequence[str], machine: Machine) -> NativeService:
    places = {place: _place(source, machine) for place, source in service.mounts.items()}

    def here(text: str) -> str:
        return _here(text, hosts, places)

    moved = replace(
        service,
        command=tuple(
            LOOPBACK if name_of_host else here(word) for word, name_of_host in _words(service.command, hosts)
        ),
        environment={name: here(value) for name, value in service.environment.items()},
        health=service.health and replace(service.health, command=tuple(map(here, service.health.command))),
    )
    inherited = {name: value for name, value in machine.environment.items() if not _OF_SERVICES.match(name)}
    own = {
        "PYTHONPATH": f"{machine.root / 'src'}:{machine.root}",
        "PATH": f"{machine.root / '.venv' / 'bin'}:{machine.environment.get('PATH', '')}",
        "JAVA_HOME": str(machine.java),
        "SPARK_LOCAL_IP": LOOPBACK,
    }
    data = tuple(path for place, path in places.items() if not service.mounts[place].startswith("./"))
    return NativeService(moved, {**inherited, **own, **moved.environment}, data)


def _place(source: str, machine: Machine) -> Path:
    return machine.root / source if source.startswith("./") else machine.state / "data" / source


def _words(command: Sequence[str], hosts: Sequence[str]) -> list[tuple[str, bool]]:
    """The words of a command, each with whether it is a host name by the option before it."""
    return [(word, before == "--host" and word in hosts) for before, word in zip(("", *command), command, strict=False)]


def _here(text: str, hosts: Sequence[str], places: Mapping[str, Path]) -> str:
    text = text.replace("0.0.0.0", LOOPBACK)  # noqa: S104 - no process listens beyond this machine
    for host in hosts:
        # A host name is known by the port behind it: s3://mlflow is a bucket, mlflow:1@ a user.
        text = re.sub(rf"(?<![\w.-]){re.escape(host)}(?=:\d+([/,]|$))", LOOPBACK, text)
    for place, path in places.items():
        text = re.sub(rf"(?<![\w.-]){re.escape(place)}(?=/|$)", lambda _, path=path: str(path), text)  # type: ignore[misc]
    return text
