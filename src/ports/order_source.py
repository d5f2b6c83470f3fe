"""Where orders and returns come from."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from domain.source.mapping import SourceMapping


@dataclass(frozen=True)
class SourceFiles:
    """The files of a source, ready to be read: URIs of its order rows and, in shape 1, its return rows."""

    orders: tuple[str, ...]
    returns: tuple[str, ...] = ()


@dataclass(frozen=True)
class RepeatedFile:
    """A file that holds the same as another of its source, and is therefore not read."""

    location: str
    same_as: str


class OrderSource(ABC):
    """A shop's orders: a mapping and the files it describes."""

    @property
    @abstractmethod
    def mapping(self) -> SourceMapping:
        """How the source's columns become the canonical tables."""

    @abstractmethod
    def files(self) -> SourceFiles:
        """The files to read; raises SourceError when one is absent or empty."""

    @abstractmethod
    def fingerprint(self) -> str:
        """Changes when, and only when, the bytes of the files or the mapping change (names apart)."""

    def repeated_files(self) -> tuple[RepeatedFile, ...]:
        """The files that hold what another one holds; a source of something else than files has none."""
        return ()

    def changed_files(self) -> tuple[str, ...]:
        """The files to read that are no longer what the fingerprint says; asked once they have been read.

        A source of something else than files has none.
        """
        return ()
