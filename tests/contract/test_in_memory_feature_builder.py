"""The fake feature builder passes the suite of its port."""

import pytest

from ports.feature_builder import FeatureBuilder
from tests.contract.feature_builder import FeatureBench, FeatureBuilderContract
from tests.contract.table_bench import TablesInMemory
from tests.fakes.features import InMemoryFeatureBuilder


class InMemoryFeatureBench(TablesInMemory, FeatureBench):
    @property
    def builder(self) -> FeatureBuilder:
        return InMemoryFeatureBuilder(self.store)


@pytest.fixture(scope="class")
def bench() -> InMemoryFeatureBench:
    return InMemoryFeatureBench()


class TestInMemoryFeatureBuilder(FeatureBuilderContract):
    pass
