"""Servers as processes of their own: started on a free port, awaited, ended with everything they started."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 180, pause: float = 0.05) -> None:
    """Look every `pause` seconds until `ready` holds; fails with what was awaited when it never does."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come about within {seconds:.0f} s")
        time.sleep(pause)


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, directory: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, its output in `log`; the whole group is ended on leaving."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=directory,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            end(process)


def end(process: "subprocess.Popen[bytes]", seconds: float = 10) -> None:
    """Ask the process's group to end, and kill what is left of it."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
