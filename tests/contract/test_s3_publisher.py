"""The publisher on a real S3 server under its contract; and what readers see while generations come and go."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from adapters.arrow.locations import LocateWithS3
from adapters.arrow.single_file import write_single_file
from adapters.arrow.table_store import ArrowTableStore
from adapters.s3.publisher import S3Publisher
from adapters.s3.shelf import Listing, Shelf, card_path
from domain.errors import SnapshotError
from domain.snapshot import DatasetRef
from ports.failpoints import Failpoints
from ports.publisher import Publication, Publisher
from tests.contract.publisher_contract import FIRST, SCHEMA, SECOND, Outlet, PublisherContract
from tests.contract.s3_lake import S3RawLake, raw_client, shared_objects
from tests.fakes.failpoints import Crash, CrashingFailpoints
from tests.servers.s3 import S3Server

CARD = "datasets/published/scores/as_of=2024-01-01/_publication.json"
POINTER = "datasets/published/scores/latest.json"
LONG_AFTER = timedelta(days=3)


@dataclass
class Clock:
    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class S3Outlet(Outlet):
    def __init__(self, lake: S3RawLake) -> None:
        self.lake = lake
        self.store = lake.open()
        self.locate = LocateWithS3(lake.access)
        self.tables = ArrowTableStore(self.locate)
        self.clock = Clock()

    def open(self, failpoints: Failpoints | None = None) -> Publisher:
        objects = shared_objects(self.lake.access)
        write = partial(write_single_file, locate=self.locate)
        return S3Publisher(
            objects, self.lake.place, self.store, write, failpoints or CrashingFailpoints(), now=self.clock
        )

    def raw_rows(self, name: str, as_of: date) -> list[tuple[Any, ...]]:
        return self.rows_named_by(f"datasets/published/{name}/as_of={as_of}/_publication.json", name)

    def rows_named_by(self, document: str, name: str = "scores") -> list[tuple[Any, ...]]:
        """What a reader finds who follows a card or pointer."""
        path = json.loads(self.lake.read(document))["path"]
        return self.rows_at(f"s3://datasets/{self.lake.name}/published/{name}/{path}")

    def rows_at(self, uri: str) -> list[tuple[Any, ...]]:
        filesystem, path = self.locate(uri)
        table = ds.dataset(path, filesystem=filesystem, format="parquet").to_table()
        return sorted(tuple(row.values()) for row in table.to_pylist())

    def raw_page(self, uri: str) -> bytes:
        return self.lake.read(self.path_of(uri))

    def path_of(self, uri: str) -> str:
        """The path of a published location, as the raw lake names it."""
        return uri.replace(f"s3://datasets/{self.lake.name}/", "datasets/")

    def damage(self, table: DatasetRef) -> None:
        self.lake.write(
            table.uri.replace(f"s3a://datasets/{self.lake.name}/", "datasets/") + "/part-00000.parquet", b""
        )

    def data(self) -> list[str]:
        return [path for path in self.lake.paths() if path.startswith("datasets/published/") and "parquet" in path]


@pytest.fixture
def shop(s3_server: S3Server) -> S3Outlet:
    return S3Outlet(S3RawLake(s3_server.access()))


class TestS3Publisher(PublisherContract):
    @pytest.fixture
    def outlet(self, tmp_path: Path, shop: S3Outlet) -> Outlet:
        return shop


def publish(shop: S3Outlet, *rows: tuple[str, float | None], as_of: date = FIRST) -> Publication:
    return shop.open().publish("scores", as_of, "1", shop.scores(*rows), "scores")


def test_pointer_names_generation_contract_and_columns(shop: S3Outlet) -> None:
    manifest = shop.scores(("a", 0.5))
    published = shop.open().publish("scores", FIRST, "7", manifest, "scores")
    pointer = json.loads(shop.lake.read(POINTER))
    assert pointer["path"].startswith(f"as_of=2024-01-01/{manifest.attempt}-")
    assert published.uri == f"s3://datasets/{shop.lake.name}/published/scores/{pointer['path']}"
    assert shop.data() == [f"datasets/published/scores/{pointer['path']}/scores.parquet"]
    assert (pointer["as_of"], pointer["contract"], pointer["rows"]) == ("2024-01-01", "7", 1)
    assert [column["name"] for column in pointer["columns"]] == ["line_id", "p"]


def test_page_is_marked_as_one_so_that_a_browser_shows_it(shop: S3Outlet) -> None:
    published = shop.open().publish("report", FIRST, "1", shop.page("report.html"), "report")
    key = published.uri.removeprefix("s3://datasets/")
    assert raw_client(shop.lake.access).head_object(Bucket="datasets", Key=key)["ContentType"] == "text/html"


def test_reader_of_card_or_pointer_sees_one_whole_generation_while_others_take_its_place(shop: S3Outlet) -> None:
    generations = [[(f"{name}{n}", 0.5) for n in range(500)] for name in "ab"]
    manifests = [shop.scores(*rows) for rows in generations]
    shop.open().publish("scores", FIRST, "1", manifests[0], "scores")
    ended = threading.Event()

    def swap() -> None:
        try:
            for turn in range(12):
                shop.open().publish("scores", FIRST, "1", manifests[(turn + 1) % 2], "scores")
        finally:
            ended.set()

    writer = threading.Thread(target=swap)
    writer.start()
    seen = []
    while not ended.is_set():
        seen += [shop.rows_named_by(CARD), shop.rows_named_by(POINTER)]
    writer.join()
    assert len(shop.data()) == 13
    assert all(rows in (sorted(generations[0]), sorted(generations[1])) for rows in seen)


def test_replaced_generation_stays_for_who_reads_it_and_is_deleted_later(shop: S3Outlet) -> None:
    first = publish(shop, ("a", 0.5))
    second = publish(shop, ("a", 0.7))
    publish(shop, ("a", 0.7))
    assert shop.rows_at(first.uri) == [("a", 0.5)]
    shop.clock.ahead = LONG_AFTER
    third = publish(shop, ("a", 0.9))
    assert shop.data() == sorted(f"{shop.path_of(kept.uri)}/scores.parquet" for kept in (second, third))
    assert shop.rows_at(second.uri) == [("a", 0.7)]
    assert shop.raw_rows("scores", FIRST) == [("a", 0.9)]


def test_replaced_generation_of_an_earlier_day_is_deleted_by_a_later_day_s_publication(shop: S3Outlet) -> None:
    publish(shop, ("a", 0.5))
    second = publish(shop, ("a", 0.7))
    publish(shop, ("a", 0.9), as_of=SECOND)
    assert len(shop.data()) == 3
    shop.clock.ahead = LONG_AFTER
    third = publish(shop, ("a", 0.8), as_of=SECOND + timedelta(days=1))
    kept = [path for path in shop.data() if f"as_of={FIRST}" in path]
    assert kept == [f"{shop.path_of(second.uri)}/scores.parquet"]
    assert shop.rows_at(third.uri) == [("a", 0.8)]


def test_generation_that_is_named_is_kept_however_old(shop: S3Outlet) -> None:
    one, other = publish(shop, ("a", 0.5)), publish(shop, ("a", 0.6), as_of=SECOND)
    shop.clock.ahead = LONG_AFTER
    assert publish(shop, ("a", 0.5)) == one
    assert publish(shop, ("a", 0.6), as_of=SECOND) == other
    assert len(shop.data()) == 2


def test_generation_that_the_pointer_alone_still_names_is_kept(shop: S3Outlet) -> None:
    first = publish(shop, ("a", 0.5))
    with pytest.raises(Crash):
        shop.open(CrashingFailpoints("publish.described")).publish(
            "scores", FIRST, "1", shop.scores(("a", 0.7)), "scores"
        )
    shop.clock.ahead = LONG_AFTER
    assert shop.rows_named_by(POINTER) == [("a", 0.5)]
    assert shop.open().find("scores", FIRST) is None
    second = publish(shop, ("a", 0.7))
    assert shop.rows_at(first.uri) == [("a", 0.5)]
    assert shop.open().find("scores", FIRST) == second
    publish(shop, ("a", 0.7))
    assert shop.data() == [f"{shop.path_of(second.uri)}/scores.parquet"]


def test_what_a_crash_left_is_deleted_a_day_later_and_not_before(shop: S3Outlet) -> None:
    with pytest.raises(Crash):
        shop.open(CrashingFailpoints("publish.copied")).publish("scores", FIRST, "1", shop.scores(("a", 0.1)), "scores")
    publish(shop, ("a", 0.5))
    assert len(shop.data()) == 2
    shop.clock.ahead = LONG_AFTER
    publish(shop, ("a", 0.5))
    assert len(shop.data()) == 1
    assert shop.raw_rows("scores", FIRST) == [("a", 0.5)]


def test_days_published_at_once_leave_the_pointer_at_the_latest(shop: S3Outlet) -> None:
    days = [FIRST + timedelta(days=n) for n in range(12)]
    manifest = shop.scores(("a", 0.5))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda day: shop.open().publish("scores", day, "1", manifest, "scores"), days))
    latest = shop.open().find("scores")
    assert latest is not None
    assert latest.as_of == days[-1]
    assert all(shop.open().find("scores", day) for day in days)


def test_of_contents_published_at_once_one_remains_and_card_and_pointer_agree(shop: S3Outlet) -> None:
    manifests = [shop.scores(("a", number / 8)) for number in range(8)]
    barrier = threading.Barrier(8)

    def race(number: int) -> Publication:
        barrier.wait(60)
        return shop.open().publish("scores", FIRST, "1", manifests[number], "scores")

    with ThreadPoolExecutor(8) as pool:
        published = list(pool.map(race, range(8)))
    found = shop.open().find("scores", FIRST)
    assert found in published
    assert shop.open().find("scores") == found
    assert found is not None
    assert shop.rows_named_by(CARD) == shop.rows_named_by(POINTER) == shop.rows_at(found.uri)


def remove_data(shop: S3Outlet) -> None:
    for path in shop.data():
        shop.lake.delete(path)


def spoil_card(shop: S3Outlet) -> None:
    shop.lake.write(CARD, b"{")


def spoil_pointer(shop: S3Outlet) -> None:
    shop.lake.write(POINTER, b"{")


@pytest.mark.parametrize("damage", [remove_data, spoil_card, spoil_pointer])
def test_damaged_publication_counts_as_none_and_is_mended_by_the_next(
    shop: S3Outlet, damage: Callable[[S3Outlet], None]
) -> None:
    publish(shop, ("a", 0.5))
    damage(shop)
    assert shop.open().find("scores", FIRST) is None
    published = publish(shop, ("a", 0.5))
    assert shop.open().find("scores", FIRST) == shop.open().find("scores") == published
    assert shop.raw_rows("scores", FIRST) == [("a", 0.5)]


def test_damaged_pointer_is_an_error_for_who_asks_for_the_latest(shop: S3Outlet) -> None:
    publish(shop, ("a", 0.5))
    spoil_pointer(shop)
    with pytest.raises(SnapshotError, match=r"latest\.json"):
        shop.open().find("scores")


def test_rows_that_are_not_the_committed_ones_are_never_published(shop: S3Outlet) -> None:
    manifest = shop.scores(("a", 0.5))
    other = shop.tables.write(shop.store.begin("score", "k"), "scores", SCHEMA, [{"line_id": "a", "p": 0.9}])
    source, target = (
        ref.uri.replace(f"s3a://datasets/{shop.lake.name}/", "datasets/") + "/part-00000.parquet"
        for ref in (other, manifest.table("scores"))
    )
    shop.lake.write(target, shop.lake.read(source))
    with pytest.raises(SnapshotError, match="not what its checkpoint says"):
        shop.open().publish("scores", FIRST, "1", manifest, "scores")
    assert shop.open().find("scores", FIRST) is None


@pytest.mark.parametrize(
    ("data_days_old", "card_days_old", "remains"),
    [(3, 3, False), (3, 0, True), (0, 3, True)],
    ids=["nobody can be at it", "replaced just now, so a reader may be at it", "new, so about to be named"],
)
def test_generation_without_a_name_is_deleted_only_when_nobody_can_be_at_it(
    shop: S3Outlet, data_days_old: int, card_days_old: int, remains: bool
) -> None:
    publish(shop, ("a", 0.5))
    standing = publish(shop, ("a", 0.7))
    shelf = Shelf(shared_objects(shop.lake.access), shop.lake.place, "scores")
    now = datetime.now(UTC)
    aged = Listing(
        {
            path: replace(
                found, modified=now - timedelta(days=card_days_old if path == card_path(FIRST) else data_days_old)
            )
            for path, found in shelf.listing().objects.items()
        }
    )
    shelf.sweep(aged, FIRST, [standing], before=now - timedelta(days=1))
    assert (len(shop.data()) == 2) is remains
    assert shop.raw_rows("scores", FIRST) == [("a", 0.7)]
