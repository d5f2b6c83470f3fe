"""The services as processes: all up in order, all down again, and how each is."""

import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from domain.errors import ServiceError
from scripts.services.plan import NativeService
from scripts.services.ports import check_ports
from scripts.services.postgres import make_database
from scripts.services.processes import Records, end, start

_TAIL_LINES = 25
_ONCE_SECONDS = 60


@dataclass(frozen=True)
class NativeServices:
    """The services of a checkout, as processes.

    Args:
        state: the directory of their data, logs and records.
        say: tells the user what goes on.
    """

    state: Path
    say: Callable[[str], None]

    @property
    def records(self) -> Records:
        """What was started."""
        return Records(self.state / "run")

    def log(self, name: str) -> Path:
        """Where a service's output goes."""
        return self.state / "logs" / f"{name}.log"

    def up(self, plan: list[NativeService]) -> None:
        """Start those that don't run, each once those that it waits for are well; ends what it started if one fails.

        Raises ServiceError when a port is taken (nothing is started then), or when a service does not become well.
        """
        running = self.records.alive()
        missing = [native for native in plan if native.name not in running]
        check_ports(missing)
        self._make_directories(plan)
        before = set(running)
        try:
            self._start_in_order(plan, set(before))
        except BaseException:
            self.down(keep=before)
            raise

    def down(self, keep: set[str] | frozenset[str] = frozenset()) -> list[str]:
        """End all that runs but what is to be kept, the last started first; gives their names."""
        ended = []
        for record in reversed(self.records.all()):
            if record.name not in keep:
                if end(record):
                    ended.append(record.name)
                self.records.forget(record)
        return ended

    def health(self, plan: list[NativeService]) -> dict[str, str]:
        """What each service that stays up says of itself: "healthy", or what is wrong."""
        running = self.records.alive()
        told = {}
        for native in plan:
            if native.service.health is None:
                continue
            record = running.get(native.name)
            # A service that stands in for another is checked as what it is.
            told[native.name] = is_well(native, record.health) if record else "does not run"
        return {name: said or "healthy" for name, said in told.items()}

    def _make_directories(self, plan: list[NativeService]) -> None:
        # Others may pass through (PostgreSQL's account has to), not look around.
        for path in (self.state, self.state / "data"):
            path.mkdir(mode=0o711, parents=True, exist_ok=True)
        for path in (self.state / "logs", self.state / "run", *(place for native in plan for place in native.data)):
            path.mkdir(mode=0o700, exist_ok=True)

    def _start_in_order(self, plan: list[NativeService], well: set[str]) -> None:
        started: dict[str, tuple[NativeService, subprocess.Popen[bytes]]] = {}
        mark = secrets.token_hex(8)
        for native in plan:
            if native.name in well:
                continue
            for name in native.service.waits_for:
                self._await(name, started, well)
            if native.name == "postgres":
                make_database(native)
            self.say(f"Starting {native.name}{f' ({native.note})' if native.note else ''}")
            process, record = start(_found(native), self.log(native.name), mark)
            self.records.write(record)
            started[native.name] = (native, process)
        for name in started:
            self._await(name, started, well)

    def _await(
        self, name: str, started: Mapping[str, tuple[NativeService, subprocess.Popen[bytes]]], well: set[str]
    ) -> None:
        if name in well or name not in started:
            return
        native, process = started[name]
        said = _outcome(native, process)
        if said:
            tail = "\n".join(self.log(name).read_text("utf-8", errors="replace").splitlines()[-_TAIL_LINES:])
            raise ServiceError(
                f"The service {name} did not come up: {said}\n{tail}", f"All of its log: {self.log(name)}"
            )
        self.say(f"{name} is {'done' if native.service.health is None else 'healthy'}")
        well.add(name)


def is_well(native: NativeService, command: tuple[str, ...]) -> str:
    """Run a health check once, in a service's environment; an empty text when it passes, else what is wrong."""
    program = shutil.which(command[0], path=native.environment["PATH"])
    if program is None:
        return f"its health check needs {command[0]}, which is not installed"
    seconds = native.service.health.timeout if native.service.health else None
    try:
        told = subprocess.run(
            [program, *command[1:]],
            env=dict(native.environment),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"its health check took more than {seconds} s"
    if told.returncode == 0:
        return ""
    lines = [line for line in (told.stdout + told.stderr).splitlines() if line.strip()]
    return lines[-1] if lines else f"its health check ended with {told.returncode}"


def _outcome(native: NativeService, process: "subprocess.Popen[bytes]") -> str:
    """Wait until a service is well, or done if it runs once; an empty text, or why it is not."""
    health = native.service.health
    patience = health.patience if health else _ONCE_SECONDS
    deadline = time.monotonic() + patience
    said = "it did not end"
    while time.monotonic() < deadline:
        code = process.poll()
        if code is not None:
            return "" if health is None and code == 0 else f"its process ended with {code}."
        if health is not None and not (said := is_well(native, health.command)):
            return ""
        time.sleep(0.3)
    return f"{said} (after {patience:.0f} s)."


def _found(native: NativeService) -> NativeService:
    """The service with the path of its program, which the parent's own PATH may not lead to."""
    name, *rest = native.service.command
    program = shutil.which(name, path=native.environment["PATH"])
    if program is None:
        raise ServiceError(
            f"The service {native.name} needs {name}, which is not installed.", "Install it: docs/services.md."
        )
    return replace(native, service=replace(native.service, command=(program, *rest)))
