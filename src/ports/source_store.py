"""Where the files of sources lie: this machine, an object store, HDFS, a publisher of data sets."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class StoredFile:
    """One file of a source.

    Args:
        location: URI or absolute path by which it is read.
        size: in bytes.
        identity: tells its bytes from others; files of equal identity hold equal bytes, whatever their names.
        stamp: of the store's own, by which it sees that nobody touched the file since; empty where it has none.
    """

    location: str
    size: int
    identity: str
    stamp: str = field(default="", compare=False)


class SourceStore(ABC):
    """Finds the files that a mapping names, and reads their ends; the rows are the ingest's to read."""

    def expect(self, places: Iterable[str]) -> None:  # noqa: B027 (most stores have nothing to prepare)
        """Hear which places a source names, before any of them is looked at."""

    @abstractmethod
    def find(self, place: str) -> Sequence[StoredFile]:
        """The files that a place means, in the order of their locations; none when nothing is there.

        A place is a file, a directory (all files of known kinds below it) or a pattern, as `domain.source.file_places`
        says.

        Raises SourceError for a place that names no file which can be read, ServiceError for a store that
        does not answer or refuses.
        """

    def changed(self, place: str, files: Sequence[StoredFile]) -> Sequence[str]:
        """The locations of those files that are gone or hold other bytes than when they were found.

        Files that were not there then are no matter.

        Args:
            place: where `find` found them.
            files: as it found them.

        Raises what `find` raises.
        """
        now = {file.location: file.identity for file in self.find(place)} if files else {}
        return [file.location for file in files if now.get(file.location) != file.identity]

    @abstractmethod
    def first_bytes(self, location: str, count: int) -> bytes:
        """The first bytes of a file, all of them where it has no more."""

    @abstractmethod
    def last_bytes(self, location: str, count: int) -> bytes:
        """The last bytes of a file, all of them where it has no more."""
