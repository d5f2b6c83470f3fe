"""Small tables in and out of snapshots, without Spark: aggregates, forecasts, item tables."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from domain.content import Cell
from domain.schema import Schema
from domain.snapshot import Attempt, DatasetRef

Row: TypeAlias = Mapping[str, Cell]


class TableStore(ABC):
    """Reads a table as rows of plain Python values and writes rows as a table of an attempt."""

    @abstractmethod
    def read(
        self, table: DatasetRef, columns: Sequence[str] | None = None, line_ids: Collection[str] | None = None
    ) -> Iterable[Row]:
        """The rows in no particular order, as mappings of the asked columns (all when None).

        With `line_ids`, of those lines alone, which the table tells by its column `line_id`.

        Moments come as aware UTC datetimes, money as Decimal. Streams in batches: memory is bounded.
        """

    @abstractmethod
    def tally(self, table: DatasetRef, by: Sequence[str], total: str | None = None) -> Iterable[Row]:
        """How many rows hold each combination of some columns, moments counting as their UTC day.

        Args:
            table: what to count.
            by: the columns; their nulls are a value like any other.
            total: a column of whole numbers to sum.

        Rows hold the columns `by` (a date for each moment), `rows`, and `total` where a column is summed, in no order.
        """

    @abstractmethod
    def write(self, attempt: Attempt, name: str, schema: Schema, rows: Iterable[Row]) -> DatasetRef:
        """Write rows as the attempt's table `name`; missing keys are nulls.

        Raises SnapshotError when a row has an unknown key, a null where none is allowed, or a value
        of another type.
        """
