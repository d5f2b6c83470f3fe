"""Whole directories put in their place in one step, so that what lies in them changes together."""

import ctypes
import errno
import os
import sys
import uuid
from pathlib import Path

from adapters.local.atomic_files import flush_directory

_EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS
_AT_FDCWD = -100
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}


def put_directory(staged: Path, place: Path, retired: str) -> None:
    """Put the directory `staged` at `place`; one that was there is kept beside it, renamed, for who is reading in it.

    Where the system can exchange two names, a reader finds the old directory or the new one. Elsewhere there is a
    moment in which it finds none; never a part, never both.

    Args:
        staged: a complete directory on the same file system.
        place: where it belongs.
        retired: how the name of the directory that was there begins from now on.
    """
    aside = place.with_name(f"{retired}{uuid.uuid4().hex}")
    if not place.exists():
        staged.rename(place)
    elif _exchange(staged, place):
        staged.rename(aside)
    else:
        place.rename(aside)
        staged.rename(place)
    flush_directory(place.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step; whether the system could."""
    code = _exchange_call(os.fsencode(one), os.fsencode(other))
    if code not in {0, *_UNSUPPORTED}:
        raise OSError(code, os.strerror(code), str(one), None, str(other))
    return code == 0


def _exchange_call(one: bytes, other: bytes) -> int:
    """The error number of the system's call, 0 when it succeeded."""
    if sys.platform == "win32":
        return errno.ENOSYS
    library = ctypes.CDLL(None, use_errno=True)
    if hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _EXCHANGE)
    elif hasattr(library, "renamex_np"):
        failed = library.renamex_np(one, other, _EXCHANGE)
    else:
        return errno.ENOSYS
    return ctypes.get_errno() if failed else 0
