"""Targets whose existence is a commit in the lake, never a file half written."""

from collections.abc import Callable

import luigi


class CommittedTarget(luigi.Target):
    """Exists once `is_committed` says so.

    Args:
        name: what is committed, for messages.
        is_committed: asks the lake.
    """

    def __init__(self, name: str, is_committed: Callable[[], bool]) -> None:
        self.name = name
        self._is_committed = is_committed

    def exists(self) -> bool:
        """Whether it is committed."""
        return self._is_committed()

    def __repr__(self) -> str:
        """The name, for Luigi's messages."""
        return f"CommittedTarget({self.name})"
