"""What lies in a lake, gathered to attempts: their sizes, and when something of them was last written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from application.lake.layout import LakeRoots, attempt_of, attempt_path
from domain.snapshot import Attempt
from ports.snapshot_store import StoredAttempt


@dataclass(frozen=True)
class WrittenFile:
    """A file of a lake, or a directory, whose path ends with a slash and whose size is 0.

    Args:
        path: in the lake.
        size: in bytes.
        written: when it was last written (UTC).
    """

    path: str
    size: int
    written: datetime


def stored_attempts(files: Iterable[WrittenFile], roots: LakeRoots) -> list[StoredAttempt]:
    """The attempts that the files belong to, in the order of step, key and id; files of none are left out.

    Args:
        files: as a store lists them.
        roots: where the lake's parts begin.
    """
    found: dict[tuple[str, str, str], tuple[int, datetime]] = {}
    for file in files:
        identity = attempt_of(file.path)
        if identity is not None:
            size, written = found.get(identity, (0, file.written))
            found[identity] = size + file.size, max(written, file.written)
    return [
        StoredAttempt(Attempt(*identity, roots.absolute(attempt_path(*identity))), size, written)
        for identity, (size, written) in sorted(found.items())
    ]
