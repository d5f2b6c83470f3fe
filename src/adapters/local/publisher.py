"""Outputs for readers outside, on a local file system: one directory an output and day, replaced whole.

    published/scores/latest.json                                     the pointer, put last
    published/scores/as_of=2019-04-15/scores-<attempt>.parquet       the data, one file
    published/scores/as_of=2019-04-15/_publication.json              what it is: contract, columns, rows, content

A day's directory is written under a hidden name and put in place in one step, so a glob of
`published/scores/as_of=*/*.parquet` finds at most one generation of each day, whole. The file's name tells
generations apart: a reader that lists a day, or opens its file twice as DuckDB does, just while other content takes
its place may find no file; it never gets rows of both.
"""

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeAlias

from adapters.disk_failures import on_disk
from adapters.local.atomic_directories import put_directory
from adapters.local.atomic_files import flush_directory, flush_file, replace
from adapters.local.failpoints import NoFailpoints
from adapters.local.file_lock import exclusive
from application.lake.describe_publication import describe_publication, page_file
from application.lake.layout import PUBLISHED, checked_name
from application.lake.publication_codec import CARD, POINTER, day_directory, decode_publication, encode_publication
from domain.errors import DiskError, SnapshotError
from domain.snapshot import DatasetRef, Manifest
from ports.failpoints import Failpoints
from ports.publisher import Publication, Publisher
from ports.snapshot_store import SnapshotStore

# Writes all rows of a table as one Parquet file.
WriteTable: TypeAlias = Callable[[DatasetRef, Path], None]

_HIDDEN = "."


class LocalPublisher(Publisher):
    """Publishes below `<root>/published`.

    Args:
        root: the lake's directory.
        store: where committed snapshots are read from.
        write_table: writes a table as one Parquet file, and fails when it is not what its reference says.
        failpoints: `publish.copied`, before the day's directory is in place; `publish.described`, before the pointer.
    """

    def __init__(
        self, root: Path, store: SnapshotStore, write_table: WriteTable, failpoints: Failpoints | None = None
    ) -> None:
        self._root = root.absolute() / PUBLISHED
        self._store = store
        self._write_table = write_table
        self._failpoints = failpoints or NoFailpoints()

    def publish(
        self, name: str, as_of: date, contract: str, manifest: Manifest, part: str, shop: str = ""
    ) -> Publication:
        """Put the day's directory in place unless it holds this very content, then move the pointer."""
        place = (self._base(name) / day_directory(as_of)).as_posix()
        publication = describe_publication(name, as_of, contract, manifest, part, place, shop)
        with on_disk(self._base(name)), exclusive(self._base(name) / ".lock"):
            if self._card(name, as_of) != publication:
                self._place(publication, manifest, part)
            self._failpoints.reach("publish.described")
            self._point(name, shop)
        return publication

    def find(self, name: str, as_of: date | None = None) -> Publication | None:
        """As the port says; a day counts as published once its directory and the pointer are both in place.

        Raises SnapshotError when the latest is asked for and the pointer is damaged.
        """
        if as_of is None:
            pointer = self._read(name, self._base(name) / POINTER)
            return None if pointer is None else self._card(name, pointer.as_of) or pointer
        publication, latest = self._card(name, as_of), self._readable(name, self._base(name) / POINTER)
        if publication is None or latest is None or latest.as_of < as_of:
            return None
        later = latest.as_of > as_of and latest.shop == publication.shop
        return publication if later or latest == publication else None

    def publications(self) -> Sequence[Publication]:
        """The latest of every output, by name."""
        names = sorted(path.parent.name for path in self._root.glob(f"*/{POINTER}"))
        return [found for name in names if (found := self.find(name)) is not None]

    def _place(self, publication: Publication, manifest: Manifest, part: str) -> None:
        base = self._base(publication.name)
        day = day_directory(publication.as_of)
        for left_behind in base.glob(f"{_HIDDEN}as_of=*"):  # of any day, by a crash, or retired and long read
            shutil.rmtree(left_behind)
        staged = base / f"{_HIDDEN}{day}.{uuid.uuid4().hex}"
        staged.mkdir()
        try:
            self._fill(staged, publication, manifest, part)
        except Exception:
            shutil.rmtree(staged)
            raise
        self._failpoints.reach("publish.copied")
        with _explained(base / day):
            put_directory(staged, base / day, f"{_HIDDEN}{day}.")

    def _fill(self, staged: Path, publication: Publication, manifest: Manifest, part: str) -> None:
        if publication.schema is not None:
            file = staged / f"{publication.name}-{manifest.attempt}.parquet"
            self._write_table(manifest.table(part), file)
        else:
            file = staged / Path(publication.uri).name
            file.write_bytes(self._store.read_file(manifest, page_file(manifest, part)))
        flush_file(file)
        replace(staged / CARD, self._encoded(publication))
        flush_directory(staged)

    def _point(self, name: str, shop: str) -> None:
        """Point to the latest day there is of a shop, whatever a run that died here left undone."""
        days = [path.name.removeprefix("as_of=") for path in self._base(name).glob("as_of=*")]
        cards = [card for day in days if (card := self._card(name, date.fromisoformat(day))) is not None]
        latest = max((card for card in cards if card.shop == shop), key=lambda card: card.as_of)
        pointer = self._base(name) / POINTER
        if self._readable(name, pointer) != latest:
            replace(pointer, self._encoded(latest))

    def _card(self, name: str, as_of: date) -> Publication | None:
        """What the day's directory says it is; None when it is not there or its data is gone."""
        day = self._base(name) / day_directory(as_of)
        card = self._readable(name, day / CARD)
        if card is None:
            return None
        has_data = any(day.glob("*.parquet")) if card.schema is not None else Path(card.uri).is_file()
        return card if has_data else None

    def _readable(self, name: str, path: Path) -> Publication | None:
        try:
            return self._read(name, path)
        except SnapshotError:
            return None  # a damaged card vouches for nothing: what it described is published anew

    def _read(self, name: str, path: Path) -> Publication | None:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        return decode_publication(data, self._base(name).as_posix(), str(path))

    def _encoded(self, publication: Publication) -> bytes:
        return encode_publication(publication, self._base(publication.name).as_posix())

    def _base(self, name: str) -> Path:
        return self._root / checked_name(name)


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:  # on Windows a directory with an open file keeps its name
        raise DiskError(
            f"The directory {place} cannot be replaced: {error}.",
            "Close the program that reads it, or give this user the right to write there, and run again.",
        ) from error
