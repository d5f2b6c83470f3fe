"""What every task does for the scheduler: says whether it is done, makes way for its steps, and says why it failed."""

from textwrap import fill

import luigi

from adapters.entrypoints.luigi_scheduler import UNKNOWN
from domain.errors import ReturncastError
from luigi_tasks.holders import make_way

WIDTH = 66  # characters of a line on the error page, which folds none


class ScheduledTask(luigi.Task):
    """A task whose failure reads as a sentence and a remedy, and which no dead worker keeps from being run."""

    def complete(self) -> bool:
        """Whether it is done; an error is told to who listens for UNKNOWN, since Luigi says only that there was one."""
        try:
            return self.look()
        except Exception as error:
            self.trigger_event(UNKNOWN, self, error)
            raise

    def look(self) -> bool:
        """Look whether it is done."""
        return bool(super().complete())

    def deps(self) -> list[luigi.Task]:
        """What must be committed first; asked by a worker right before it puts the task to the scheduler."""
        make_way(self)
        required: list[luigi.Task] = super().deps()
        return required

    def on_failure(self, exception: BaseException) -> str:
        """What the scheduler's error page shows: what is wrong, what to do, and then the traceback."""
        return f"{explain(exception)}\n\n{super().on_failure(exception)}"


def explain(error: BaseException) -> str:
    """What went wrong and what to do about it, in paragraphs of short lines."""
    if isinstance(error, ReturncastError):
        return f"{_folded(error.problem)}\n\n{_folded(error.remedy)}"
    first_line = (str(error).splitlines() or [""])[0]
    what = _folded(f"{type(error).__name__}: {first_line}")
    return f"{what}\n\nNobody foresaw this failure; please report it with what follows."


def _folded(text: str) -> str:
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
