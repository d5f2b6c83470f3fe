"""What docker-compose.yml says of each service, with its variables filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from domain.errors import ConfigurationError

_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\})")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class HealthCheck:
    """A command that ends with 0 while its service is well.

    Args:
        command: what is run.
        interval: seconds between two tries.
        timeout: seconds that one try may take.
        patience: seconds after its start in which a service may still fail it.
    """

    command: tuple[str, ...]
    interval: float
    timeout: float
    patience: float


@dataclass(frozen=True)
class Port:
    """A port that a service listens on, and where it can be reached from outside a container."""

    address: str
    published: int
    inside: int


@dataclass(frozen=True)
class Service:
    """One service.

    Args:
        name: its name, and its host name among the others.
        image: the image with its tag.
        command: entry point and arguments, without the init process of containers.
        environment: its variables.
        ports: what it publishes.
        mounts: volumes or paths of the checkout, by their place inside.
        health: None for what runs once.
        waits_for: names of services that come before it.
        stop_signal: what asks it to end.
        on_demand: whether it is left out until somebody names it.
    """

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ports: tuple[Port, ...]
    mounts: Mapping[str, str]
    health: HealthCheck | None
    waits_for: tuple[str, ...]
    stop_signal: str
    on_demand: bool


def read_services(path: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """Every service of a compose file, by name.

    Args:
        path: the file.
        variables: what its `${NAME}` stand for.

    Raises ConfigurationError when a variable that it requires has no value.
    """
    described = yaml.safe_load(path.read_text("utf-8"))["services"]
    return {name: _service(name, interpolated(parts, variables)) for name, parts in described.items()}


def interpolated(value: Any, variables: Mapping[str, str]) -> Any:
    """A part of the file with `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$` replaced, as compose does.

    Raises ConfigurationError when a required variable is not set or empty.
    """
    if isinstance(value, dict):
        return {key: interpolated(part, variables) for key, part in value.items()}
    if isinstance(value, list):
        return [interpolated(part, variables) for part in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _replaced(found, variables), value)
    return value


def _replaced(found: re.Match[str], variables: Mapping[str, str]) -> str:
    name = found["name"]
    if name is None:
        return "$"
    value = variables.get(name, "")
    if value or found["kind"] is None:
        return value
    if found["kind"] == "?":
        raise ConfigurationError(
            f"The services need {name}, which is neither in the environment nor in .env.",
            f"Write a line {name}=... into .env; a random value: openssl rand -hex 20.",
        )
    return found["rest"]


def _service(name: str, parts: Mapping[str, Any]) -> Service:
    command = (*parts.get("entrypoint", ()), *parts.get("command", ()))
    return Service(
        name=name,
        image=parts["image"],
        command=command[2:] if command[:2] == ("tini", "--") else command,
        environment=parts.get("environment", {}),
        ports=tuple(_port(text) for text in parts.get("ports", ())),
        mounts=dict(_mount(text) for text in parts.get("volumes", ())),
        health=_health(parts["healthcheck"]) if "healthcheck" in parts else None,
        waits_for=tuple(parts.get("depends_on", ())),
        stop_signal=parts.get("stop_signal", "SIGTERM"),
        on_demand="profiles" in parts,
    )


def _port(text: str) -> Port:
    address, published, inside = text.rsplit(":", 2)
    return Port(address, int(published), int(inside))


def _mount(text: str) -> tuple[str, str]:
    source, place, *_ = text.split(":")
    return place, source


def _health(parts: Mapping[str, Any]) -> HealthCheck:
    kind, *command = parts["test"]
    if kind != "CMD":
        raise ConfigurationError(f"A health check is a {kind}.", "Write it as a list that begins with CMD.")
    interval = _seconds(parts["interval"])
    patience = _seconds(parts["start_period"]) + parts["retries"] * interval
    return HealthCheck(tuple(command), interval, _seconds(parts["timeout"]), patience)


def _seconds(text: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h)", text).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]
