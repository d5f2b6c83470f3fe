"""Orders in local files: which files a mapping names, and when a source counts as changed."""

import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest

from adapters.local.order_files import LocalOrderSource
from adapters.local.source_files import LocalSourceStore
from domain.errors import SourceError

MAPPING = """
name = "shop"
shape = "rows"
orders = ORDERS

[columns]
order_id = "order"
item_id = "sku"
ordered_at = "day"
quantity = "units"
unit_price = "price"

[return_rows]
told_by = "negative_quantity"
"""


def source(place: Path, orders: str = '"orders.csv"', text: str = MAPPING) -> LocalOrderSource:
    path = place / "shop.toml"
    path.write_text(text.replace("ORDERS", orders), encoding="utf-8")
    return LocalOrderSource(path)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text("order\n1\n")
    parts = tmp_path / "parts"
    parts.mkdir()
    for name in ("b.csv", "a.csv.gz", "c.parquet", "_SUCCESS", ".hidden.csv", "notes.txt"):
        (parts / name).write_text(f"order\n{name}\n")
    return tmp_path


def names(paths: tuple[str, ...]) -> list[str]:
    return [path.rsplit("/", 1)[-1] for path in paths]


def test_a_file_is_found_beside_the_mapping_with_forward_slashes(place: Path) -> None:
    assert source(place).files().orders == ((place / "orders.csv").resolve().as_posix(),)


def test_a_directory_gives_its_files_of_known_kinds_in_order(place: Path) -> None:
    assert names(source(place, '"parts"').files().orders) == ["a.csv.gz", "b.csv", "c.parquet"]


def test_patterns_and_lists_name_each_file_once(place: Path) -> None:
    assert names(source(place, '["parts/*.csv", "parts/b.csv", "orders.csv"]').files().orders) == [
        "b.csv",
        "orders.csv",
    ]


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        ('"none.csv"', "none.csv"),
        ('"parts/*.xml"', "xml"),
        ('"parts/notes.txt"', "kind"),
        ('"parts/.hidden.csv"', "hidden"),
    ],
)
def test_what_cannot_be_read_is_named(place: Path, orders: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        source(place, orders).files()


def test_an_empty_file_is_named(place: Path) -> None:
    (place / "orders.csv").write_text("")
    with pytest.raises(SourceError, match="is empty"):
        source(place).files()


def test_names_and_places_are_no_part_of_the_fingerprint(place: Path, tmp_path: Path) -> None:
    before = source(place).fingerprint()
    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.copy(place / "orders.csv", other / "renamed.csv")
    assert source(other, '"renamed.csv"').fingerprint() == before


def test_a_comment_in_the_mapping_changes_nothing_and_a_key_does(place: Path) -> None:
    before = source(place).fingerprint()
    assert source(place, text="# a comment\n" + MAPPING).fingerprint() == before
    assert source(place, text="window_days = 30\n" + MAPPING).fingerprint() != before


def test_one_byte_more_changes_the_fingerprint(place: Path) -> None:
    before = source(place).fingerprint()
    with (place / "orders.csv").open("a") as file:
        file.write("2\n")
    assert source(place).fingerprint() != before


def test_a_file_that_is_rewritten_or_gone_after_it_was_listed_has_changed(place: Path) -> None:
    listed = source(place, '["orders.csv", "parts", "parts/*.csv"]')
    listed.fingerprint()
    assert listed.changed_files() == ()
    (place / "orders.csv").write_text("order\n2\n")
    (place / "parts" / "b.csv").unlink()
    assert names(listed.changed_files()) == ["orders.csv", "b.csv"]


def test_what_is_not_read_may_change_meanwhile(place: Path) -> None:
    (place / "parts" / "sent again.csv").write_text("order\nb.csv\n")
    listed = source(place, '"parts"')
    assert names(tuple(file.location for file in listed.repeated_files())) == ["sent again.csv"]
    (place / "parts" / "sent again.csv").write_text("order\nnew\n")
    (place / "parts" / "z.csv").write_text("order\nz\n")
    assert listed.changed_files() == ()


def test_a_file_that_nobody_touched_is_hashed_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def counted(file: object, name: str) -> "hashlib._Hash":
        hashed.append(name)
        return file_digest(file, name)  # type: ignore[arg-type]

    file_digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", counted)
    store, path = LocalSourceStore(), (place / "orders.csv").as_posix()
    young = store.find(path)
    assert (store.changed(path, young), len(hashed)) == ([], 2)  # its times might not show a second writing
    later = time.time_ns() + 10_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    settled = store.find(path)
    assert (store.changed(path, settled), len(hashed)) == ([], 3)
    os.utime(path)
    assert (store.changed(path, settled), len(hashed)) == ([], 4)


ACTIONS = MAPPING + '\n[taken_actions]\nfiles = "done/*.csv"\n'


def test_what_was_done_about_lines_is_part_of_what_a_source_holds_wherever_it_lies(place: Path) -> None:
    before = source(place).fingerprint()
    (place / "done").mkdir()
    (place / "done" / "monday.csv").write_text("line_id,action,taken_at\nl1,ask,2024-01-01\n")
    told = source(place, text=ACTIONS)
    assert names(told.files().taken_actions) == ["monday.csv"]
    assert told.files().all() == (*told.files().orders, *told.files().taken_actions)

    (place / "elsewhere").mkdir()
    shutil.copy(place / "done" / "monday.csv", place / "elsewhere" / "copy.csv")
    moved = source(place, text=ACTIONS.replace("done/", "elsewhere/"))
    assert moved.fingerprint() == told.fingerprint() != before

    (place / "elsewhere" / "tuesday.csv").write_text("line_id,action,taken_at\nl2,ask,2024-01-02\n")
    assert source(place, text=ACTIONS.replace("done/", "elsewhere/")).fingerprint() != told.fingerprint()


def test_a_record_of_actions_that_is_not_there_is_named(place: Path) -> None:
    with pytest.raises(SourceError, match=r"done/\*.csv"):
        source(place, text=ACTIONS).files()
