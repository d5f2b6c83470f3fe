"""Published tables as files in the formats that people's programs open."""

from abc import ABC, abstractmethod
from pathlib import Path

from domain.snapshot import DatasetRef


class TableExporter(ABC):
    """Writes a whole table, or a page as it is, to one local file."""

    @abstractmethod
    def export(self, table: DatasetRef, path: Path) -> None:
        """Write all rows in the format of the path's suffix; a file that is there is replaced at the end.

        Raises ConfigurationError for an unknown suffix or a table too large for the format.
        """

    @abstractmethod
    def copy(self, uri: str, path: Path) -> None:
        """Copy one file byte for byte; a file that is there is replaced at the end."""
