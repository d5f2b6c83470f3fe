"""Progress of a task, shown in Luigi's web UI and passed on to whoever watches the process."""

import luigi
from loguru import logger

from ports.progress import Progress


class LuigiProgress(Progress):
    """Tells the scheduler how far a task is, and the log what it is doing.

    Args:
        task: the running task.
    """

    def __init__(self, task: luigi.Task) -> None:
        self._task = task

    def report(self, message: str, share: float) -> None:
        """Set the task's percentage and status message."""
        logger.bind(step=self._task.task_family).info(message)
        # A task that runs outside a worker (in a test, say) has neither.
        if self._task.set_progress_percentage is not None:
            self._task.set_progress_percentage(round(100 * share))
        if self._task.set_status_message is not None:
            self._task.set_status_message(message)
