"""Named places at which a test may kill the process, to prove that any crash is harmless."""

from abc import ABC, abstractmethod


class Failpoints(ABC):
    """Reached by name at every point where a crash could leave something half done."""

    @abstractmethod
    def reach(self, name: str) -> None:
        """Pass the failpoint called `name`; an armed one does not return."""
