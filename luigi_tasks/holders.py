"""Steps that another worker holds, as the central scheduler believes: a dead one lets go, a living one is left alone.

Luigi gives a task to one worker at a time, and goes on believing in a worker that was killed until it has been silent
for `worker_disconnect_delay`. A run started meanwhile would find nothing to do and end as "already running".
"""

import json
import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import luigi
import psutil
from loguru import logger
from luigi.cmdline_parser import CmdlineParser
from luigi.interface import PidLockAlreadyTakenExit, core
from luigi.rpc import RemoteScheduler, RPCError

from adapters.entrypoints.luigi_scheduler import HELD, require_answer
from domain.errors import ReturncastError, ServiceError

LISTEN_S = 3.5  # a living worker gives a sign every second
PATIENCE_S = 600.0
_LOG = logging.getLogger("luigi-interface")
_looked_at: set[str] = set()


class StepHeldError(ReturncastError):
    """Another run is working at a step of this one."""

    exit_code = 10


@dataclass(frozen=True)
class Holder:
    """A worker that runs a task, as the scheduler knows it.

    Args:
        worker: its name at the scheduler.
        host: the machine it runs on; empty when it did not say.
        pid: the process on that machine; None when it did not say.
        user: whose process it is.
        last_active: when the scheduler last heard of it, by the scheduler's clock, in seconds.
    """

    worker: str
    host: str
    pid: int | None
    user: str
    last_active: float | None

    @property
    def is_dead_here(self) -> bool:
        """Whether it was a process of this machine that is no more."""
        return self.host == socket.gethostname() and self.pid is not None and not _runs(self.pid)

    def __str__(self) -> str:
        """Process, host and user, for a sentence."""
        if self.pid is None:
            return f"the worker {self.worker}"
        return f"process {self.pid} of {self.user or 'somebody'} on {self.host}"


def make_way(task: luigi.Task) -> None:
    """Before a task is scheduled centrally: let dead workers go of it and of what it needs; end where one lives.

    Ends the process with Luigi's return code for "already running" when another run is working at one of these
    tasks, after HELD was triggered with a StepHeldError. Does nothing without a central scheduler.
    """
    scheduler = None if task.task_id in _looked_at else _central_scheduler()
    if scheduler is None:
        return
    wanted = dict(_with_requirements(task))
    _looked_at.update(wanted)
    try:
        for task_id in wanted.keys() & scheduler.task_list(status="RUNNING").keys():
            make_way_for(wanted[task_id], scheduler)
    except RPCError:
        return  # what a scheduler that does not answer means is Luigi's to say, which asks it next
    finally:
        scheduler.close()


def make_way_for(task: luigi.Task, scheduler: Any) -> None:
    """Let a dead worker go of one task, or end where a living one holds it; see `make_way`."""
    holder = _holder(scheduler, task.task_id)
    if holder is None:
        return
    alive = _gives_a_sign(scheduler, task.task_id, holder)
    if not alive and holder.is_dead_here:
        logger.warning("{} was left by {}, which is dead; the scheduler is told so.", task.task_family, holder)
        _report_death(scheduler, task.task_id, holder)
    elif not alive:
        logger.warning("{} is held by {}, of which nothing is heard; waiting.", task.task_family, holder)
        alive = _gives_a_sign(scheduler, task.task_id, holder, PATIENCE_S)
    if alive and not task.complete():
        _end(task, holder)


def _gives_a_sign(scheduler: Any, task_id: str, holder: Holder, seconds: float = LISTEN_S) -> bool:
    """Whether the holder is heard of again; False once the scheduler has dropped it, or nothing came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        now = _holder(scheduler, task_id)
        if now is None or now.worker != holder.worker:
            return now is not None
        if now.last_active != holder.last_active:
            return True
        time.sleep(0.25)
    return False


def _report_death(scheduler: Any, task_id: str, holder: Holder) -> None:
    """Say in the dead worker's place what it could not say any more: that its task failed."""
    text = f"{str(holder).capitalize()} ended in the middle of this step: it was killed, or its machine was short of "
    text += "memory.\nNothing is lost: the next run does what was left."
    scheduler.add_task(worker=holder.worker, task_id=task_id, status="FAILED", expl=json.dumps(text), runnable=False)


def _end(task: luigi.Task, holder: Holder) -> None:
    error = StepHeldError(
        f"{task.task_family} is being run by {holder}, for another run of this job.",
        "Wait until that run has ended, or end it, and start again: what it committed will not be done twice.",
    )
    _LOG.error("%s", error)
    task.trigger_event(HELD, task, error)
    raise PidLockAlreadyTakenExit(str(error))


def _central_scheduler() -> Any:
    """The scheduler that this command line chose; None for Luigi's own inside the process, and while none answers."""
    if CmdlineParser.get_instance() is None or (chosen := core()).local_scheduler:
        return None
    url = chosen.scheduler_url or f"http://{chosen.scheduler_host}:{chosen.scheduler_port}"
    try:
        require_answer(url)
    except ServiceError as error:
        _LOG.error("%s", error)  # Luigi goes on trying for a while, then ends as "unhandled exception"
        return None
    return RemoteScheduler(url)


def _with_requirements(task: luigi.Task) -> Iterator[tuple[str, luigi.Task]]:
    """The task and all that it stands on, by id."""
    waiting, seen = [task], {task.task_id}
    while waiting:
        current = waiting.pop()
        yield current.task_id, current
        fresh = [needed for needed in luigi.task.flatten(current.requires()) if needed.task_id not in seen]
        seen.update(needed.task_id for needed in fresh)
        waiting.extend(fresh)


def _holder(scheduler: Any, task_id: str) -> Holder | None:
    """Who runs the task now; None when nobody does."""
    task = scheduler.task_list(status="RUNNING").get(task_id)
    if task is None:
        return None
    name = task["worker_running"] or ""
    known = {worker["name"]: worker for worker in scheduler.worker_list(include_running=False)}.get(name, {})
    pid = known.get("pid")
    return Holder(name, known.get("host", ""), pid, known.get("username", ""), known.get("last_active"))


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
