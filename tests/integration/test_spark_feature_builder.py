"""The feature builder on Spark passes the suite of its port."""

import pytest
from pyspark.sql import SparkSession

from adapters.spark.features.builder import SparkFeatureBuilder
from domain.snapshot import DatasetRef
from ports.feature_builder import FeatureBuilder
from tests.contract.feature_builder import FeatureBench, FeatureBuilderContract
from tests.integration.tables_on_disk import TablesOnSpark


class SparkFeatureBench(TablesOnSpark, FeatureBench):
    """The adapter on a session."""

    @property
    def builder(self) -> FeatureBuilder:
        return SparkFeatureBuilder(self.spark)


@pytest.fixture(scope="class")
def bench(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkFeatureBench:
    return SparkFeatureBench(spark, tmp_path_factory.mktemp("features"))


class TestSparkFeatureBuilder(FeatureBuilderContract):
    def test_nothing_stays_persisted_after_a_build(self, spark: SparkSession, built: DatasetRef) -> None:
        assert built.rows
        assert spark.sparkContext._jsc.getPersistentRDDs().isEmpty()
