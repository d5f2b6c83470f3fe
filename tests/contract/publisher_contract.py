"""What every publisher must do; an adapter's suite supplies its outlet and nothing else."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.content import Cell
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import ArtifactRef, DatasetRef, Manifest
from ports.failpoints import Failpoints
from ports.publisher import Publication, Publisher
from ports.snapshot_store import SnapshotStore
from ports.table_store import TableStore
from tests.contract.commit_race import manifest_of
from tests.fakes.failpoints import Crash, CrashingFailpoints

SCHEMA = Schema((Column("line_id", ColumnType.TEXT, meaning="the line"), Column("p", ColumnType.NUMBER, nullable=True)))
FIRST, SECOND = date(2024, 1, 1), date(2024, 1, 2)
FAILPOINTS = ("publish.copied", "publish.described")


class Outlet(ABC):
    """The adapter under test with the lake it publishes from, and its readers' view past the adapter."""

    store: SnapshotStore
    tables: TableStore

    @abstractmethod
    def open(self, failpoints: Failpoints | None = None) -> Publisher:
        """A new adapter on this outlet."""

    @abstractmethod
    def raw_rows(self, name: str, as_of: date) -> list[tuple[Any, ...]]:
        """All rows that a reader of `published/<name>/as_of=<day>` finds, sorted."""

    @abstractmethod
    def raw_page(self, uri: str) -> bytes:
        """The bytes of a published page."""

    @abstractmethod
    def damage(self, table: DatasetRef) -> None:
        """Make a committed table unreadable."""

    def scores(self, *rows: tuple[str, float | None]) -> Manifest:
        """A committed snapshot with the table `scores`."""
        empty = manifest_of(self.store, "score", f"key{abs(hash(rows))}")
        attempt = self.store.begin("score", empty.key)
        cells: Sequence[dict[str, Cell]] = [{"line_id": line, "p": p} for line, p in rows]
        table = self.tables.write(attempt, "scores", SCHEMA, cells)
        whole = replace(
            empty, attempt=attempt.id, uri=attempt.uri, tables=(table,), files=self.store.inventory(attempt)
        )
        return self.store.commit(whole)

    def page(self, *names: str) -> Manifest:
        """A committed snapshot with the artifact `report` of some files."""
        made = manifest_of(self.store, "report", "-".join(names), {f"report/{name}": name.encode() for name in names})
        return self.store.commit(replace(made, artifacts=(ArtifactRef("report", f"{made.uri}/report", "page"),)))


class PublisherContract(ABC):
    @abstractmethod
    @pytest.fixture
    def outlet(self, tmp_path: Path) -> Outlet:
        """An empty outlet."""

    def test_nothing_is_found_where_nothing_was_published(self, outlet: Outlet) -> None:
        publisher = outlet.open()
        assert publisher.find("scores") is None
        assert publisher.find("scores", FIRST) is None
        assert publisher.publications() == []

    def test_published_table_is_found_by_another_publisher_with_its_contract_and_columns(self, outlet: Outlet) -> None:
        manifest = outlet.scores(("a", 0.5), ("b", None))
        published = outlet.open().publish("scores", FIRST, "1", manifest, "scores")
        table = manifest.table("scores")
        assert published == Publication("scores", FIRST, "1", published.uri, 2, table.content, SCHEMA)
        assert outlet.open().find("scores") == published
        assert outlet.open().find("scores", FIRST) == published
        assert outlet.raw_rows("scores", FIRST) == [("a", 0.5), ("b", None)]

    def test_table_may_be_published_under_another_name(self, outlet: Outlet) -> None:
        published = outlet.open().publish("chances", FIRST, "1", outlet.scores(("a", 0.5)), "scores")
        assert published.name == "chances"
        assert outlet.raw_rows("chances", FIRST) == [("a", 0.5)]
        assert outlet.open().find("scores") is None

    def test_table_without_rows_is_published_with_its_columns(self, outlet: Outlet) -> None:
        published = outlet.open().publish("scores", FIRST, "1", outlet.scores(), "scores")
        assert (published.rows, published.schema) == (0, SCHEMA)
        assert outlet.raw_rows("scores", FIRST) == []

    def test_pointer_moves_to_a_later_day(self, outlet: Outlet) -> None:
        publisher = outlet.open()
        publisher.publish("scores", FIRST, "1", outlet.scores(("a", 0.5)), "scores")
        later = publisher.publish("scores", SECOND, "1", outlet.scores(("a", 0.6)), "scores")
        assert publisher.find("scores") == later

    def test_pointer_stays_when_an_earlier_day_is_published_late(self, outlet: Outlet) -> None:
        publisher = outlet.open()
        later = publisher.publish("scores", SECOND, "1", outlet.scores(("a", 0.6)), "scores")
        earlier = publisher.publish("scores", FIRST, "1", outlet.scores(("a", 0.5)), "scores")
        assert publisher.find("scores") == later
        assert publisher.find("scores", FIRST) == earlier
        assert outlet.raw_rows("scores", FIRST) == [("a", 0.5)]

    def test_the_pointer_follows_the_shop_that_was_published_last(self, outlet: Outlet) -> None:
        publisher = outlet.open()
        hats = publisher.publish("scores", SECOND, "1", outlet.scores(("a", 0.6)), "scores", "hats")
        shoes = publisher.publish("scores", FIRST, "1", outlet.scores(("a", 0.5)), "scores", "shoes")
        assert (shoes.shop, publisher.find("scores")) == ("shoes", shoes)
        assert publisher.find("scores", SECOND) is None  # until it is the hats' turn again
        assert publisher.publish("scores", SECOND, "1", outlet.scores(("a", 0.6)), "scores", "hats").shop == "hats"
        found = publisher.find("scores")
        assert found is not None
        assert replace(found, uri=hats.uri) == hats
        assert publisher.find("scores", FIRST) is None

    def test_other_content_of_a_day_takes_the_place_of_the_first(self, outlet: Outlet) -> None:
        publisher = outlet.open()
        publisher.publish("scores", FIRST, "1", outlet.scores(("a", 0.5), ("b", 0.1)), "scores")
        second = publisher.publish("scores", FIRST, "1", outlet.scores(("a", 0.7)), "scores")
        assert publisher.find("scores") == publisher.find("scores", FIRST) == second
        assert outlet.raw_rows("scores", FIRST) == [("a", 0.7)]

    def test_earlier_content_can_be_published_again(self, outlet: Outlet) -> None:
        publisher = outlet.open()
        before = outlet.scores(("a", 0.5))
        first = publisher.publish("scores", FIRST, "1", before, "scores")
        publisher.publish("scores", FIRST, "1", outlet.scores(("a", 0.7)), "scores")
        again = publisher.publish("scores", FIRST, "1", before, "scores")
        assert again == publisher.find("scores") == publisher.find("scores", FIRST)
        assert replace(again, uri=first.uri) == first  # where it lies now is the adapter's affair
        assert outlet.raw_rows("scores", FIRST) == [("a", 0.5)]

    def test_other_version_of_the_contract_is_published_anew(self, outlet: Outlet) -> None:
        publisher, manifest = outlet.open(), outlet.scores(("a", 0.5))
        publisher.publish("scores", FIRST, "1", manifest, "scores")
        publisher.publish("scores", FIRST, "2", manifest, "scores")
        found = publisher.find("scores")
        assert found is not None
        assert found.contract == "2"

    def test_same_content_is_copied_once(self, outlet: Outlet) -> None:
        manifest = outlet.scores(("a", 0.5))
        first = outlet.open().publish("scores", FIRST, "1", manifest, "scores")
        watch = CrashingFailpoints()
        assert outlet.open(watch).publish("scores", FIRST, "1", manifest, "scores") == first
        assert "publish.copied" not in watch.reached

    def test_latest_of_every_output_is_listed_by_name(self, outlet: Outlet) -> None:
        publisher, manifest = outlet.open(), outlet.scores(("a", 0.5))
        for name, day in (("stock", FIRST), ("items", FIRST), ("stock", SECOND)):
            publisher.publish(name, day, "1", manifest, "scores")
        assert [(p.name, p.as_of) for p in publisher.publications()] == [("items", FIRST), ("stock", SECOND)]

    # -- pages ------------------------------------------------------------------------------------------------

    def test_page_is_published_byte_for_byte(self, outlet: Outlet) -> None:
        published = outlet.open().publish("report", FIRST, "1", outlet.page("report.html"), "report")
        assert (published.schema, published.rows, published.content) == (None, 0, "page")
        assert outlet.raw_page(published.uri) == b"report.html"
        assert outlet.open().find("report", FIRST) == published

    def test_artifact_of_two_files_is_refused_since_it_could_not_be_swapped_at_once(self, outlet: Outlet) -> None:
        with pytest.raises(SnapshotError, match="2 files"):
            outlet.open().publish("report", FIRST, "1", outlet.page("a.html", "b.css"), "report")
        assert outlet.open().find("report") is None

    # -- failures ---------------------------------------------------------------------------------------------

    def test_unknown_part_is_named(self, outlet: Outlet) -> None:
        with pytest.raises(SnapshotError, match="orders"):
            outlet.open().publish("orders", FIRST, "1", outlet.scores(("a", 0.5)), "orders")

    @pytest.mark.parametrize("name", ["../x", "", "a/b", ".x"])
    def test_name_that_is_no_part_of_a_path_is_refused(self, outlet: Outlet, name: str) -> None:
        with pytest.raises(SnapshotError):
            outlet.open().publish(name, FIRST, "1", outlet.scores(("a", 0.5)), "scores")
        with pytest.raises(SnapshotError):
            outlet.open().find(name)

    def test_table_that_cannot_be_read_leaves_what_was_published_before(self, outlet: Outlet) -> None:
        publisher = outlet.open()
        before = publisher.publish("scores", FIRST, "1", outlet.scores(("a", 0.5)), "scores")
        damaged = outlet.scores(("a", 0.7))
        outlet.damage(damaged.table("scores"))
        with pytest.raises(SnapshotError):
            publisher.publish("scores", SECOND, "1", damaged, "scores")
        assert publisher.find("scores", SECOND) is None
        assert publisher.find("scores") == before

    @pytest.mark.parametrize("failpoint", FAILPOINTS)
    def test_crash_in_a_first_publication_leaves_it_unfound_until_it_is_repeated(
        self, outlet: Outlet, failpoint: str
    ) -> None:
        manifest = outlet.scores(("a", 0.5))
        with pytest.raises(Crash):
            outlet.open(CrashingFailpoints(failpoint)).publish("scores", FIRST, "1", manifest, "scores")
        assert outlet.open().find("scores") is None
        assert outlet.open().find("scores", FIRST) is None
        published = outlet.open().publish("scores", FIRST, "1", manifest, "scores")
        assert outlet.open().find("scores") == published

    @pytest.mark.parametrize("failpoint", FAILPOINTS)
    def test_crash_on_a_later_day_leaves_the_pointer_where_it_was(self, outlet: Outlet, failpoint: str) -> None:
        before = outlet.open().publish("scores", FIRST, "1", outlet.scores(("a", 0.5)), "scores")
        with pytest.raises(Crash):
            outlet.open(CrashingFailpoints(failpoint)).publish(
                "scores", SECOND, "1", outlet.scores(("a", 0.7)), "scores"
            )
        assert outlet.open().find("scores") == before
        assert outlet.open().find("scores", SECOND) is None
        assert outlet.raw_rows("scores", FIRST) == [("a", 0.5)]

    @pytest.mark.parametrize("failpoint", FAILPOINTS)
    @pytest.mark.parametrize("again", ["old", "new"])
    def test_crash_while_a_day_is_replaced_is_mended_by_publishing_either_content(
        self, outlet: Outlet, failpoint: str, again: str
    ) -> None:
        contents = {"old": ("a", 0.5), "new": ("a", 0.7)}
        manifests = {name: outlet.scores(row) for name, row in contents.items()}
        outlet.open().publish("scores", FIRST, "1", manifests["old"], "scores")
        with pytest.raises(Crash):
            outlet.open(CrashingFailpoints(failpoint)).publish("scores", FIRST, "1", manifests["new"], "scores")
        assert outlet.raw_rows("scores", FIRST) in ([contents["old"]], [contents["new"]])
        published = outlet.open().publish("scores", FIRST, "1", manifests[again], "scores")
        assert outlet.raw_rows("scores", FIRST) == [contents[again]]
        assert outlet.open().find("scores") == outlet.open().find("scores", FIRST) == published
