"""What the suites of the ports over lines ask of an engine."""

from abc import abstractmethod

from ports.batch_scorer import BatchScorer
from ports.example_builder import ExampleBuilder
from ports.return_matcher import ReturnMatcher
from tests.contract.table_bench import TableBench


class LineBench(TableBench):
    """One engine's adapters and tables."""

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
        """The scorer under test; its model's chance is the column that the learner names, `chance` by default."""

    @property
    @abstractmethod
    def model_files(self) -> dict[str, bytes]:
        """Files of the model that the scorer loads."""
