"""The bundled orders, row for row."""

from decimal import Decimal
from pathlib import Path

from pyspark.sql import SparkSession

from adapters.local.order_files import LocalOrderSource
from adapters.local.source_files import LocalSourceStore
from adapters.spark.ingest import SparkOrderIngestor
from application.ingest_source import IngestSource
from domain.snapshot import Attempt
from tests.integration.tables_on_disk import rows_of, spark_tables


def test_every_bundled_row_is_accounted_for(spark: SparkSession, tmp_path: Path) -> None:
    source = LocalOrderSource(Path("data/product_sales_returns/mapping.toml"))
    attempt = Attempt("ingest", "key", "1", str(tmp_path / "attempt"))
    result = IngestSource(SparkOrderIngestor(spark_tables(spark), LocalSourceStore()))(source, attempt)
    facts = result.facts
    fates = {fate: facts[f"rows_{fate}"] for fate in ("in", "kept", "set_aside", "duplicate")}
    assert fates == {"in": 70_052, "kept": 70_051, "set_aside": 0, "duplicate": 1}
    assert (facts["lines"], facts["events"]) == (59_336, 10_715)
    assert (facts["first_day"], facts["last_day"]) == ("2018-11-01", "2019-04-30")
    lines, events, _ = (rows_of(table) for table in result.tables)
    cancelled = [line for line in lines if line["cancelled_quantity"]]
    units = sum(int(str(event["quantity"])) for event in events)
    assert (len(cancelled), units, facts["return_units"]) == (68, 10_865, 10_935)
    assert len({line["line_id"] for line in lines}) == len(lines)
    assert len({event["event_id"] for event in events}) == len(events)
    assert len({line["order_id"] for line in lines}) == 42_136
    assert sum("E+" in str(line["customer_id"]) for line in lines) == 644
    # What was paid for the lines is the source's own total less its reductions, to the last digit.
    assert sum(Decimal(str(line["net_value"])) for line in lines) == Decimal("3980744.5100")
