"""A disk that is full, or closed to this user, as the system, Arrow and Java say it, made into the error of ours.

Java's words, and those of Python's workers under Spark, come within errors of a general kind, so it is told by them.
"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.causes import causes_of
from domain.errors import DiskError, ReturncastError, SnapshotError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL_WORDS = re.compile(
    r"(?:java\.(?:io|nio\.file)\.\w+|DiskErrorException|OSError): "
    r"([^\n]*(?:No space left on device|No space available|Disk quota exceeded))"
)
_CLOSED_WORDS = re.compile(
    r"(?:java\.(?:io|nio\.file)\.\w+|OSError|PermissionError): "
    r"([^\n]*(?:\(Permission denied\)|Read-only file system|Mkdirs failed to create file:)[^\n]*)"
    r"|AccessDeniedException: (/[^\n]*)|(\[Errno \d+\] Permission denied: [^\n]*)"
)
_NO_TEMPORARY = "No usable temporary directory"
_LONGEST = 240
_FREE = (
    "Free some room where the lake (`returncast prune` tells what may go) and temporary files lie, or name other places"
    " (--lake, TMPDIR, and SPARK_LOCAL_DIRS for Spark's), and run again: what is committed is kept."
)
_PERMIT = (
    "Give this user the right to read and write there, or name another place (--lake, TMPDIR for temporary files), and "
    "run again."
)


def disk_failure(error: BaseException, place: str = "") -> DiskError | None:
    """The disk's failure behind an error, as one sentence with the remedy; None when it is about something else.

    Errors of ours stay what they are, but for a damaged snapshot whose file could only not be read.

    Args:
        error: what the system, Spark, Arrow, or code of ours that wrote or read through them, raised.
        place: what was written, where the error itself may not name it.
    """
    for cause in causes_of(error, _is_ours):
        if said := _full(cause):
            return DiskError(f"There is no room left on the disk of {place or 'a file'}: {said}.", _FREE)
        if said := _closed(cause):
            return DiskError(f"A file or directory cannot be read or written by this user: {said}.", _PERMIT)
    return None


@contextmanager
def on_disk(place: Path) -> Iterator[None]:
    """Raise what the system says of a full or closed disk as DiskError, which names the place.

    Args:
        place: what is written or read in the block.
    """
    try:
        yield
    except OSError as error:
        failure = disk_failure(error, str(place))
        if failure is None:
            raise
        raise failure from error


def _is_ours(error: BaseException) -> bool:
    """A damaged snapshot is not: its file may only have been closed."""
    return isinstance(error, ReturncastError) and not isinstance(error, SnapshotError)


def _full(error: BaseException) -> str:
    """What an error says of a full disk; an empty text when it is about something else."""
    if isinstance(error, OSError):
        return _words(error) if error.errno in _FULL else ""
    found = _FULL_WORDS.search(str(error))
    return found.group(1)[-_LONGEST:] if found else ""


def _closed(error: BaseException) -> str:
    """What an error says of a place that is closed to this user; an empty text when it is about something else."""
    if isinstance(error, OSError):
        # Without a path it is a connection's. Arrow has the path in its text.
        closes = error.errno in _CLOSED and (error.filename is not None or "'" in str(error))
        return _words(error) if closes or _NO_TEMPORARY in str(error) else ""
    found = _CLOSED_WORDS.search(str(error))
    return next(filter(None, found.groups()))[:_LONGEST].rstrip() if found else ""


def _words(error: OSError) -> str:
    return str(error).partition("\n")[0][:_LONGEST].rstrip(".")
