"""Who holds a task: Luigi's own scheduler, in this process, believes in workers that are dead, silent or alive."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import luigi
import pytest
from luigi.interface import PidLockAlreadyTakenExit
from luigi.scheduler import Scheduler

from adapters.entrypoints.luigi_scheduler import HELD
from luigi_tasks import holders
from luigi_tasks.holders import StepHeldError, make_way_for


class Held(luigi.Task):
    """A task that nobody has done."""

    def complete(self) -> bool:
        """Never."""
        return False


@pytest.fixture(autouse=True)
def short_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of this test give no sign, or several a second."""
    monkeypatch.setattr(holders, "LISTEN_S", 0.6)


@pytest.fixture
def told() -> Iterator[list[StepHeldError]]:
    """What whoever listens is told."""
    errors: list[StepHeldError] = []
    listen = Held.event_handler(HELD)(lambda _task, error: errors.append(error))
    yield errors
    Held.remove_event_handler(HELD, listen)


def held_by(pid: int, host: str, disconnect_delay: float = 60) -> Scheduler:
    """A scheduler that gave the task to a worker."""
    scheduler = Scheduler(worker_disconnect_delay=disconnect_delay, retry_delay=-1)
    scheduler.add_task(worker="w", task_id=Held().task_id, family="Held")
    scheduler.add_worker("w", {"pid": pid, "host": host, "username": "ann"})
    assert scheduler.get_work(worker="w", host=host)["task_id"] == Held().task_id
    return scheduler


def dead_pid() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def status(scheduler: Scheduler) -> str:
    """The task's status."""
    return str(scheduler.task_list()[Held().task_id]["status"])


def test_the_task_of_a_dead_process_fails_with_a_reason_and_can_be_run_at_once() -> None:
    scheduler = held_by(pid := dead_pid(), socket.gethostname())
    make_way_for(Held(), scheduler)
    assert status(scheduler) == "FAILED"
    assert str(pid) in json.loads(scheduler.fetch_error(Held().task_id)["error"])
    scheduler.add_task(worker="new", task_id=Held().task_id, family="Held")
    assert scheduler.get_work(worker="new")["task_id"] == Held().task_id


@pytest.mark.parametrize("host", [socket.gethostname(), "elsewhere"])
def test_a_living_holder_is_named_and_keeps_its_task(host: str, told: list[StepHeldError]) -> None:
    scheduler, over = held_by(os.getpid(), host), threading.Event()

    def give_signs() -> None:
        while not over.wait(0.1):
            scheduler.ping(worker="w")

    signs = threading.Thread(target=give_signs)
    signs.start()
    try:
        with pytest.raises(PidLockAlreadyTakenExit):
            make_way_for(Held(), scheduler)
    finally:
        over.set()
        signs.join()
    assert [error.exit_code for error in told] == [10]
    assert f"process {os.getpid()} of ann on {host}" in told[0].problem
    assert status(scheduler) == "RUNNING"


def test_a_dead_number_of_another_machine_says_nothing_so_the_scheduler_decides() -> None:
    scheduler = held_by(dead_pid(), "elsewhere", disconnect_delay=1)
    make_way_for(Held(), scheduler)
    assert status(scheduler) == "FAILED"
    assert scheduler.fetch_error(Held().task_id)["error"] is None


def test_a_task_that_nobody_runs_is_left_alone() -> None:
    scheduler = Scheduler()
    scheduler.add_task(worker="w", task_id=Held().task_id, family="Held")
    make_way_for(Held(), scheduler)
    assert status(scheduler) == "PENDING"
