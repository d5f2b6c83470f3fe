"""The builder of candidates' features on Spark passes the suite of its port."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from adapters.spark.candidate_features import SparkCandidateFeatureBuilder
from domain.schema import Schema
from domain.snapshot import Attempt, DatasetRef
from ports.candidate_feature_builder import CandidateFeatureBuilder
from tests.contract.candidate_feature_builder import CandidateBench, CandidateFeatureBuilderContract
from tests.contract.feature_builder import Rows
from tests.integration.tables_on_disk import plain_digest, put_table, rows_of


class SparkCandidateBench(CandidateBench):
    """The adapter on a session, its tables as files below a directory."""

    def __init__(self, spark: SparkSession, place: Path) -> None:
        self._spark = spark
        self._place = place
        self._made = 0

    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        return put_table(self._new_place(), name, schema, rows)

    def rows(self, table: DatasetRef) -> Rows:
        return rows_of(table)

    def attempt(self) -> Attempt:
        return Attempt("candidates", "key", "attempt", str(self._new_place()))

    @property
    def builder(self) -> CandidateFeatureBuilder:
        return SparkCandidateFeatureBuilder(lambda: self._spark, plain_digest)

    def _new_place(self) -> Path:
        self._made += 1
        return self._place / str(self._made)


@pytest.fixture(scope="class")
def bench(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkCandidateBench:
    return SparkCandidateBench(spark, tmp_path_factory.mktemp("candidates"))


class TestSparkCandidateFeatureBuilder(CandidateFeatureBuilderContract):
    pass
