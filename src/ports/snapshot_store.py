"""Where attempts are written and committed: the lake and its checkpoints."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import SnapshotError
from domain.snapshot import Attempt, FileEntry, Manifest


@dataclass(frozen=True)
class Readable:
    """The checkpoints of a step.

    Args:
        found: those that can be read, in the order of `committed_at`, then key.
        damaged: by key, why each of the others cannot.
    """

    found: Sequence[Manifest]
    damaged: Mapping[str, SnapshotError]


@dataclass(frozen=True)
class StoredAttempt:
    """What an attempt takes up, whether a checkpoint names it or not.

    Args:
        attempt: which it is.
        size: of its files, in bytes.
        written: when one of them was last written (UTC).
    """

    attempt: Attempt
    size: int
    written: datetime


class SnapshotStore(ABC):
    """Attempts under prefixes of their own, made visible by one conditional write of a manifest.

    A snapshot exists exactly when its manifest does. Nothing committed is ever written again; it may be removed, the
    checkpoint first.
    """

    @abstractmethod
    def begin(self, step: str, key: str) -> Attempt:
        """Open a new, empty attempt at a step; other attempts at the same key go on undisturbed."""

    @abstractmethod
    def put_file(self, attempt: Attempt, path: str, data: bytes) -> None:
        """Write one file at `path` below the attempt."""

    @abstractmethod
    def inventory(self, attempt: Attempt) -> tuple[FileEntry, ...]:
        """Every file of the attempt with size and SHA-256, sorted by path."""

    @abstractmethod
    def commit(self, manifest: Manifest) -> Manifest:
        """Put the manifest as the checkpoint of its key unless there is one; return the one that stands.

        Of any number of concurrent commits of one key exactly one wins, and all get the winner's.
        """

    @abstractmethod
    def find(self, step: str, key: str) -> Manifest | None:
        """The checkpoint of a key, or None. Raises SnapshotError when it cannot be read as one."""

    @abstractmethod
    def readable(self, step: str) -> Readable:
        """The checkpoints of a step, for what one that is damaged must not hold up."""

    def manifests(self, step: str) -> Sequence[Manifest]:
        """Every checkpoint of a step, in the order of `committed_at`, then key.

        Raises SnapshotError when one of them cannot be read.
        """
        checkpoints = self.readable(step)
        for error in checkpoints.damaged.values():
            raise error
        return checkpoints.found

    @abstractmethod
    def read_file(self, manifest: Manifest, path: str) -> bytes:
        """One file of a committed snapshot; raises SnapshotError when its digest is not the manifest's."""

    @abstractmethod
    def attempts(self) -> Sequence[StoredAttempt]:
        """Every attempt that is there, in the order of step, key and id."""

    @abstractmethod
    def withdraw(self, step: str, key: str) -> None:
        """Remove the checkpoint of a key, if there is one; its attempt stays, and no checkpoint names it any more."""

    def discard(self, attempt: Attempt) -> None:
        """Delete the files of an attempt, if there are some; raises SnapshotError when a checkpoint names it."""
        standing = self.find(attempt.step, attempt.key)
        if standing is not None and standing.attempt == attempt.id:
            raise SnapshotError(
                f"The attempt {attempt.uri} is that of a checkpoint.", "Withdraw the checkpoint of its key first."
            )
        self._delete(attempt)

    @abstractmethod
    def _delete(self, attempt: Attempt) -> None:
        """Delete every file of an attempt."""
