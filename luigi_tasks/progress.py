"""Progress of a task, shown in Luigi's web UI and passed on to whoever watches the process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import luigi
from loguru import logger

from ports.progress import Progress

# Luigi's web UI shows a message as HTML, and messages may name what a file holds.
_UNMARKED = str.maketrans("<>", "\u2039\u203a")


class LuigiProgress(Progress):
    """Tells the scheduler how far a task is and where to look, and the log what it is doing.

    Args:
        task: the running task.
        find_link: the address to show beside the task now; asked at every message, and every second where it is
            awaited.
    """

    def __init__(self, task: luigi.Task, find_link: Callable[[], str | None] = lambda: None) -> None:
        self._task = task
        self._find_link = find_link
        self._link: str | None = None

    def report(self, message: str, share: float) -> None:
        """Set the task's percentage, status message and link."""
        logger.bind(step=self._task.task_family).info(message)
        # A task that runs outside a worker (in a test, say) can set none of them.
        if self._task.set_progress_percentage is not None:
            self._task.set_progress_percentage(round(100 * share))
        self.say(message)
        self.show(self._find_link)

    @contextmanager
    def awaiting_link(self) -> Iterator[None]:
        """Show the link as soon as there is one: Spark's UI begins in the middle of a step, between messages."""
        over = threading.Event()

        def look() -> None:
            while self._link is None and not over.wait(1):
                self.show(self._find_link)

        watch = threading.Thread(target=look, name="link", daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()

    def say(self, message: str) -> None:
        """Set the status message alone."""
        if self._task.set_status_message is not None:
            self._task.set_status_message(message.translate(_UNMARKED))

    def show(self, find_link: Callable[[], str | None]) -> None:
        """Set the link that is found; None leaves the one there is."""
        link = _looked_up(find_link)
        if link is None or link == self._link or self._task.set_tracking_url is None:
            return
        self._task.set_tracking_url(link)
        self._link = link


def _looked_up(find_link: Callable[[], str | None]) -> str | None:
    try:
        return find_link()
    except Exception as error:  # noqa: BLE001 (a link is for show: whatever answers in its place, the task goes on)
        logger.debug("There is no link: {}", error)
        return None
