"""Where readers outside the pipeline find the latest of every output."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.schema import Schema
from domain.snapshot import Manifest


@dataclass(frozen=True)
class Publication:
    """One published output: what it is, as of which day, under which version of its contract, and where.

    Args:
        name: of the output.
        as_of: the day it was made for.
        contract: version of its columns.
        uri: a directory of Parquet files for a table, the file itself for a page.
        rows: how many; 0 for what is no table.
        content: digest of what it holds.
        schema: its columns; None for what is no table.
        shop: whose it is.
    """

    name: str
    as_of: date
    contract: str
    uri: str
    rows: int
    content: str
    schema: Schema | None = None
    shop: str = ""


class Publisher(ABC):
    """Copies of committed snapshots under `published/<name>/as_of=<day>/`, the pointer put last."""

    @abstractmethod
    def publish(
        self, name: str, as_of: date, contract: str, manifest: Manifest, part: str, shop: str = ""
    ) -> Publication:
        """Copy the table or artifact `part` of a snapshot and point to it.

        Repeating it for the same content changes nothing. The pointer `published/<name>/latest.json` is to the latest
        day of the shop that was published last. A reader that follows it never sees half a copy.
        """

    @abstractmethod
    def find(self, name: str, as_of: date | None = None) -> Publication | None:
        """The output as of a day (the latest when None), or None when it was never published."""

    @abstractmethod
    def publications(self) -> Sequence[Publication]:
        """The latest publication of every output, by name."""
