"""Publishing, listing and exporting an output, from a committed snapshot to a person's file."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from application.lake.export_output import ExportOutput
from application.lake.list_outputs import list_outputs
from application.lake.publish_output import PublishOutput
from domain.errors import ConfigurationError, SnapshotError
from domain.outputs import MONITORING
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import ArtifactRef, DatasetRef, FileEntry, Manifest
from ports.table_exporter import TableExporter
from tests.fakes.publisher import InMemoryPublisher
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.fakes.table_store import InMemoryTableStore

DAY = date(2024, 1, 2)
SHOP = "hats"
ROWS = [
    {
        "as_of": DAY,
        "measure": "input.lines",
        "value": 3.0,
        "crossed": False,
        "detail": "Three lines came in.",
        "alert": False,
    }
]


class Shop:
    """A lake in memory with what it publishes."""

    def __init__(self) -> None:
        self.store = InMemorySnapshotStore()
        self.tables = InMemoryTableStore()
        self.publisher = InMemoryPublisher(self.store, self.tables)
        self.publish = PublishOutput(self.publisher)

    def monitored(self, schema: Schema = MONITORING, value: float = 3.0) -> Manifest:
        attempt = self.store.begin("monitor", f"k{value}")
        table = self.tables.write(attempt, "monitoring", schema, [{**ROWS[0], "value": value}])
        return self.commit("monitor", attempt.key, attempt.id, attempt.uri, tables=(table,))

    def reported(self) -> Manifest:
        attempt = self.store.begin("report", "k")
        self.store.put_file(attempt, "report/report.html", b"<html>")
        made = self.commit("report", "k", attempt.id, attempt.uri, files=self.store.inventory(attempt))
        return replace(made, artifacts=(ArtifactRef("report", attempt.location("report"), "page"),))

    def commit(
        self,
        step: str,
        key: str,
        attempt: str,
        uri: str,
        tables: tuple[DatasetRef, ...] = (),
        files: tuple[FileEntry, ...] = (),
    ) -> Manifest:
        moment = datetime(2024, 1, 2, tzinfo=UTC).isoformat()
        manifest = Manifest(step, key, attempt, uri, tables, (), {}, {}, files, {}, {}, "code", moment)
        return self.store.commit(manifest)


class RecordingExporter(TableExporter):
    """Remembers what it was asked to write."""

    def __init__(self) -> None:
        self.written: dict[Path, DatasetRef | str] = {}

    def export(self, table: DatasetRef, path: Path) -> None:
        self.written[path] = table

    def copy(self, uri: str, path: Path) -> None:
        self.written[path] = uri


def test_table_is_published_under_the_version_of_its_contract() -> None:
    shop = Shop()
    published = shop.publish("monitoring", DAY, shop.monitored(), SHOP)
    assert (published.name, published.as_of, published.contract, published.rows) == ("monitoring", DAY, "2", 1)


def test_output_is_published_once_its_very_content_is() -> None:
    shop = Shop()
    manifest = shop.monitored()
    assert not shop.publish.is_published("monitoring", DAY, manifest, SHOP)
    assert shop.publish.location("monitoring", DAY) is None
    published = shop.publish("monitoring", DAY, manifest, SHOP)
    assert shop.publish.is_published("monitoring", DAY, manifest, SHOP)
    assert shop.publish.location("monitoring", DAY) == published.uri
    assert not shop.publish.is_published("monitoring", DAY, shop.monitored(value=4.0), SHOP)
    assert not shop.publish.is_published("monitoring", date(2024, 1, 1), manifest, SHOP)
    assert not shop.publish.is_published("monitoring", DAY, manifest, "another")


def test_further_columns_after_those_of_the_contract_are_published() -> None:
    shop = Shop()
    wider = MONITORING.plus([Column("unit", ColumnType.TEXT, nullable=True)])
    assert shop.publish("monitoring", DAY, shop.monitored(wider), SHOP).schema == wider


@pytest.mark.parametrize(
    "columns",
    [
        MONITORING.columns[::-1],
        tuple(replace(c, nullable=True) for c in MONITORING.columns),
        tuple(replace(c, name="gauge") if c.name == "detail" else c for c in MONITORING.columns),
    ],
)
def test_table_that_breaks_its_contract_is_not_published(columns: tuple[Column, ...]) -> None:
    shop = Shop()
    manifest = shop.monitored()
    broken = replace(manifest, tables=(replace(manifest.tables[0], schema=Schema(columns)),))
    with pytest.raises(SnapshotError, match="contract 2 promises"):
        shop.publish("monitoring", DAY, broken, SHOP)
    assert shop.publisher.find("monitoring") is None


def test_page_is_published_without_columns() -> None:
    shop = Shop()
    manifest = shop.reported()
    published = shop.publish("report", DAY, manifest, SHOP)
    assert (published.schema, published.contract, published.content) == (None, "1", "page")
    assert shop.publish.is_published("report", DAY, manifest, SHOP)


def test_list_names_every_output_with_its_grain() -> None:
    shop = Shop()
    shop.publish("monitoring", DAY, shop.monitored(), SHOP)
    shop.publish("report", DAY, shop.reported(), SHOP)
    monitoring, report = list_outputs(shop.publisher)
    assert (monitoring["name"], monitoring["rows"], monitoring["as_of"]) == ("monitoring", 1, "2024-01-02")
    assert monitoring["shop"] == SHOP
    assert monitoring["grain"] == "One row a measure of the run."
    assert [column["name"] for column in monitoring["columns"]] == list(MONITORING.names)
    assert (report["name"], report["rows"], report["columns"]) == ("report", None, None)


def test_export_takes_the_latest_or_the_day_asked(tmp_path: Path) -> None:
    shop, exporter = Shop(), RecordingExporter()
    first = shop.publish("monitoring", DAY, shop.monitored(), SHOP)
    latest = shop.publish("monitoring", date(2024, 1, 3), shop.monitored(value=4.0), SHOP)
    export = ExportOutput(shop.publisher, exporter)
    assert export("monitoring", tmp_path / "latest.csv") == latest
    assert export("monitoring", tmp_path / "first.csv", DAY) == first
    assert [table.content for table in exporter.written.values() if isinstance(table, DatasetRef)] == [
        latest.content,
        first.content,
    ]


def test_export_copies_a_page_under_its_own_suffix(tmp_path: Path) -> None:
    shop, exporter = Shop(), RecordingExporter()
    published = replace(shop.publish("report", DAY, shop.reported(), SHOP), uri="memory:/report.html")
    shop.publisher.window.pointers["report"] = published
    export = ExportOutput(shop.publisher, exporter)
    export("report", tmp_path / "mine.HTML")
    assert exporter.written == {tmp_path / "mine.HTML": "memory:/report.html"}
    with pytest.raises(ConfigurationError, match=r"no table.*\.html"):
        export("report", tmp_path / "mine.csv")


def test_export_of_what_is_not_published_names_what_is(tmp_path: Path) -> None:
    shop = Shop()
    export = ExportOutput(shop.publisher, RecordingExporter())
    with pytest.raises(ConfigurationError, match="nothing yet"):
        export("monitoring", tmp_path / "out.csv")
    shop.publish("monitoring", DAY, shop.monitored(), SHOP)
    with pytest.raises(ConfigurationError, match=r"'scores'.*published is monitoring"):
        export("scores", tmp_path / "out.csv")
    with pytest.raises(ConfigurationError, match=f"the latest day of 'monitoring' is {DAY}.*Name that day"):
        export("monitoring", tmp_path / "out.csv", date(2023, 1, 1))


def test_export_into_a_directory_that_is_not_there_names_it(tmp_path: Path) -> None:
    shop = Shop()
    shop.publish("monitoring", DAY, shop.monitored(), SHOP)
    with pytest.raises(ConfigurationError, match="absent"):
        ExportOutput(shop.publisher, RecordingExporter())("monitoring", tmp_path / "absent" / "out.csv")


def test_export_of_a_damaged_publication_says_how_it_is_published_anew(tmp_path: Path) -> None:
    class Damaged(RecordingExporter):
        def export(self, table: DatasetRef, path: Path) -> None:
            raise SnapshotError(f"The table '{table.name}' is not readable.", "Remove the step's checkpoint.")

    shop = Shop()
    published = shop.publish("monitoring", DAY, shop.monitored(), SHOP)
    with pytest.raises(SnapshotError, match="is not readable") as raised:
        ExportOutput(shop.publisher, Damaged())("monitoring", tmp_path / "out.csv")
    assert raised.value.remedy.startswith(f"Remove what is at {published.uri} and run that day again")
    assert "checkpoint." in raised.value.remedy
