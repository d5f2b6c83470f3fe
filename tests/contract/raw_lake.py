"""A lake seen past its adapter, so that a wrong write cannot hide behind a matching wrong read."""

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from tempfile import mkdtemp

from adapters.local.snapshot_store import LocalSnapshotStore
from ports.snapshot_store import SnapshotStore
from tests.fakes.snapshot_store import InMemorySnapshotStore


class RawLake(ABC):
    """What a contract suite needs of a lake: the adapter under test, and its files by path below the root."""

    @abstractmethod
    def open(self) -> SnapshotStore:
        """A new adapter on this lake."""

    @abstractmethod
    def paths(self) -> list[str]:
        """Paths of all files, sorted."""

    @abstractmethod
    def read(self, path: str) -> bytes: ...

    @abstractmethod
    def write(self, path: str, data: bytes) -> None: ...

    @abstractmethod
    def delete(self, path: str) -> None: ...

    @abstractmethod
    def moved(self) -> "RawLake":
        """The same files under another root."""


class LocalLake(RawLake):
    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self) -> SnapshotStore:
        return LocalSnapshotStore(self.root)

    def paths(self) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)

    def delete(self, path: str) -> None:
        (self.root / path).unlink()

    def moved(self) -> "LocalLake":
        target = Path(mkdtemp(dir=self.root.parent)) / "elsewhere"
        shutil.move(self.root, target)
        return LocalLake(target)


class MemoryLake(RawLake):
    def __init__(self, files: dict[str, bytes] | None = None, name: str = "lake") -> None:
        self.files = {} if files is None else files
        self.name = name

    def open(self) -> SnapshotStore:
        return InMemorySnapshotStore(self.files, self.name)

    def paths(self) -> list[str]:
        return sorted(self.files)

    def read(self, path: str) -> bytes:
        return self.files[path]

    def write(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def delete(self, path: str) -> None:
        del self.files[path]

    def moved(self) -> "MemoryLake":
        files, self.files = self.files, {}
        return MemoryLake(files, "elsewhere")
