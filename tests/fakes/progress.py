"""A progress that remembers what it was told."""

from ports.progress import Progress


class RecordingProgress(Progress):
    """Messages with their shares, in order."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, float]] = []

    def report(self, message: str, share: float) -> None:
        self.reports.append((message, share))
