"""Trying a step again, where a second try may end otherwise than the first.

Luigi's own retries are decided by the task, not by what went wrong: a mapping with a mistake would fail as often as a
store that was away for a minute. They also need `keep_alive`, under which a worker waits for ever for a failed task.
"""

import time
from collections.abc import Callable

import luigi
from loguru import logger

from domain.errors import ServiceError


class returncast(luigi.Config):  # noqa: N801 (the name of the section in luigi.cfg)
    """Section `[returncast]` of Luigi's configuration."""

    tries = luigi.IntParameter(default=3, description="how often a step is tried while a service does not answer")
    retry_pause = luigi.FloatParameter(default=60.0, description="seconds between two tries")


def persistently[T](
    work: Callable[[], T], say: Callable[[str], None], sleep: Callable[[float], None] = time.sleep
) -> T:
    """The work's result, tried again as `[returncast]` says when a service beside the pipeline does not answer.

    Raises what the last try raised; any error but ServiceError is raised at once.

    Args:
        work: can be done again after it failed.
        say: told why there is a pause.
        sleep: pauses for some seconds.
    """
    policy = returncast()
    for tried in range(1, policy.tries):
        try:
            return work()
        except ServiceError as error:
            again = f"Try {tried} of {policy.tries} failed, the next comes in {policy.retry_pause:g} s"
            logger.warning("{}: {}", again, error)
            say(f"{again}: {error.problem}")
            sleep(policy.retry_pause)
    return work()
