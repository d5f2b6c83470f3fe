"""How many threads the numerical libraries may use.

BLAS gets one always: the logistic regression's last digits differ with their number. OpenMP, under the
boosting, gives the same results with any number, but its threads spin while they wait for one another: on a machine
that is busy otherwise, a fit of seconds takes half a minute. So it gets one where the rows are few, and in
prediction, where the parallelism is Spark's.
"""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController

MANY_ROWS = 200_000


def limited_threads(rows: int) -> AbstractContextManager[object]:
    """A block with one BLAS thread, and one OpenMP thread unless there are many rows."""
    limited: AbstractContextManager[object] = _controller().limit(limits={"blas": 1} if rows >= MANY_ROWS else 1)
    return limited


def one_thread() -> AbstractContextManager[object]:
    """A block with one thread in every library."""
    limited: AbstractContextManager[object] = _controller().limit(limits=1)
    return limited


@cache
def _controller() -> ThreadpoolController:
    """The libraries loaded by now; looking for them takes milliseconds, so it is done once."""
    import sklearn.ensemble  # noqa: F401, PLC0415 - loads OpenMP

    return ThreadpoolController()
