"""The fake feature builder passes the suite of its port."""

from itertools import count

import pytest

from domain.schema import Schema
from domain.snapshot import Attempt, DatasetRef
from ports.feature_builder import FeatureBuilder
from tests.contract.feature_builder import FeatureBench, FeatureBuilderContract, Rows
from tests.fakes.features import InMemoryFeatureBuilder
from tests.fakes.table_store import InMemoryTableStore


class InMemoryFeatureBench(FeatureBench):
    """The fake on a table store in memory."""

    def __init__(self) -> None:
        self._store = InMemoryTableStore()
        self._numbers = count()

    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        return self._store.write(self.attempt(), name, schema, rows)

    def rows(self, table: DatasetRef) -> Rows:
        return [dict(row) for row in self._store.read(table)]

    def attempt(self) -> Attempt:
        return Attempt("features", "key", "attempt", f"memory/{next(self._numbers)}")

    @property
    def builder(self) -> FeatureBuilder:
        return InMemoryFeatureBuilder(self._store)


@pytest.fixture(scope="class")
def bench() -> InMemoryFeatureBench:
    return InMemoryFeatureBench()


class TestInMemoryFeatureBuilder(FeatureBuilderContract):
    pass
