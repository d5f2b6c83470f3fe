"""What every task does for the scheduler: makes way for its steps before it is scheduled, and says why it failed."""

import luigi

from domain.errors import ReturncastError
from luigi_tasks.holders import make_way


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
    """What went wrong and what to do about it, a line each."""
    if isinstance(error, ReturncastError):
        return f"{error.problem}\n{error.remedy}"
    first_line = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first_line}\nNobody foresaw this failure; please report it with what follows."
