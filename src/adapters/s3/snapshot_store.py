"""The lake on an object store: attempts as prefixes, checkpoints as objects put last, on condition that none is there.

A write of an object is atomic, and of concurrent conditional writes to one key the store lets one through: that is
all the commit needs. Nothing is ever renamed.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from adapters.s3.access import Place, S3Lake
from adapters.s3.lake_objects import find_object, objects_below
from adapters.s3.objects import S3Objects, StoredObject
from application.lake.layout import DATASETS, MODELS, attempt_path, checked_path, checkpoint_path, checkpoints_path
from application.lake.manifest_codec import decode_manifest, encode_manifest
from application.lake.readable_checkpoints import read_each
from application.lake.stored_attempts import WrittenFile, stored_attempts
from domain.errors import SnapshotError
from domain.snapshot import Attempt, FileEntry, Manifest
from ports.snapshot_store import Readable, SnapshotStore, StoredAttempt

_THREADS = 8
_CHECKPOINT = re.compile(r"[^./][^/]*\.json")
_RERUN = "Restore the file, or delete the checkpoint and run again: the step will be made anew."


class S3SnapshotStore(SnapshotStore):
    """Snapshots in the buckets of a lake; `adapters.s3.access` says where.

    Args:
        objects: the store.
        lake: buckets and prefix.
        open_lake: called before an attempt, with which all writing begins (`adapters.s3.opening`).
    """

    def __init__(self, objects: S3Objects, lake: S3Lake, open_lake: Callable[[], None] = lambda: None) -> None:
        self._objects = objects
        self._lake = lake
        self._open_lake = open_lake

    def begin(self, step: str, key: str) -> Attempt:
        """Choose a prefix in the opened lake; nothing of the attempt is written."""
        self._open_lake()
        identity = uuid.uuid4().hex[:16]
        return Attempt(step, key, identity, self._lake.roots.absolute(attempt_path(step, key, identity)))

    def put_file(self, attempt: Attempt, path: str, data: bytes) -> None:
        """Write one object below the attempt's prefix."""
        self._objects.put(self._file(attempt.uri, checked_path(path)), data)

    def inventory(self, attempt: Attempt) -> tuple[FileEntry, ...]:
        """Every object of the attempt, read through for its SHA-256, sorted by path."""
        with ThreadPoolExecutor(_THREADS) as pool:
            return tuple(pool.map(lambda path: self._entry(attempt.uri, path), sorted(self._below(attempt.uri))))

    def commit(self, manifest: Manifest) -> Manifest:
        """Put the manifest unless there is one; return the one that stands.

        Three requests: a listing, the write, and the reading of what stands, since a write that was refused may be
        our own first try, whose answer was lost.
        """
        data = encode_manifest(manifest, self._lake.roots)
        self._check_sizes(manifest)
        self._objects.put_if_absent(self._checkpoint(manifest.step, manifest.key), data)
        standing = self.find(manifest.step, manifest.key)
        if standing is None:
            raise SnapshotError(
                f"The checkpoint of step '{manifest.step}' was deleted while it was made.",
                "Let nothing else write to the lake, and run again.",
            )
        return standing

    def find(self, step: str, key: str) -> Manifest | None:
        """The checkpoint of a key, or None; its manifest is parsed and its checksum verified."""
        place = self._checkpoint(step, key)
        data = find_object(self._objects, place)
        if data is None:
            return None
        return decode_manifest(data, self._lake.roots, place.uri, step, key)

    def readable(self, step: str) -> Readable:
        """The checkpoints of a step, oldest first, and the damaged ones."""
        with ThreadPoolExecutor(_THREADS) as pool:
            return read_each(lambda key: self.find(step, key), self._keys(step), pool.map)

    def read_file(self, manifest: Manifest, path: str) -> bytes:
        """One file of a snapshot, its digest checked."""
        entry = manifest.file(path)
        place = self._file(manifest.uri, entry.path)
        data = self._objects.get(place)
        if data is None:
            raise _missing(place)
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise _damaged(place)
        return data

    def attempts(self) -> Sequence[StoredAttempt]:
        """Every attempt with an object; a listing of the whole lake but its checkpoints."""
        written = (entry for part in (DATASETS, MODELS) for entry in self._written(part))
        return stored_attempts(written, self._lake.roots)

    def withdraw(self, step: str, key: str) -> None:
        """Delete the object of a checkpoint."""
        self._objects.delete(self._checkpoint(step, key))

    def _delete(self, attempt: Attempt) -> None:
        files = [self._file(attempt.uri, path) for path in self._below(attempt.uri)]
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(self._objects.delete, files))

    def _written(self, part: str) -> Iterator[WrittenFile]:
        prefix = self._lake.prefix(part)
        for found in objects_below(self._objects, prefix):
            yield WrittenFile(f"{part}/{found.key.removeprefix(prefix.key)}", found.size, found.modified)

    def _entry(self, uri: str, path: str) -> FileEntry:
        place = self._file(uri, path)
        found = self._objects.fingerprint(place)
        if found is None:
            raise _missing(place)
        return FileEntry(path, *found)

    def _check_sizes(self, manifest: Manifest) -> None:
        if not manifest.files:
            return
        held = self._below(manifest.uri)
        for entry in manifest.files:
            if entry.path not in held:
                raise _missing(self._file(manifest.uri, entry.path))
            if held[entry.path].size != entry.size:
                raise _damaged(self._file(manifest.uri, entry.path))

    def _below(self, uri: str) -> dict[str, StoredObject]:
        """The objects of an attempt by their path in it."""
        attempt = self._lake.place_of(uri)
        prefix = Place(attempt.bucket, f"{attempt.key}/")
        return {found.key.removeprefix(prefix.key): found for found in self._objects.below(prefix)}

    def _keys(self, step: str) -> list[str]:
        directory = self._lake.place(checkpoints_path(step))
        prefix = Place(directory.bucket, f"{directory.key}/")
        names = (found.key.removeprefix(prefix.key) for found in objects_below(self._objects, prefix))
        return [name.removesuffix(".json") for name in names if _CHECKPOINT.fullmatch(name)]

    def _file(self, uri: str, path: str) -> Place:
        attempt = self._lake.place_of(uri)
        return Place(attempt.bucket, f"{attempt.key}/{path}")

    def _checkpoint(self, step: str, key: str) -> Place:
        return self._lake.place(checkpoint_path(step, key))


def _missing(place: Place) -> SnapshotError:
    return SnapshotError(f"The file {place.uri} is missing from its snapshot.", _RERUN)


def _damaged(place: Place) -> SnapshotError:
    return SnapshotError(f"The file {place.uri} is not what its manifest says: it was changed.", _RERUN)
