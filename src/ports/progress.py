"""What a long step tells the person, or the scheduler, who waits for it."""

from abc import ABC, abstractmethod


class Progress(ABC):
    """Receives short messages with the share of the step that is done."""

    @abstractmethod
    def report(self, message: str, share: float) -> None:
        """Say what is being done now and how much of the step is done, 0 to 1."""
