"""Outputs for readers outside, on an object store: every publication in a place of its own, a card, and a pointer.

    published/scores/latest.json                                       the pointer, put last
    published/scores/as_of=2019-04-15/_publication.json                the card: contract, columns, rows, content, path
    published/scores/as_of=2019-04-15/<generation>/scores.parquet      the data, one file

No directory can be exchanged here, but a write of one object is atomic. So the data of a publication is never
replaced: `path` in card and pointer names its generation, and a reader who follows either sees one generation, whole.
A glob over a day would find those as well that others are reading or writing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from adapters.s3.access import Place, S3Lake
from adapters.s3.lake_objects import directories_below
from adapters.s3.objects import S3Objects
from adapters.s3.shelf import Document, Shelf, card_path
from application.lake.describe_publication import describe_publication, page_file
from application.lake.layout import PUBLISHED
from application.lake.publication_codec import POINTER
from domain.snapshot import DatasetRef, Manifest
from ports.failpoints import Failpoints
from ports.publisher import Publication, Publisher
from ports.snapshot_store import SnapshotStore

# Writes all rows of a table as one local Parquet file.
WriteTable: TypeAlias = Callable[[DatasetRef, Path], None]

_GRACE = timedelta(days=1)


class S3Publisher(Publisher):
    """Publishes below `<lake name>/published` in the bucket of the datasets.

    Args:
        objects: the store.
        lake: its buckets and prefix.
        store: where committed snapshots are read from.
        write_table: writes a table as one Parquet file, and fails when it is not what its reference says.
        failpoints: `publish.copied`, before the card is put; `publish.described`, before the pointer is.
        now: the time, for what is old enough to be deleted.
        open_lake: called before anything is published (`adapters.s3.opening`).
    """

    def __init__(
        self,
        objects: S3Objects,
        lake: S3Lake,
        store: SnapshotStore,
        write_table: WriteTable,
        failpoints: Failpoints,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        open_lake: Callable[[], None] = lambda: None,
    ) -> None:
        self._objects = objects
        self._lake = lake
        self._store = store
        self._write_table = write_table
        self._failpoints = failpoints
        self._now = now
        self._open_lake = open_lake

    def publish(
        self, name: str, as_of: date, contract: str, manifest: Manifest, part: str, shop: str = ""
    ) -> Publication:
        """Write a new generation of the day unless its card describes this very content, then move the pointer."""
        self._open_lake()
        shelf = self._shelf(name)
        place = shelf.new_generation(as_of, manifest.attempt)
        wanted = describe_publication(name, as_of, contract, manifest, part, place, shop)
        listing, pointer = shelf.listing(), shelf.pointer()
        standing = shelf.card(listing, as_of, pointer)
        named = [document.says for document in (standing, pointer) if document is not None]
        before = self._now() - _GRACE
        shelf.sweep(listing, as_of, named, before)
        for day in listing.crowded():  # a day is hardly ever published again, and nobody else looks at it
            if day != as_of and (card := shelf.card(listing, day, pointer)) is not None:
                shelf.sweep(listing, day, [card.says, *named], before)
        if standing is None or replace(standing.says, uri=wanted.uri) != wanted:
            standing = self._place(shelf, wanted, manifest, part)
        self._failpoints.reach("publish.described")
        _point(shelf, pointer, shop)
        return standing.says

    def find(self, name: str, as_of: date | None = None) -> Publication | None:
        """As the port says; a day counts as published once its data, its card and the pointer are all in place.

        The latest takes one request; a day takes two, or three when it is not the latest.

        Raises SnapshotError when the latest is asked for and the pointer is damaged.
        """
        shelf = self._shelf(name)
        if as_of is None:
            latest = shelf.read(POINTER)
            return None if latest is None else latest.says
        pointer = shelf.pointer()
        if pointer is None or pointer.says.as_of < as_of:
            return None
        card = shelf.card(shelf.listing(as_of), as_of, pointer)
        if card is None:
            return None
        later = pointer.says.as_of > as_of and pointer.says.shop == card.says.shop
        return card.says if later or pointer.says == card.says else None

    def publications(self) -> Sequence[Publication]:
        """The latest of every output, by name."""
        somewhere = self._lake.place(f"{PUBLISHED}/{POINTER}")
        names = directories_below(self._objects, Place(somewhere.bucket, somewhere.key.removesuffix(POINTER)))
        return [found for name in sorted(names) if (found := self.find(name)) is not None]

    def _shelf(self, name: str) -> Shelf:
        return Shelf(self._objects, self._lake, name)

    def _place(self, shelf: Shelf, wanted: Publication, manifest: Manifest, part: str) -> Document:
        """Write the data, then the card that names it."""
        data = shelf.place(shelf.data_path(wanted))
        if wanted.schema is None:
            self._objects.put(data, self._store.read_file(manifest, page_file(manifest, part)))
        else:
            with TemporaryDirectory(prefix="returncast-") as directory:
                file = Path(directory, "table.parquet")
                self._write_table(manifest.table(part), file)
                self._objects.upload(data, file)
        self._failpoints.reach("publish.copied")
        card = shelf.encode(wanted)
        shelf.put(card_path(wanted.as_of), card)
        return card


def _point(shelf: Shelf, pointer: Document | None, shop: str) -> None:
    """Point to the latest day there is of a shop, whatever a run that died here left undone.

    Nothing locks the pointer; who puts it looks at the cards again. So whoever puts it last has then seen every card
    that was put before any pointer, and what remains is right.
    """
    while (latest := shelf.latest(pointer, shop)) is not None:
        if pointer is not None and pointer.says == latest.says:
            return
        shelf.put(POINTER, latest)
        pointer = latest
