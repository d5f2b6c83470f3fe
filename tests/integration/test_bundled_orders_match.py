"""The bundled orders, ingested and matched: the figures that are known of the file."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from adapters.local.mapping_file import read_mapping
from adapters.local.source_files import LocalSourceStore
from adapters.spark.ingest import SparkOrderIngestor
from adapters.spark.matching import SparkReturnMatcher
from domain.snapshot import Attempt, StepResult
from ports.order_source import SourceFiles
from tests.integration.tables_on_disk import spark_tables

BUNDLED = Path(__file__).parents[2] / "data" / "product_sales_returns"


@pytest.fixture(scope="module")
def matched(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> StepResult:
    place = tmp_path_factory.mktemp("bundled").as_uri()
    files = SourceFiles(orders=(str(BUNDLED / "order_dataset.csv.gz"),))
    ingestor = SparkOrderIngestor(spark_tables(spark), LocalSourceStore())
    ingested = ingestor.ingest(read_mapping(BUNDLED / "mapping.toml"), files, Attempt("ingest", "k", "a", f"{place}/i"))
    tables = {table.name: table for table in ingested.tables}
    matcher = SparkReturnMatcher(spark_tables(spark))
    attempt = Attempt("match", "k", "a", f"{place}/m")
    return matcher.match(tables["order_lines"], tables["return_events"], attempt)


def test_the_share_of_returns_that_find_their_sale_is_the_known_one(matched: StepResult) -> None:
    facts = matched.facts
    assert (facts["matched_events"], facts["events"]) == (9_157, 10_715)
    assert (facts["matched_units"], facts["orphan_units"], facts["cancelled_units"]) == (9_285, 1_580, 70)
    assert facts["cancelled_lines"] == 68
    assert facts["return_units"] == 10_865 + 70


def test_orphans_return_sales_made_before_the_file_begins(matched: StepResult) -> None:
    by_month = matched.facts["orphan_units_by_month"]
    assert list(by_month) == ["2018-11", "2018-12", "2019-01", "2019-02", "2019-03", "2019-04"]
    counts = list(by_month.values())
    assert counts == sorted(counts, reverse=True)
    assert by_month["2018-11"] == 1_232
