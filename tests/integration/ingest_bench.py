"""Runs the ingest over files written by hand, and reads back what it wrote past the adapter."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession

from adapters.local.order_files import LocalOrderSource
from adapters.local.source_files import LocalSourceStore
from adapters.spark.ingest.ingestor import SparkOrderIngestor
from application.steps.ingest_source import IngestSource
from domain.content import Cell
from domain.snapshot import Attempt, StepResult
from tests.integration.tables_on_disk import plain_digest, rows_of, spark_tables

TODAY = date(2024, 6, 1)


@dataclass(frozen=True)
class Ingested:
    """A finished ingest: its facts and its tables as rows."""

    result: StepResult
    lines: Sequence[Mapping[str, Cell]]
    events: Sequence[Mapping[str, Cell]]
    actions: Sequence[Mapping[str, Cell]]
    quarantine: Sequence[Mapping[str, Cell]]

    @property
    def reasons(self) -> Counter[str]:
        """Rows set aside, by reason."""
        return Counter(str(row["reason"]) for row in self.quarantine)

    @property
    def fates(self) -> tuple[int, int, int, int]:
        """Rows in, kept, set aside, duplicate."""
        facts = self.result.facts
        return tuple(facts[f"rows_{fate}"] for fate in ("in", "kept", "set_aside", "duplicate"))

    @property
    def contents(self) -> tuple[str, ...]:
        """The content of every table."""
        return tuple(table.content for table in self.result.tables)


@dataclass(frozen=True)
class IngestBench:
    """A place for files, and the ingest of a mapping in it."""

    spark: SparkSession
    place: Path

    def put(self, name: str, rows: Iterable[Sequence[object]]) -> None:
        """Write rows, the header first, as a CSV file."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def put_text(self, name: str, text: str, encoding: str = "utf-8") -> None:
        """Write a file as it stands."""
        (self.place / name).write_bytes(text.encode(encoding))

    def ingest(self, mapping: str) -> Ingested:
        """Ingest by a mapping given as TOML."""
        path = self.place / "shop.toml"
        path.write_text(mapping, encoding="utf-8")
        attempt = Attempt("ingest", "key", "1", str(self.place / f"attempt-{len(list(self.place.iterdir()))}"))
        ingestor = SparkOrderIngestor(spark_tables(self.spark, plain_digest), LocalSourceStore(), today=lambda: TODAY)
        result = IngestSource(ingestor)(LocalOrderSource(path), attempt)
        return Ingested(result, *(rows_of(table) for table in result.tables))
