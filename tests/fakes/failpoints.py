"""Failpoints that crash without killing the test: no handler of ordinary errors stops them."""

from ports.failpoints import Failpoints


class Crash(BaseException):
    """The process is gone."""


class CrashingFailpoints(Failpoints):
    """Crashes at one failpoint and remembers those passed.

    Args:
        armed: name of the failpoint; none when empty.
    """

    def __init__(self, armed: str = "") -> None:
        self._armed = armed
        self.reached: list[str] = []

    def reach(self, name: str) -> None:
        self.reached.append(name)
        if name == self._armed:
            raise Crash(name)
