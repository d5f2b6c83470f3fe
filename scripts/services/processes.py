"""Services as process groups of their own, recorded so that they are found, and nothing else is ever ended."""

import contextlib
import json
import os
import pwd
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from scripts.services.plan import NativeService

_MARK = "RETURNCAST_SERVICE_RECORD"
_GRACE_SECONDS = 20


@dataclass(frozen=True)
class Record:
    """What is written down of a process when it is started.

    Args:
        name: the service.
        pid: its process, which leads a group of its own.
        started: when the machine started it; with the pid, no other process has both.
        stop_signal: what asks it to end.
        mark: a variable's value that it and its children carry.
        health: the command that checks it.
        note: what differs from the compose file, as a sentence.
    """

    name: str
    pid: int
    started: str
    stop_signal: str
    mark: str
    health: tuple[str, ...]
    note: str

    def members(self) -> list[psutil.Process]:
        """The processes of its group that are alive; none when its number is by now another's."""
        leader_is_ours = started(self.pid) == self.started
        found = [process for process in psutil.process_iter() if _group(process) == self.pid and _lives(process)]
        return [process for process in found if leader_is_ours or _marked(process, self.mark)]


class Records:
    """The records of what was started, as files.

    Args:
        directory: where they are kept; made when needed.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def all(self) -> list[Record]:
        """All of them, in the order of the starts."""
        files = sorted(self._directory.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        return [_read(path) for path in files]

    def alive(self) -> dict[str, Record]:
        """Those whose process runs, by service."""
        return {record.name: record for record in self.all() if record.members()}

    def write(self, record: Record) -> None:
        """Keep a record."""
        self._directory.mkdir(parents=True, exist_ok=True)
        (self._directory / f"{record.name}.json").write_text(json.dumps(asdict(record)), "utf-8")

    def forget(self, record: Record) -> None:
        """Remove a record."""
        (self._directory / f"{record.name}.json").unlink(missing_ok=True)


def start(native: NativeService, log: Path, mark: str) -> tuple[subprocess.Popen[bytes], Record]:
    """Start a service with its output in a file; the process, and what to write down of it."""
    account = pwd.getpwnam(native.account) if native.account else None
    with log.open("ab") as output:
        process = subprocess.Popen(
            native.service.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**native.environment, _MARK: mark},
            cwd=native.data[0] if native.data else log.parent,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
        )
    began = started(process.pid) or ""
    health = native.service.health.command if native.service.health else ()
    return process, Record(native.name, process.pid, began, native.service.stop_signal, mark, health, native.note)


def end(record: Record) -> bool:
    """End what a record speaks of, asking first; says whether there was something to end."""
    found = bool(record.members())
    for number, seconds in ((signal.Signals[record.stop_signal], _GRACE_SECONDS), (signal.SIGKILL, 5)):
        if not record.members():
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(record.pid, number)
        _await_end(record, seconds)
    return found


def started(pid: int) -> str | None:
    """When a process was started, in the machine's own count, which no clock's change moves; None if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[19]
    except FileNotFoundError:
        pass
    if Path("/proc/self/stat").exists():
        return None
    try:
        return str(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def _read(path: Path) -> Record:
    parts = json.loads(path.read_text("utf-8"))
    return Record(**{**parts, "health": tuple(parts["health"])})


def _await_end(record: Record, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while record.members() and time.monotonic() < deadline:
        time.sleep(0.1)


def _group(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except (ProcessLookupError, PermissionError):
        return None


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _marked(process: psutil.Process, mark: str) -> bool:
    try:
        return bool(process.environ().get(_MARK) == mark)
    except psutil.Error:
        return False
