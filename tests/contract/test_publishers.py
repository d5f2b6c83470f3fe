"""The publishers under their contract: the local one and the fake; and what readers see meanwhile."""

import errno
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from adapters.arrow.single_file import write_single_file
from adapters.arrow.table_store import ArrowTableStore
from adapters.local import atomic_directories
from adapters.local.publisher import LocalPublisher
from adapters.local.snapshot_store import LocalSnapshotStore
from domain.errors import DiskError, SnapshotError
from domain.snapshot import DatasetRef
from ports.failpoints import Failpoints
from ports.publisher import Publisher
from tests.contract.publisher_contract import FIRST, SCHEMA, SECOND, Outlet, PublisherContract
from tests.fakes.failpoints import Crash, CrashingFailpoints
from tests.fakes.publisher import InMemoryPublisher, Shopwindow
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.fakes.table_store import InMemoryTableStore


class LocalOutlet(Outlet):
    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = LocalSnapshotStore(root)
        self.tables = ArrowTableStore()

    def open(self, failpoints: Failpoints | None = None) -> Publisher:
        return LocalPublisher(self.root, self.store, write_single_file, failpoints)

    def raw_rows(self, name: str, as_of: date) -> list[tuple[Any, ...]]:
        files = self.root / "published" / name / f"as_of={as_of}" / "*.parquet"
        return sorted(duckdb.connect().sql(f"select line_id, p from '{files}'").fetchall())

    def raw_page(self, uri: str) -> bytes:
        return Path(uri).read_bytes()

    def damage(self, table: DatasetRef) -> None:
        Path(table.uri.removeprefix("file://"), "part-00000.parquet").write_bytes(b"")


class TestLocalPublisher(PublisherContract):
    @pytest.fixture
    def outlet(self, tmp_path: Path) -> Outlet:
        return LocalOutlet(tmp_path / "a lake")


class MemoryOutlet(Outlet):
    def __init__(self) -> None:
        self.store = InMemorySnapshotStore()
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.tables = InMemoryTableStore(self.rows)
        self.window = Shopwindow()

    def open(self, failpoints: Failpoints | None = None) -> Publisher:
        return InMemoryPublisher(self.store, self.tables, self.window, failpoints)

    def raw_rows(self, name: str, as_of: date) -> list[tuple[Any, ...]]:
        rows = self.window.data[f"memory:/published/{name}/as_of={as_of}"]
        return sorted(tuple(row.values()) for row in rows if not isinstance(row, int))

    def raw_page(self, uri: str) -> bytes:
        page = self.window.data[uri]
        assert isinstance(page, bytes)
        return page

    def damage(self, table: DatasetRef) -> None:
        del self.rows[table.uri]


class TestInMemoryPublisher(PublisherContract):
    @pytest.fixture
    def outlet(self, tmp_path: Path) -> Outlet:
        return MemoryOutlet()


# -- the local one's own --------------------------------------------------------------------------------------


@pytest.fixture
def local(tmp_path: Path) -> LocalOutlet:
    return LocalOutlet(tmp_path / "lake")


def read_all(local: LocalOutlet) -> list[tuple[Any, ...]]:
    """What `select *` over every day gives a reader who knows no key."""
    query = f"select as_of, line_id, p from '{local.root}/published/scores/as_of=*/*.parquet' order by all"
    return duckdb.connect().sql(query).fetchall()


def test_glob_over_all_days_finds_each_days_rows_once(local: LocalOutlet) -> None:
    publisher = local.open()
    publisher.publish("scores", FIRST, "1", local.scores(("a", 0.5)), "scores")
    publisher.publish("scores", SECOND, "1", local.scores(("a", 0.6), ("b", 0.1)), "scores")
    publisher.publish("scores", SECOND, "1", local.scores(("a", 0.7)), "scores")
    assert read_all(local) == [(FIRST, "a", 0.5), (SECOND, "a", 0.7)]


def test_pointer_names_file_contract_and_columns(local: LocalOutlet) -> None:
    local.open().publish("scores", FIRST, "7", local.scores(("a", 0.5)), "scores")
    pointer = json.loads((local.root / "published/scores/latest.json").read_text("utf-8"))
    assert (pointer["as_of"], pointer["contract"], pointer["rows"]) == ("2024-01-01", "7", 1)
    assert [path.suffix for path in (local.root / "published/scores" / pointer["path"]).glob("[!_]*")] == [".parquet"]
    assert pointer["columns"] == [
        {"name": "line_id", "type": "text", "nullable": False, "meaning": "the line"},
        {"name": "p", "type": "number", "nullable": True, "meaning": ""},
    ]


def test_repeated_publication_touches_no_file(local: LocalOutlet) -> None:
    manifest = local.scores(("a", 0.5))
    local.open().publish("scores", FIRST, "1", manifest, "scores")
    before = {path: path.stat().st_mtime_ns for path in local.root.rglob("*") if path.name != ".lock"}
    local.open().publish("scores", FIRST, "1", manifest, "scores")
    assert {path: path.stat().st_mtime_ns for path in local.root.rglob("*") if path.name != ".lock"} == before


def test_reader_sees_one_whole_generation_while_another_takes_its_place(local: LocalOutlet) -> None:
    generations = [[(f"{name}{n}", 0.5) for n in range(2000)] for name in "ab"]
    manifests = [local.scores(*rows) for rows in generations]
    local.open().publish("scores", FIRST, "1", manifests[0], "scores")
    ended = threading.Event()

    def swap() -> None:
        for turn in range(30):
            local.open().publish("scores", FIRST, "1", manifests[(turn + 1) % 2], "scores")
        ended.set()

    writer = threading.Thread(target=swap)
    writer.start()
    seen = []
    while not ended.is_set():
        try:
            seen.append(local.raw_rows("scores", FIRST))
        except duckdb.IOException:  # it looks a file up twice, and the second time another was there
            continue
    writer.join()
    assert {len(rows) for rows in seen} == {2000}
    assert all(rows in (sorted(generations[0]), sorted(generations[1])) for rows in seen)


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOSYS])
def test_day_is_replaced_where_the_system_cannot_exchange_names(
    local: LocalOutlet, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(atomic_directories, "_exchange_call", lambda *_: code)
    local.open().publish("scores", FIRST, "1", local.scores(("a", 0.5)), "scores")
    local.open().publish("scores", FIRST, "1", local.scores(("a", 0.7)), "scores")
    assert local.raw_rows("scores", FIRST) == [("a", 0.7)]


def test_day_that_cannot_be_replaced_says_why_and_keeps_what_it_was(
    local: LocalOutlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = local.open().publish("scores", FIRST, "1", local.scores(("a", 0.5)), "scores")
    monkeypatch.setattr(atomic_directories, "_exchange_call", lambda *_: errno.EACCES)
    with pytest.raises(DiskError, match="Close the program"):
        local.open().publish("scores", FIRST, "1", local.scores(("a", 0.7)), "scores")
    assert local.open().find("scores") == before
    assert local.raw_rows("scores", FIRST) == [("a", 0.5)]


def test_a_disk_without_room_is_named_and_nothing_is_published(local: LocalOutlet) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    manifest = local.scores(("a", 0.5))
    with pytest.raises(DiskError, match="published/scores"):
        LocalPublisher(local.root, local.store, full).publish("scores", FIRST, "1", manifest, "scores")
    assert local.open().find("scores") is None


def test_days_published_at_once_leave_the_pointer_at_the_latest(local: LocalOutlet) -> None:
    days = [FIRST + timedelta(days=n) for n in range(12)]
    manifest = local.scores(("a", 0.5))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda day: local.open().publish("scores", day, "1", manifest, "scores"), days))
    latest = local.open().find("scores")
    assert latest is not None
    assert latest.as_of == days[-1]
    assert all(local.open().find("scores", day) for day in days)


def test_leftovers_of_a_crash_are_swept_and_never_read(local: LocalOutlet) -> None:
    left_behind = local.root / "published/scores/.as_of=2023-12-31.0f"
    left_behind.mkdir(parents=True)
    (left_behind / "scores-0f.parquet").write_bytes(b"half a copy")
    local.open().publish("scores", FIRST, "1", local.scores(("a", 0.5)), "scores")
    assert not left_behind.exists()
    assert read_all(local) == [(FIRST, "a", 0.5)]


def remove_data(local: LocalOutlet) -> None:
    for file in (local.root / "published/scores/as_of=2024-01-01").glob("*.parquet"):
        file.unlink()


def spoil_card(local: LocalOutlet) -> None:
    (local.root / "published/scores/as_of=2024-01-01/_publication.json").write_bytes(b"{")


def spoil_pointer(local: LocalOutlet) -> None:
    (local.root / "published/scores/latest.json").write_bytes(b"{")


@pytest.mark.parametrize("damage", [remove_data, spoil_card, spoil_pointer])
def test_damaged_publication_counts_as_none_and_is_mended_by_the_next(
    local: LocalOutlet, damage: Callable[[LocalOutlet], None]
) -> None:
    manifest = local.scores(("a", 0.5))
    published = local.open().publish("scores", FIRST, "1", manifest, "scores")
    damage(local)
    assert local.open().find("scores", FIRST) is None
    local.open().publish("scores", FIRST, "1", manifest, "scores")
    assert local.open().find("scores", FIRST) == local.open().find("scores") == published
    assert local.raw_rows("scores", FIRST) == [("a", 0.5)]


def test_damaged_pointer_is_an_error_for_who_asks_for_the_latest(local: LocalOutlet) -> None:
    local.open().publish("scores", FIRST, "1", local.scores(("a", 0.5)), "scores")
    spoil_pointer(local)
    with pytest.raises(SnapshotError, match=r"latest\.json"):
        local.open().find("scores")


def test_crash_at_the_pointer_leaves_readers_of_the_pointer_with_a_whole_earlier_day(local: LocalOutlet) -> None:
    local.open().publish("scores", FIRST, "1", local.scores(("a", 0.5)), "scores")
    with pytest.raises(Crash):
        local.open(CrashingFailpoints("publish.described")).publish(
            "scores", SECOND, "1", local.scores(("a", 0.7)), "scores"
        )
    pointer = json.loads((local.root / "published/scores/latest.json").read_text("utf-8"))
    files = local.root / "published/scores" / pointer["path"] / "*.parquet"
    rows = duckdb.connect().sql(f"select line_id, p from '{files}'").fetchall()
    assert rows == [("a", 0.5)]


def test_table_of_many_files_is_published_as_one(local: LocalOutlet) -> None:
    manifest = local.scores(("a", 0.5), ("b", 0.6))
    directory = Path(manifest.table("scores").uri.removeprefix("file://"))
    duckdb.connect().sql(
        f"copy (select * from '{directory}/part-00000.parquet' where line_id = 'b') to '{directory}/part-1.parquet'"
    )
    duckdb.connect().sql(
        f"copy (select * from '{directory}/part-00000.parquet' where line_id = 'a') to '{directory}/part-2.parquet'"
    )
    (directory / "part-00000.parquet").unlink()
    local.open().publish("scores", FIRST, "1", manifest, "scores")
    assert local.raw_rows("scores", FIRST) == [("a", 0.5), ("b", 0.6)]


def test_rows_that_are_not_the_committed_ones_are_never_published(local: LocalOutlet) -> None:
    manifest = local.scores(("a", 0.5))
    other = local.tables.write(local.store.begin("score", "k"), "scores", SCHEMA, [{"line_id": "a", "p": 0.9}])
    place = [
        Path(table.uri.removeprefix("file://"), "part-00000.parquet") for table in (other, manifest.table("scores"))
    ]
    place[0].replace(place[1])
    with pytest.raises(SnapshotError, match="not what its checkpoint says"):
        local.open().publish("scores", FIRST, "1", manifest, "scores")
    assert local.open().find("scores", FIRST) is None
