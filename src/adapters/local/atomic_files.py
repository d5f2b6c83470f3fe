"""Files that are there whole or not at all, whatever kills the process or the machine."""

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.local.file_lock import exclusive


def put_if_absent(path: Path, data: bytes) -> bool:
    """Write a file unless there is one; whether this call made it.

    Of any number of concurrent calls exactly one returns True, and no reader ever sees part of a file.
    The whole file is written beside its place and linked into it: a link fails where a file is already.
    """
    temporary = _write_beside(path, data)
    try:
        return _claim(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
        flush_directory(path.parent)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to, whose file takes the place of `path` when the block ends without an error.

    A reader sees the old file or the new one, whole; after an error or a crash, the old one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path)
    try:
        yield temporary
        flush_file(temporary)
        temporary.replace(path)
        flush_directory(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def replace(path: Path, data: bytes) -> None:
    """Write a file in the place of the one that may be there, as `replacing` does."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def flush_file(path: Path) -> None:
    """Make a file's bytes survive a loss of power."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_directory(path: Path) -> None:
    """Make the names in a directory survive a loss of power, where the system has such a call."""
    if sys.platform == "win32":  # directories cannot be opened there; NTFS journals names itself
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_beside(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path)
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")


def _claim(temporary: Path, path: Path) -> bool:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        return _claim_without_links(temporary, path)
    return True


def _claim_without_links(temporary: Path, path: Path) -> bool:
    if sys.platform == "win32":
        try:
            temporary.rename(path)  # on Windows a rename fails where a file is already
        except FileExistsError:
            return False
        return True
    return _rename_under_lock(temporary, path)


def _rename_under_lock(temporary: Path, path: Path) -> bool:
    """Rename while no other process does; the lock outlives no crash."""
    with exclusive(path.with_name(f".{path.name}.lock")):
        if path.exists():
            return False
        temporary.rename(path)
        flush_directory(path.parent)
        return True
