"""The fakes of matching, examples and scoring pass the suites of their ports."""

from itertools import count

import pytest

from domain.schema import Schema
from domain.snapshot import Attempt, DatasetRef
from ports.batch_scorer import BatchScorer
from ports.example_builder import ExampleBuilder
from ports.return_matcher import ReturnMatcher
from tests.contract.batch_scorer import BatchScorerContract
from tests.contract.example_builder import ExampleBuilderContract
from tests.contract.line_bench import LineBench, Rows
from tests.contract.return_matcher import ReturnMatcherContract
from tests.fakes.line_steps import InMemoryBatchScorer, InMemoryExampleBuilder, InMemoryReturnMatcher
from tests.fakes.table_store import InMemoryTableStore


class InMemoryBench(LineBench):
    """The fakes on a table store in memory."""

    def __init__(self) -> None:
        self._store = InMemoryTableStore()
        self._numbers = count()

    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        return self._store.write(self.attempt(), name, schema, rows)

    def rows(self, table: DatasetRef) -> Rows:
        return [dict(row) for row in self._store.read(table)]

    def attempt(self) -> Attempt:
        return Attempt("step", "key", "attempt", f"memory/{next(self._numbers)}")

    @property
    def matcher(self) -> ReturnMatcher:
        return InMemoryReturnMatcher(self._store)

    @property
    def builder(self) -> ExampleBuilder:
        return InMemoryExampleBuilder(self._store)

    @property
    def scorer(self) -> BatchScorer:
        return InMemoryBatchScorer(self._store, lambda model, line: line.features[model.learner or "chance"])

    @property
    def model_files(self) -> dict[str, bytes]:
        return {}


@pytest.fixture(scope="class")
def bench() -> InMemoryBench:
    return InMemoryBench()


class TestInMemoryReturnMatcher(ReturnMatcherContract):
    pass


class TestInMemoryExampleBuilder(ExampleBuilderContract):
    pass


class TestInMemoryBatchScorer(BatchScorerContract):
    pass
