"""The lake on a local file system: attempts as directories, checkpoints as files linked into place last."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from adapters.disk_failures import on_disk
from adapters.local.atomic_files import flush_directory, flush_file, put_if_absent
from application.lake.layout import (
    DATASETS,
    MODELS,
    LakeRoots,
    attempt_path,
    checked_path,
    checkpoint_path,
    checkpoints_path,
)
from application.lake.manifest_codec import decode_manifest, encode_manifest
from application.lake.readable_checkpoints import read_each
from application.lake.stored_attempts import WrittenFile, stored_attempts
from domain.errors import SnapshotError
from domain.snapshot import Attempt, FileEntry, Manifest
from ports.snapshot_store import Readable, SnapshotStore, StoredAttempt

_RERUN = "Restore the file, or delete the checkpoint and run again: the step will be made anew."


class LocalSnapshotStore(SnapshotStore):
    """Snapshots below one directory; `application.lake.layout` says where.

    Args:
        root: the lake's directory; made when first written to. It may be moved between processes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        # Not percent-encoded: Spark takes the text of a URI as the path itself.
        self._roots = LakeRoots.below("file:///" + self._root.as_posix().lstrip("/"))

    def begin(self, step: str, key: str) -> Attempt:
        """Open an attempt in a directory of its own."""
        identity = uuid.uuid4().hex[:16]
        relative = attempt_path(step, key, identity)
        with on_disk(self._root / relative):
            (self._root / relative).mkdir(parents=True)
        return Attempt(step, key, identity, self._roots.absolute(relative))

    def put_file(self, attempt: Attempt, path: str, data: bytes) -> None:
        """Write one file below the attempt's directory."""
        file = self._directory(attempt.uri) / checked_path(path)
        with on_disk(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    def inventory(self, attempt: Attempt) -> tuple[FileEntry, ...]:
        """Every file of the attempt, flushed to the disk, with size and SHA-256, sorted by path."""
        directory = self._directory(attempt.uri)
        with on_disk(directory):
            entries = tuple(_flushed_entry(directory, path) for path in _files_below(directory))
            for folder in {
                *(file.parent for file in _walk(directory)),
                directory,
                *directory.relative_to(self._root).parents,
            }:
                flush_directory(self._root / folder)
        return entries

    def commit(self, manifest: Manifest) -> Manifest:
        """Link the manifest into the place of its checkpoint; return the one that stands there."""
        directory = self._directory(manifest.uri)
        for entry in manifest.files:
            _check_size(directory, entry)
        checkpoint = self._checkpoint(manifest.step, manifest.key)
        with on_disk(checkpoint):
            put_if_absent(checkpoint, encode_manifest(manifest, self._roots))
        standing = self.find(manifest.step, manifest.key)
        if standing is None:
            raise SnapshotError(
                f"The checkpoint of step '{manifest.step}' was deleted while it was made.",
                "Let nothing else write to the lake, and run again.",
            )
        return standing

    def find(self, step: str, key: str) -> Manifest | None:
        """The checkpoint of a key, or None; its manifest is parsed and its checksum verified."""
        path = self._checkpoint(step, key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SnapshotError(f"The checkpoint {path} cannot be read: {error}.", "Make it readable.") from error
        return decode_manifest(data, self._roots, str(path), step, key)

    def readable(self, step: str) -> Readable:
        """The checkpoints of a step, oldest first, and the damaged ones."""
        keys = [path.stem for path in (self._root / checkpoints_path(step)).glob("[!.]*.json")]
        return read_each(lambda key: self.find(step, key), keys)

    def read_file(self, manifest: Manifest, path: str) -> bytes:
        """One file of a snapshot, its digest checked."""
        entry = manifest.file(path)
        file = self._directory(manifest.uri) / entry.path
        _check_size(self._directory(manifest.uri), entry)
        with on_disk(file):
            data = file.read_bytes()
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise _damaged(file)
        return data

    def attempts(self) -> Sequence[StoredAttempt]:
        """Every attempt's directory, with the sizes of its files and when something in it was last written."""
        places = (place for part in (DATASETS, MODELS) for place in (self._root / part).glob("*/*/attempt=*"))
        return stored_attempts((entry for place in places for entry in self._written(place)), self._roots)

    def withdraw(self, step: str, key: str) -> None:
        """Remove the file of a checkpoint."""
        checkpoint = self._checkpoint(step, key)
        with on_disk(checkpoint), suppress(FileNotFoundError):
            checkpoint.unlink()
            flush_directory(checkpoint.parent)

    def _delete(self, attempt: Attempt) -> None:
        directory = self._directory(attempt.uri)
        with on_disk(directory), suppress(FileNotFoundError):
            shutil.rmtree(directory)

    def _written(self, directory: Path) -> Iterator[WrittenFile]:
        """The directory itself and all in it; what goes while it is looked at is left out."""
        for parent, _, names in os.walk(directory):
            place = Path(parent).relative_to(self._root).as_posix()
            for name in ("", *names):
                with suppress(FileNotFoundError):
                    found = Path(parent, name).lstat()
                    size = found.st_size if name else 0
                    yield WrittenFile(f"{place}/{name}", size, datetime.fromtimestamp(found.st_mtime, UTC))

    def _directory(self, uri: str) -> Path:
        return self._root / self._roots.relative(uri)

    def _checkpoint(self, step: str, key: str) -> Path:
        return self._root / checkpoint_path(step, key)


def _files_below(directory: Path) -> list[str]:
    """Relative paths of all files, with forward slashes, sorted."""
    return sorted(path.relative_to(directory).as_posix() for path in _walk(directory))


def _walk(directory: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(directory):
        yield from (Path(parent) / name for name in names)


def _flushed_entry(directory: Path, path: str) -> FileEntry:
    file = directory / path
    flush_file(file)
    return FileEntry(path, file.stat().st_size, _sha256(file))


def _check_size(directory: Path, entry: FileEntry) -> None:
    file = directory / entry.path
    if not file.is_file():
        raise SnapshotError(f"The file {file} is missing from its snapshot.", _RERUN)
    if file.stat().st_size != entry.size:
        raise _damaged(file)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _damaged(file: Path) -> SnapshotError:
    return SnapshotError(f"The file {file} is not what its manifest says: it was changed.", _RERUN)
