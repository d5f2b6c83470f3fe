"""The fake builder of candidates' features passes the suite of its port."""

from itertools import count

import pytest

from domain.schema import Schema
from domain.snapshot import Attempt, DatasetRef
from ports.candidate_feature_builder import CandidateFeatureBuilder
from tests.contract.candidate_feature_builder import CandidateBench, CandidateFeatureBuilderContract
from tests.contract.feature_builder import Rows
from tests.fakes.candidate_features import InMemoryCandidateFeatureBuilder
from tests.fakes.table_store import InMemoryTableStore


class InMemoryCandidateBench(CandidateBench):
    """The fake on a table store in memory."""

    def __init__(self) -> None:
        self._store = InMemoryTableStore()
        self._numbers = count()

    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        return self._store.write(self.attempt(), name, schema, rows)

    def rows(self, table: DatasetRef) -> Rows:
        return [dict(row) for row in self._store.read(table)]

    def attempt(self) -> Attempt:
        return Attempt("candidates", "key", "attempt", f"memory/{next(self._numbers)}")

    @property
    def builder(self) -> CandidateFeatureBuilder:
        return InMemoryCandidateFeatureBuilder(self._store)


@pytest.fixture(scope="class")
def bench() -> InMemoryCandidateBench:
    return InMemoryCandidateBench()


class TestInMemoryCandidateFeatureBuilder(CandidateFeatureBuilderContract):
    pass
