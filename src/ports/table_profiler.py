"""A look at a file before anybody has said what it holds."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SampledTable:
    """The rows of a file, or its first ones, as text by column.

    Args:
        path: the file.
        values: by column name in the file's order, a text a row; None where absent.
        rows: how many rows are held.
        is_whole: whether these are all rows of the file.
        delimiter: between fields; "," for a file that has none.
        encoding: of the text.
    """

    path: str
    values: Mapping[str, Sequence[str | None]]
    rows: int
    is_whole: bool = True
    delimiter: str = ","
    encoding: str = "utf-8"


class TableProfiler(ABC):
    """Reads enough of a file to tell what its columns are."""

    @abstractmethod
    def sample(self, path: str) -> SampledTable:
        """The whole of a small file, the beginning of a big one; raises SourceError when it cannot be read."""
