"""The files of sources on this machine, as paths or `file://`."""

import glob
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from domain.errors import SourceError
from domain.source.file_places import chosen, is_readable, literal_part, require_readable, scheme_of
from ports.source_store import SourceStore, StoredFile

# Times of files are that coarse on some systems: of a younger file a second writing might not show in them.
_SETTLED_NS = 2_000_000_000


class LocalSourceStore(SourceStore):
    """Reads this machine's files, told apart by the SHA-256 of their bytes."""

    def find(self, place: str) -> Sequence[StoredFile]:
        """As the port says; locations are absolute paths with forward slashes."""
        path = local_path(place)
        if path.is_file():
            require_readable(path.as_posix())
            found = [path]
        else:
            found = sorted(_below(path))
        return [_stored(file) for file in found]

    def changed(self, place: str, files: Sequence[StoredFile]) -> Sequence[str]:  # noqa: ARG002 (their paths do)
        """As the port says; a file is hashed again only where its size, times or inode are others than they were."""
        return [file.location for file in files if _has_changed(file)]

    def first_bytes(self, location: str, count: int) -> bytes:
        """As the port says; a location may also be a `file:` URI."""
        path = local_path(location)
        with _reading(path), path.open("rb") as file:
            return file.read(count)

    def last_bytes(self, location: str, count: int) -> bytes:
        """As the port says; a location may also be a `file:` URI."""
        path = local_path(location)
        with _reading(path), path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - count))
            return file.read()


def local_path(place: str) -> Path:
    """The path that a place means; raises SourceError for a `file:` URI of another machine."""
    if scheme_of(place) != "file":
        return Path(place)
    parts = urlsplit(place)
    if parts.netloc not in {"", "localhost"}:
        raise SourceError(
            f"The place '{place}' names the machine '{parts.netloc}', and 'file:' is for files of this one.",
            "Write file:///absolute/path.",
        )
    # Not `parts.path`: a question mark is a wildcard here.
    path = place.split(":", 1)[1].removeprefix("//").removeprefix("localhost")
    return Path(url2pathname(path))


def _below(path: Path) -> list[Path]:
    """The readable files below a directory, or below what a pattern matches."""
    if path.is_dir():  # whatever letters its name has
        found = [file for file in _files_of(path) if is_readable(file.relative_to(path).as_posix())]
    else:
        found = [Path(name) for name in chosen(path.as_posix(), {file.as_posix() for file in _candidates(path)})]
    return [file for file in found if file.is_file()]


def _candidates(path: Path) -> Iterator[Path]:
    """What a pattern may mean; `chosen` decides."""
    if "**" in str(path):  # in `a**b` a star to glob and any depth to `chosen`
        directory = "".join(literal_part(path.as_posix()).rpartition("/")[:2])
        yield from map(Path, glob.iglob(f"{directory}**/*", recursive=True))  # noqa: PTH207
        return
    for match in map(Path, glob.iglob(str(path))):  # noqa: PTH207
        yield from _files_of(match) if match.is_dir() else [match]


def _files_of(directory: Path) -> Iterator[Path]:
    """All files below a directory and below what links there lead to, each directory once."""
    seen: set[str] = set()
    for root, directories, names in os.walk(directory, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:  # a link that leads back, or to what another has led to
            directories.clear()
            continue
        seen.add(real)
        yield from (Path(root, name) for name in names)


def _stored(path: Path) -> StoredFile:
    with _reading(path):
        before = path.stat()
        if before.st_size == 0:
            return StoredFile(path.as_posix(), 0, "empty")
        settled = time.time_ns() - max(before.st_mtime_ns, before.st_ctime_ns) > _SETTLED_NS
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return StoredFile(path.as_posix(), before.st_size, digest, _stamp(before) if settled else "")


def _has_changed(file: StoredFile) -> bool:
    path = local_path(file.location)
    if not path.is_file():
        return True
    with _reading(path):
        untouched = file.stamp == _stamp(path.stat())
    return not untouched and _stored(path).identity != file.identity


def _stamp(found: os.stat_result) -> str:
    return f"{found.st_dev}:{found.st_ino}:{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}"


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into an error that names it."""
    try:
        yield
    except OSError as error:
        raise SourceError(f"The file '{path}' cannot be read ({error}).", "Check its path and permissions.") from error
