"""Where the suites of the ports over tables put their tables, and read what the adapters wrote."""

from abc import ABC, abstractmethod
from itertools import count
from typing import TypeAlias

from domain.content import Cell
from domain.schema import Schema
from domain.snapshot import Attempt, DatasetRef
from tests.fakes.table_store import InMemoryTableStore

Rows: TypeAlias = list[dict[str, Cell]]


class TableBench(ABC):
    """Tables of one engine, put and read past its adapters."""

    @abstractmethod
    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        """A new table of these rows; missing keys are nulls."""

    @abstractmethod
    def rows(self, table: DatasetRef) -> Rows:
        """What a table holds."""

    @abstractmethod
    def attempt(self) -> Attempt:
        """A new, empty attempt."""


class TablesInMemory(TableBench):
    """A table store in memory, for the fakes."""

    def __init__(self) -> None:
        self.store = InMemoryTableStore()
        self._numbers = count()

    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        return self.store.write(self.attempt(), name, schema, rows)

    def rows(self, table: DatasetRef) -> Rows:
        return [dict(row) for row in self.store.read(table)]

    def attempt(self) -> Attempt:
        return Attempt("step", "key", "attempt", f"memory/{next(self._numbers)}")
