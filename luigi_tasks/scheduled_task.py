"""What every task does for the scheduler: makes way for its steps before it is scheduled, and says why it failed."""

from textwrap import fill

import luigi

from domain.errors import ReturncastError
from luigi_tasks.holders import make_way

WIDTH = 66  # characters of a line on the error page, which folds none


class ScheduledTask(luigi.Task):
    """A task whose failure reads as a sentence and a remedy, and which no dead worker keeps from being run."""

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
