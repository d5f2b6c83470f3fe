"""A lake in memory; it passes the same contract as the real ones."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from application.lake.layout import LakeRoots, attempt_path, checked_path, checkpoint_path, checkpoints_path
from application.lake.manifest_codec import decode_manifest, encode_manifest
from application.lake.readable_checkpoints import read_each
from application.lake.stored_attempts import WrittenFile, stored_attempts
from domain.errors import SnapshotError
from domain.snapshot import Attempt, FileEntry, Manifest
from ports.snapshot_store import Readable, SnapshotStore, StoredAttempt


class InMemorySnapshotStore(SnapshotStore):
    """Files by their path in the lake.

    Args:
        files: shared with other stores on the same lake; a lake of its own when None.
        name: of the lake, as in its URIs.

    `written` says when files were written, by path; now where it says nothing.
    """

    def __init__(self, files: dict[str, bytes] | None = None, name: str = "lake") -> None:
        self.files = {} if files is None else files
        self.written: dict[str, datetime] = {}
        self._roots = LakeRoots.below(f"memory:/{name}")

    def begin(self, step: str, key: str) -> Attempt:
        identity = uuid.uuid4().hex[:16]
        return Attempt(step, key, identity, self._roots.absolute(attempt_path(step, key, identity)))

    def put_file(self, attempt: Attempt, path: str, data: bytes) -> None:
        self.files[f"{self._prefix(attempt.uri)}{checked_path(path)}"] = data

    def inventory(self, attempt: Attempt) -> tuple[FileEntry, ...]:
        below = self._below(attempt.uri)
        return tuple(FileEntry(path, len(data), _sha256(data)) for path, data in sorted(below.items()))

    def commit(self, manifest: Manifest) -> Manifest:
        below = self._below(manifest.uri)
        for entry in manifest.files:
            if len(below.get(entry.path, b"")) != entry.size or entry.path not in below:
                raise _damaged(entry.path)
        path = checkpoint_path(manifest.step, manifest.key)
        standing = self.files.setdefault(path, encode_manifest(manifest, self._roots))  # atomic in CPython
        return decode_manifest(standing, self._roots, path, manifest.step, manifest.key)

    def find(self, step: str, key: str) -> Manifest | None:
        path = checkpoint_path(step, key)
        data = self.files.get(path)
        if data is None:
            return None
        return decode_manifest(data, self._roots, path, step, key)

    def readable(self, step: str) -> Readable:
        prefix = f"{checkpoints_path(step)}/"
        keys = [p.removeprefix(prefix).removesuffix(".json") for p in list(self.files) if p.startswith(prefix)]
        return read_each(lambda key: self.find(step, key), keys)

    def read_file(self, manifest: Manifest, path: str) -> bytes:
        data = self._below(manifest.uri).get(path)
        if data is None or _sha256(data) != manifest.file(path).sha256:
            raise _damaged(path)
        return data

    def attempts(self) -> Sequence[StoredAttempt]:
        written = {path: self.written.get(path, datetime.now(UTC)) for path in list(self.files)}
        return stored_attempts((WrittenFile(p, len(self.files[p]), at) for p, at in written.items()), self._roots)

    def withdraw(self, step: str, key: str) -> None:
        self.files.pop(checkpoint_path(step, key), None)

    def _delete(self, attempt: Attempt) -> None:
        for path in self._below(attempt.uri):
            del self.files[f"{self._prefix(attempt.uri)}{path}"]

    def _below(self, uri: str) -> dict[str, bytes]:
        prefix = self._prefix(uri)
        return {p.removeprefix(prefix): data for p, data in list(self.files.items()) if p.startswith(prefix)}

    def _prefix(self, uri: str) -> str:
        return f"{self._roots.relative(uri)}/"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _damaged(path: str) -> SnapshotError:
    return SnapshotError(f"The files {path} are not what the manifest says.", "Delete the checkpoint and run again.")
