"""A C file of this package as a library of this machine: compiled on first need, kept in the user's cache.

What is compiled is our own code, never anything that a model brought: a model gives it numbers. The library is kept by
the digest of its source, its flags and the machine's kind, in a directory that nobody else may enter; processes that
start together wait for one of them to compile it. There is always a slower way without it.
"""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMPILERS = ("cc", "gcc", "clang")
# No fused multiply-add: sums must agree with numpy's to the last bit.
FLAGS = ("-O2", "-std=c99", "-ffp-contract=off", "-shared", "-fPIC")
COMPILE_S = 120


class NoLibraryError(Exception):
    """Why there is no library; told once, then the slower way is taken."""


def native_library(source: bytes, name: str) -> ctypes.CDLL:
    """The library compiled from `source`, from the cache where it is there.

    Args:
        source: a C file.
        name: what the library is called in the cache.

    Raises NoLibraryError where there is no compiler, or it fails, or the library does not load.
    """
    if sys.platform == "win32":
        raise NoLibraryError("this system is Windows")
    try:
        with _private_directory() as directory:
            return _loaded(directory / f"{name}-{_digest(source)}.so", source)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoLibraryError(str(error)) from error


def _loaded(library: Path, source: bytes) -> ctypes.CDLL:
    with _lock(library.with_suffix(".lock")):
        if not library.is_file():
            _compile(source, library)
    return ctypes.CDLL(str(library))


def _compile(source: bytes, library: Path) -> None:
    """Put the library at its place in one step, so that no process ever loads half of one."""
    compiler = find_compiler()
    if compiler is None:
        raise NoLibraryError(f"no C compiler ({', '.join(COMPILERS)}) was found")
    with tempfile.TemporaryDirectory(prefix=".compiling-", dir=library.parent) as place:
        written, made = Path(place, "source.c"), Path(place, "library.so")
        written.write_bytes(source)
        command = [compiler, *FLAGS, "-o", str(made), str(written)]
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=COMPILE_S)  # noqa: S603
        if told.returncode != 0:
            raise NoLibraryError(f"{compiler} failed: {(told.stderr.splitlines() or ['it said nothing'])[0]}")
        made.replace(library)


def find_compiler() -> str | None:
    """The C compiler that `CC` names, else the first of the usual ones on the PATH; None where there is none."""
    named = os.environ.get("CC")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, COMPILERS)), None)


def _digest(source: bytes) -> str:
    kind = f"{FLAGS} {platform.system()} {platform.machine()} {platform.libc_ver()}".encode()
    return hashlib.sha256(kind + b"\0" + source).hexdigest()[:32]


@contextmanager
def _private_directory() -> Iterator[Path]:
    """The cache, if it is ours alone; else a directory for this process, gone once the library is loaded."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "returncast", "native")
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = _is_ours_alone(cache)
    except (OSError, RuntimeError):  # no home, or one that is read-only
        usable = False
    if usable:
        yield cache
        return
    with tempfile.TemporaryDirectory(prefix="returncast-native-") as own:
        yield Path(own)


def _is_ours_alone(directory: Path) -> bool:
    told = directory.lstat()
    return told.st_uid == os.getuid() and not told.st_mode & 0o077 and os.access(directory, os.W_OK)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    import fcntl  # noqa: PLC0415 (Windows has none)

    with path.open("ab") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield
