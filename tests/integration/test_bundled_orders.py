"""The bundled orders, ingested row for row and matched: the figures that are known of the file."""

from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from adapters.local.order_files import LocalOrderSource
from adapters.local.source_files import LocalSourceStore
from adapters.spark.ingest.ingestor import SparkOrderIngestor
from adapters.spark.lines.matching import SparkReturnMatcher
from application.steps.ingest_source import IngestSource
from domain.snapshot import Attempt, StepResult
from tests.integration.tables_on_disk import rows_of, spark_tables

MAPPING = Path(__file__).parents[2] / "data" / "product_sales_returns" / "mapping.toml"


@pytest.fixture(scope="module")
def ingested(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> StepResult:
    attempt = Attempt("ingest", "key", "1", str(tmp_path_factory.mktemp("ingested") / "attempt"))
    return IngestSource(SparkOrderIngestor(spark_tables(spark), LocalSourceStore()))(LocalOrderSource(MAPPING), attempt)


@pytest.fixture(scope="module")
def matched(spark: SparkSession, ingested: StepResult, tmp_path_factory: pytest.TempPathFactory) -> StepResult:
    tables = {table.name: table for table in ingested.tables}
    attempt = Attempt("match", "key", "1", str(tmp_path_factory.mktemp("matched") / "attempt"))
    matcher = SparkReturnMatcher(spark_tables(spark))
    return matcher.match(tables["order_lines"], tables["return_events"], attempt)


def test_every_bundled_row_is_accounted_for(ingested: StepResult) -> None:
    facts = ingested.facts
    fates = {fate: facts[f"rows_{fate}"] for fate in ("in", "kept", "set_aside", "duplicate")}
    assert fates == {"in": 70_052, "kept": 70_051, "set_aside": 0, "duplicate": 1}
    assert (facts["lines"], facts["events"]) == (59_336, 10_715)
    assert (facts["first_day"], facts["last_day"]) == ("2018-11-01", "2019-04-30")
    lines, events, *_ = (rows_of(table) for table in ingested.tables)
    cancelled = [line for line in lines if line["cancelled_quantity"]]
    units = sum(int(str(event["quantity"])) for event in events)
    assert (len(cancelled), units, facts["return_units"]) == (68, 10_865, 10_935)
    assert len({line["line_id"] for line in lines}) == len(lines)
    assert len({event["event_id"] for event in events}) == len(events)
    assert len({line["order_id"] for line in lines}) == 42_136
    assert sum("E+" in str(line["customer_id"]) for line in lines) == 644
    # What was paid for the lines is the source's own total less its reductions, to the last digit.
    assert sum(Decimal(str(line["net_value"])) for line in lines) == Decimal("3980744.5100")


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
