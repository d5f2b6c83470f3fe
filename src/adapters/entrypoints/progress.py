"""Progress on the terminal, for steps that run outside Luigi."""

from loguru import logger

from ports.progress import Progress


class LoggedProgress(Progress):
    """Writes a log line a message.

    Args:
        step: what the messages are about.
    """

    def __init__(self, step: str) -> None:
        self._step = step

    def report(self, message: str, share: float) -> None:
        """Log the message with the share that is done."""
        logger.bind(step=self._step).info("{} ({:.0%})", message, share)
