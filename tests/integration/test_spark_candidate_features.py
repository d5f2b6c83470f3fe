"""The builder of candidates' features on Spark passes the suite of its port."""

import pytest
from pyspark.sql import SparkSession

from adapters.spark.features.candidates import SparkCandidateFeatureBuilder
from ports.candidate_feature_builder import CandidateFeatureBuilder
from tests.contract.candidate_feature_builder import CandidateBench, CandidateFeatureBuilderContract
from tests.integration.tables_on_disk import TablesOnSpark


class SparkCandidateBench(TablesOnSpark, CandidateBench):
    """The adapter on a session."""

    @property
    def builder(self) -> CandidateFeatureBuilder:
        return SparkCandidateFeatureBuilder(self.spark)


@pytest.fixture(scope="class")
def bench(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkCandidateBench:
    return SparkCandidateBench(spark, tmp_path_factory.mktemp("candidates"))


class TestSparkCandidateFeatureBuilder(CandidateFeatureBuilderContract):
    pass
