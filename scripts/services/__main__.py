"""`python -m scripts.services <command> [service...]`: what `make up`, `make down` and their like run."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from adapters.local.java import find_java
from domain.errors import ReturncastError
from scripts.services.compose_file import Service, read_services
from scripts.services.containers import Containers
from scripts.services.env_file import ensure_env_file, variables
from scripts.services.native import NativeServices
from scripts.services.plan import Machine, NativeService, native_plan
from scripts.services.substitutes import fitted

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".services"
HOW_TO_USE = """
To run the pipeline on them (.env has the store's address and keys; lines of .env do as well as exported ones):
  export RETURNCAST_LAKE=s3:// RETURNCAST_MLFLOW_URI=http://127.0.0.1:5000
  .venv/bin/luigi --module luigi_tasks ReturnsPipeline --as-of 2019-04-15
Luigi finds its scheduler on port 8082 by itself.

  MinIO console  http://127.0.0.1:9001      MLflow  http://127.0.0.1:5000
  Luigi          http://127.0.0.1:8082      Spark   http://127.0.0.1:8080"""


def up(_: list[str]) -> None:
    """Start the containers, building the image if there is none, and wait until all are healthy."""
    CONTAINERS.require()
    if NATIVE.records.alive():
        fail("The services run as processes already. End them first: make down.")
    make_env_file()
    CONTAINERS.compose("up", "--detach", "--wait")
    say(HOW_TO_USE)


def up_native(_: list[str]) -> None:
    """Start the same services as processes, and wait until all are healthy."""
    if CONTAINERS.run():
        fail("The services run in containers already. End them first: make down.")
    make_env_file()
    runs = "minio" in NATIVE.records.alive()
    NATIVE.up(fitted(plan(), machine(), install=not runs))
    say(HOW_TO_USE)


def build(arguments: list[str]) -> None:
    """Build the image."""
    CONTAINERS.require()
    make_env_file()  # compose fills in all of the file before it builds
    CONTAINERS.compose("build", *arguments, "pipeline")


def down(arguments: list[str]) -> None:
    """End the services, whichever way they run; with `--volumes`, their data go as well."""
    ended = NATIVE.down()
    if ended:
        say(f"Ended: {', '.join(ended)}.")
    wants_data_gone = "--volumes" in arguments
    if CONTAINERS.run() or (wants_data_gone and not CONTAINERS.missing()):
        CONTAINERS.compose("down", *arguments)
    elif not ended:
        say("No service runs.")
    if wants_data_gone:
        shutil.rmtree(STATE / "data", ignore_errors=True)


def ps(arguments: list[str]) -> None:
    """List the services that run."""
    if CONTAINERS.run():
        CONTAINERS.compose("ps", "--all", *arguments)
        return
    running = NATIVE.records.alive()
    for native in plan():
        record = running.get(native.name)
        ports = " ".join(str(port.inside) for port in native.service.ports)
        if native.service.health is not None:
            who = f"process {record.pid}" if record else "-"
            say(f"{native.name:<16} {who:<18} {ports:<12} {record.note if record else ''}".rstrip())


def logs(arguments: list[str]) -> None:
    """Print the end of every service's log, or of the named ones; `-f` goes on as they grow."""
    options = [word for word in arguments if word.startswith("-")]
    names = [word for word in arguments if not word.startswith("-")]
    if CONTAINERS.run():
        CONTAINERS.compose("logs", "--tail", "40", *options, *names)
        return
    files = [NATIVE.log(name) for name in names] or sorted((STATE / "logs").glob("*.log"))
    if not files:
        fail("There are no logs: no service was started as a process yet.")
    subprocess.run(["tail", "-n", "40", *options, *map(str, files)], check=False)  # noqa: S607


def restart(arguments: list[str]) -> None:
    """End the services and start them again the same way; only the named ones, if any are named."""
    if CONTAINERS.run():
        CONTAINERS.compose("restart", *arguments)
        return
    kept = set(NATIVE.records.alive()) - set(arguments) if arguments else set()
    NATIVE.down(keep=kept)
    up_native([])


def check_health(_: list[str]) -> None:
    """Run every service's health check; ends with 1 unless all are healthy."""
    if CONTAINERS.run():
        told = CONTAINERS.health([name for name, service in services().items() if service.health])
    else:
        told = NATIVE.health(fitted(plan(), machine(), install=False))
    for name, said in told.items():
        say(f"{name:<16} {said}")
    if set(told.values()) != {"healthy"}:
        sys.exit(1)


def services() -> dict[str, Service]:
    """What the compose file says."""
    return read_services(ROOT / "docker-compose.yml", variables(ROOT, os.environ))


def machine() -> Machine:
    """This machine."""
    return Machine(ROOT, STATE, find_java().home, os.environ)


def plan() -> list[NativeService]:
    """The services as processes."""
    return native_plan(services(), machine())


def make_env_file() -> None:
    """Make `.env` if there is none, and say so."""
    if ensure_env_file(ROOT):
        say("Wrote .env with random secrets.")


def say(text: str) -> None:
    """Print now."""
    print(text, flush=True)


def fail(text: str) -> NoReturn:
    """End with a sentence."""
    sys.exit(text)


NATIVE = NativeServices(STATE, say)
CONTAINERS = Containers(ROOT)
COMMANDS: Mapping[str, Callable[[list[str]], None]] = {
    "up": up,
    "up-native": up_native,
    "build": build,
    "down": down,
    "ps": ps,
    "logs": logs,
    "restart": restart,
    "check-health": check_health,
}


def main() -> None:
    """Do what the command line says; an error of ours ends with its two sentences."""
    parser = argparse.ArgumentParser(prog="python -m scripts.services", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    arguments, rest = parser.parse_known_args()
    try:
        COMMANDS[arguments.command](rest)
    except ReturncastError as error:
        sys.exit(f"{error.problem}\n{error.remedy}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
