"""Where the suites of the ports over lines put their tables, and the adapters that read them."""

from abc import ABC, abstractmethod
from typing import TypeAlias

from domain.content import Cell
from domain.schema import Schema
from domain.snapshot import Attempt, DatasetRef
from ports.batch_scorer import BatchScorer
from ports.example_builder import ExampleBuilder
from ports.return_matcher import ReturnMatcher

Rows: TypeAlias = list[dict[str, Cell]]


class LineBench(ABC):
    """One engine: its adapters, and tables put and read past them."""

    @abstractmethod
    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        """A new table of these rows; missing keys are nulls."""

    @abstractmethod
    def rows(self, table: DatasetRef) -> Rows:
        """What a table holds."""

    @abstractmethod
    def attempt(self) -> Attempt:
        """A new, empty attempt."""

    @property
    @abstractmethod
    def matcher(self) -> ReturnMatcher:
        """The matcher under test."""

    @property
    @abstractmethod
    def builder(self) -> ExampleBuilder:
        """The builder under test."""

    @property
    @abstractmethod
    def scorer(self) -> BatchScorer:
        """The scorer under test; its model's chance is the feature that the learner names, `chance` by default."""

    @property
    @abstractmethod
    def model_files(self) -> dict[str, bytes]:
        """Files of the model that the scorer loads."""
