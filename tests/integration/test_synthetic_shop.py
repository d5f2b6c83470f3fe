"""A made-up shop from its law to matched returns, drawn in one part and in many."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from adapters.local.code_digest import CodeDigest
from adapters.local.snapshot_store import LocalSnapshotStore
from adapters.local.source_files import LocalSourceStore
from adapters.spark import shop_writer
from adapters.spark.ingest.ingestor import SparkOrderIngestor
from adapters.spark.lines.matching import SparkReturnMatcher
from adapters.spark.shop_writer import SparkShopWriter
from adapters.synthetic.shop import DRAWN, count_shoppers, draw
from application.steps.ingest_source import IngestSource
from application.steps.match_returns import MatchReturns
from application.synthetic_source import SyntheticOrderSource
from domain.snapshot import Attempt, Manifest, StepResult
from domain.synthetic.presets import PRESETS
from domain.synthetic.shop import ShopLaw
from tests.integration.tables_on_disk import rows_of, spark_tables

LAW = replace(PRESETS["tiny"], lines=600, days=120)


def source(spark: SparkSession, place: Path, law: ShopLaw) -> SyntheticOrderSource:
    """A made-up shop in a lake of its own."""
    writer = SparkShopWriter(spark_tables(spark), draw, DRAWN, count_shoppers)
    return SyntheticOrderSource(law, lambda: LocalSnapshotStore(place), CodeDigest(), lambda: writer)


def ingested(spark: SparkSession, place: Path, shop: SyntheticOrderSource) -> StepResult:
    ingest = IngestSource(SparkOrderIngestor(spark_tables(spark), LocalSourceStore()))
    return ingest(shop, Attempt("ingest", "key", "1", str(place / "ingested")))


@pytest.mark.parametrize("shape", ["tiny", pytest.param("wholesale", marks=pytest.mark.thorough), "flagged"])
def test_every_row_and_every_return_of_a_shop_arrives(spark: SparkSession, tmp_path: Path, shape: str) -> None:
    law = replace(PRESETS[shape], lines=600, days=120, rate=0.25, orders_per_customer=4.0, guests=0.2)
    shop = source(spark, tmp_path / "lake", law)
    result = ingested(spark, tmp_path, shop)
    facts, tables = result.facts, {table.name: table for table in result.tables}
    assert facts["rows_in"] == facts["rows_kept"]
    truth = {row["line_id"]: row for row in rows_of(shop.snapshot().table("truth"))}
    assert {row["line_id"] for row in rows_of(tables["order_lines"])} == set(truth)
    manifest = _manifest(result)
    matched = MatchReturns(SparkReturnMatcher(spark_tables(spark)))(
        manifest, Attempt("match", "key", "1", str(tmp_path / "matched"))
    )
    assert matched.facts["orphan_units"] == 0
    assert matched.facts["matched_units"] > 20
    taken = rows_of(next(table for table in matched.tables if table.name == "line_returns"))
    assert {row["line_id"] for row in taken if row["fate"] == "cancelled"} <= {
        i for i in truth if truth[i]["cancelled"]
    }
    assert {row["line_id"] for row in taken if row["fate"] == "matched"} <= {i for i in truth if truth[i]["returned"]}


def test_a_shop_is_drawn_once_and_alike_in_one_part_and_in_many(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = source(spark, tmp_path / "one", LAW)
    first = shop.snapshot()
    assert shop.snapshot().attempt == first.attempt
    assert all(pq.read_metadata(file).num_rows >= 0 for file in shop.files().orders)
    monkeypatch.setattr(shop_writer, "_LINES_OF_PART", 100)
    many = source(spark, tmp_path / "many", LAW).snapshot()
    assert many.content == first.content
    other = source(spark, tmp_path / "one", replace(LAW, seed=2))
    assert other.fingerprint() != shop.fingerprint()


def _manifest(result: StepResult) -> Manifest:
    return Manifest("ingest", "key", "1", "", result.tables, (), result.facts, {}, (), {}, {}, "", "")
