"""Where orders and returns come from."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from domain.source.mapping import SourceMapping


@dataclass(frozen=True)
class SourceFiles:
    """The files of a source, ready to be read, as URIs.

    Args:
        orders: of its order rows.
        returns: of its return rows, where these have files of their own.
        taken_actions: of what the shop did about lines, where it keeps such a record.
    """

    orders: tuple[str, ...]
    returns: tuple[str, ...] = ()
    taken_actions: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """The files of every kind."""
        return (*self.orders, *self.returns, *self.taken_actions)


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
