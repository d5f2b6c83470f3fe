"""The stores of sources by scheme; each is opened when a place in it is first named."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from domain.errors import SourceError
from domain.source.file_places import scheme_of
from ports.source_store import SourceStore, StoredFile


class SourceStores(SourceStore):
    """Hands every place to the store of its scheme.

    Args:
        by_scheme: opens the store of a scheme; None stands for paths of this machine.
    """

    def __init__(self, by_scheme: Mapping[str | None, Callable[[], SourceStore]]) -> None:
        self._open = {scheme: cache(opened) for scheme, opened in by_scheme.items()}
        self._expected: set[str | None] = set()

    @property
    def expected(self) -> frozenset[str | None]:
        """The schemes of all places named so far, for what must be known before the first of them is opened."""
        return frozenset(self._expected)

    def expect(self, places: Iterable[str]) -> None:
        """As the port says; raises SourceError for an unknown scheme."""
        for place in places:
            self._known(place)
            self._expected.add(scheme_of(place))

    def find(self, place: str) -> Sequence[StoredFile]:
        """As the port says."""
        self.expect([place])
        return self._store(place).find(place)

    def changed(self, place: str, files: Sequence[StoredFile]) -> Sequence[str]:
        """As the port says."""
        return self._store(place).changed(place, files)

    def first_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._store(location).first_bytes(location, count)

    def last_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._store(location).last_bytes(location, count)

    def _store(self, place: str) -> SourceStore:
        return self._known(place)()

    def _known(self, place: str) -> Callable[[], SourceStore]:
        opened = self._open.get(scheme_of(place))
        if opened is None:
            names = ", ".join(f"{scheme}:" for scheme in self._open if scheme is not None)
            raise SourceError(
                f"The place '{place}' has the scheme '{scheme_of(place)}:', which names no store of files known here.",
                f"Use {names} or a path of this machine.",
            )
        return opened
