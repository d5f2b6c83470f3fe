"""Failpoints that kill their own process, as a crash or the kernel would: nothing is cleaned up."""

import os
import signal
import sys

from ports.failpoints import Failpoints


class NoFailpoints(Failpoints):
    """Passes every failpoint."""

    def reach(self, name: str) -> None:
        """Do nothing."""


class SigkillFailpoints(Failpoints):
    """Kills the process with SIGKILL at one failpoint and passes all others.

    Args:
        armed: name of the failpoint.
    """

    def __init__(self, armed: str) -> None:
        self._armed = armed

    def reach(self, name: str) -> None:
        """Die here, if this is the place."""
        if name != self._armed:
            return
        if sys.platform == "win32":  # there are no signals, but this ends a process as abruptly
            os._exit(137)
        os.kill(os.getpid(), signal.SIGKILL)
