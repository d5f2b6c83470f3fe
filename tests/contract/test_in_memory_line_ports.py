"""The fakes of matching, examples and scoring pass the suites of their ports."""

import pytest

from ports.batch_scorer import BatchScorer
from ports.example_builder import ExampleBuilder
from ports.return_matcher import ReturnMatcher
from tests.contract.batch_scorer import BatchScorerContract
from tests.contract.example_builder import ExampleBuilderContract
from tests.contract.line_bench import LineBench
from tests.contract.return_matcher import ReturnMatcherContract
from tests.contract.table_bench import TablesInMemory
from tests.fakes.known_rows import KnownLine
from tests.fakes.line_steps import InMemoryBatchScorer, InMemoryExampleBuilder, InMemoryReturnMatcher


class InMemoryBench(TablesInMemory, LineBench):
    @property
    def matcher(self) -> ReturnMatcher:
        return InMemoryReturnMatcher(self.store)

    @property
    def builder(self) -> ExampleBuilder:
        return InMemoryExampleBuilder(self.store)

    @property
    def scorer(self) -> BatchScorer:
        return InMemoryBatchScorer(self.store, lambda model, line: _columns(line)[model.learner or "chance"])

    @property
    def model_files(self) -> dict[str, bytes]:
        return {}


def _columns(known: KnownLine) -> dict[str, float]:
    return {**known.line, **known.features}


@pytest.fixture(scope="class")
def bench() -> InMemoryBench:
    return InMemoryBench()


class TestInMemoryReturnMatcher(ReturnMatcherContract):
    pass


class TestInMemoryExampleBuilder(ExampleBuilderContract):
    pass


class TestInMemoryBatchScorer(BatchScorerContract):
    pass
