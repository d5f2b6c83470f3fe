"""The fake builder of candidates' features passes the suite of its port."""

import pytest

from ports.candidate_feature_builder import CandidateFeatureBuilder
from tests.contract.candidate_feature_builder import CandidateBench, CandidateFeatureBuilderContract
from tests.contract.table_bench import TablesInMemory
from tests.fakes.candidate_features import InMemoryCandidateFeatureBuilder


class InMemoryCandidateBench(TablesInMemory, CandidateBench):
    @property
    def builder(self) -> CandidateFeatureBuilder:
        return InMemoryCandidateFeatureBuilder(self.store)


@pytest.fixture(scope="class")
def bench() -> InMemoryCandidateBench:
    return InMemoryCandidateBench()


class TestInMemoryCandidateFeatureBuilder(CandidateFeatureBuilderContract):
    pass
