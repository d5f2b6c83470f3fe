"""Matching, examples and scoring on Spark pass the suites of their ports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from adapters.spark.lines.examples import SparkExampleBuilder
from adapters.spark.lines.matching import SparkReturnMatcher
from adapters.spark.lines.scoring import SparkBatchScorer
from domain.errors import SnapshotError
from ports.batch_scorer import BatchScorer, ScoringModel
from ports.example_builder import ExampleBuilder
from ports.return_matcher import ReturnMatcher
from tests.contract.batch_scorer import LAW, TERMS, BatchScorerContract, Messages
from tests.contract.example_builder import ExampleBuilderContract
from tests.contract.known_shop import KnownShop
from tests.contract.line_bench import LineBench
from tests.contract.return_matcher import ReturnMatcherContract
from tests.integration.fake_predictor import files_logging_to, load_predictor, processes_in
from tests.integration.tables_on_disk import TablesOnSpark


class SparkBench(TablesOnSpark, LineBench):
    """The adapters on a session."""

    @property
    def matcher(self) -> ReturnMatcher:
        return SparkReturnMatcher(self.spark)

    @property
    def builder(self) -> ExampleBuilder:
        return SparkExampleBuilder(self.spark)

    @property
    def scorer(self) -> BatchScorer:
        return SparkBatchScorer(self.spark, load_predictor)

    @property
    def model_files(self) -> dict[str, bytes]:
        return files_logging_to(self.place / "loads")


@pytest.fixture(scope="class")
def bench(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkBench]:
    """Batches of a few rows, so that a partition has several."""
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "50")
    yield SparkBench(spark, tmp_path_factory.mktemp("bench"))
    spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")


class TestSparkReturnMatcher(ReturnMatcherContract):
    pass


class TestSparkExampleBuilder(ExampleBuilderContract):
    pass


class TestSparkBatchScorer(BatchScorerContract):
    def test_no_process_loads_a_model_twice(self, bench: SparkBench, shop: KnownShop, tmp_path: Path) -> None:
        model = ScoringModel(files_logging_to(tmp_path / "loads"), "model-3", "features-1", known_law=LAW)
        tables = shop.put(bench)
        for _ in range(2):
            bench.scorer.score(tables, model, TERMS, bench.attempt(), Messages())
        loads = processes_in(tmp_path / "loads")
        assert loads
        assert len(loads) == len(set(loads))

    @pytest.mark.parametrize("damage", ["missing", "cut off", "other pages"])
    def test_features_that_cannot_be_read_are_no_fault_of_the_model(
        self, bench: SparkBench, shop: KnownShop, tmp_path: Path, damage: str
    ) -> None:
        model = ScoringModel(files_logging_to(tmp_path / "loads"), "model-4", "features-1", known_law=LAW)
        tables = shop.put(bench)
        file = next(Path(tables.features.uri).glob("*.parquet"))
        whole = file.read_bytes()
        if damage == "missing":
            file.unlink()
        else:  # only a worker that reads the rows sees what is wrong with the pages
            file.write_bytes(whole[:-20] if damage == "cut off" else whole[:4] + bytes(400) + whole[404:])
        with pytest.raises(SnapshotError, match=tables.features.uri):
            bench.scorer.score(tables, model, TERMS, bench.attempt(), Messages())
