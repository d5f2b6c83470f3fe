"""A store of files in memory."""

from collections.abc import Mapping, Sequence

from domain.source.file_places import chosen
from ports.source_store import SourceStore, StoredFile


class InMemorySourceStore(SourceStore):
    """Files by location; their bytes are their identity.

    Args:
        files: the bytes of every file; whoever holds them may change them.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def find(self, place: str) -> Sequence[StoredFile]:
        """As the port says."""
        return [
            StoredFile(name, len(self._files[name]), self._files[name].hex()) for name in chosen(place, self._files)
        ]

    def first_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._files[location][:count]

    def last_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._files[location][-count:]
