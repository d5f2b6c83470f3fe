"""Outputs for readers outside, on a local file system: one file an output and day, replaced whole.

    published/scores/latest.json                            the pointer, put last
    published/scores/as_of=2019-04-15/scores.parquet        the data
    published/scores/as_of=2019-04-15/_publication.json     what it is; only there while it agrees with the data

One file a day is what lets a system without transactions swap one generation for the next in one rename: a glob
of `published/scores/as_of=*/*.parquet` finds the old file or the new one, whole, and never both.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

from adapters.local.atomic_files import flush_directory, replace, replacing
from adapters.local.failpoints import NoFailpoints
from adapters.local.file_lock import exclusive
from application.lake_layout import PUBLISHED, checked_name
from application.publication_codec import CARD, POINTER, day_directory, decode_publication, encode_publication
from domain.errors import SnapshotError
from domain.snapshot import DatasetRef, Manifest
from ports.failpoints import Failpoints
from ports.publisher import Publication, Publisher
from ports.snapshot_store import SnapshotStore

# Writes all rows of a table as one Parquet file.
WriteTable: TypeAlias = Callable[[DatasetRef, Path], None]


class LocalPublisher(Publisher):
    """Publishes below `<root>/published`.

    Args:
        root: the lake's directory.
        store: where committed snapshots are read from.
        write_table: writes a table as one Parquet file, and fails when it is not what its reference says.
        failpoints: `publish.copied`, between the data and its card; `publish.described`, before the pointer.
    """

    def __init__(
        self, root: Path, store: SnapshotStore, write_table: WriteTable, failpoints: Failpoints | None = None
    ) -> None:
        self._root = root.absolute() / PUBLISHED
        self._store = store
        self._write_table = write_table
        self._failpoints = failpoints or NoFailpoints()

    def publish(self, name: str, as_of: date, contract: str, manifest: Manifest, part: str) -> Publication:
        """Replace the day's file and card unless they are this very content, then move the pointer."""
        base = self._base(name)
        with exclusive(base / ".lock"):
            publication = self._describe(name, as_of, contract, manifest, part)
            if self._card(name, as_of) != publication:
                self._replace(publication, manifest, part)
            self._failpoints.reach("publish.described")
            self._point(name)
        return publication

    def find(self, name: str, as_of: date | None = None) -> Publication | None:
        """As the port says; a day counts as published once its file, its card and the pointer are all there.

        Raises SnapshotError when the latest is asked for and the pointer is damaged.
        """
        if as_of is None:
            return self._read(name, self._base(name) / POINTER)
        publication, latest = self._card(name, as_of), self._readable(name, self._base(name) / POINTER)
        if publication is None or latest is None or latest.as_of < as_of:
            return None
        return publication if latest.as_of > as_of or latest == publication else None

    def publications(self) -> Sequence[Publication]:
        """The latest of every output, by name."""
        names = sorted(path.parent.name for path in self._root.glob(f"*/{POINTER}"))
        return [found for name in names if (found := self.find(name)) is not None]

    def _describe(self, name: str, as_of: date, contract: str, manifest: Manifest, part: str) -> Publication:
        day = self._base(name) / day_directory(as_of)
        table = next((table for table in manifest.tables if table.name == part), None)
        if table is not None:
            uri = (day / f"{name}.parquet").as_posix()
            return Publication(name, as_of, contract, uri, table.rows, table.content, table.schema)
        uri = (day / Path(_only_file(manifest, part)).name).as_posix()
        return Publication(name, as_of, contract, uri, 0, manifest.artifact(part).content)

    def _replace(self, publication: Publication, manifest: Manifest, part: str) -> None:
        file, card = Path(publication.uri), self._card_path(publication.name, publication.as_of)
        file.parent.mkdir(parents=True, exist_ok=True)
        # From here until the new card is put nothing vouches for the file, so a crash makes the next run publish anew.
        card.unlink(missing_ok=True)
        flush_directory(file.parent)
        for left_behind in file.parent.glob(".*.tmp"):
            left_behind.unlink()
        with replacing(file) as temporary:
            if publication.schema is not None:
                self._write_table(manifest.table(part), temporary)
            else:
                temporary.write_bytes(self._store.read_file(manifest, _only_file(manifest, part)))
        self._failpoints.reach("publish.copied")
        replace(card, encode_publication(publication, self._base(publication.name).as_posix()))

    def _point(self, name: str) -> None:
        """Point to the latest day there is, whatever a run that died here left undone."""
        days = [path.name.removeprefix("as_of=") for path in self._base(name).glob("as_of=*")]
        cards = [card for day in days if (card := self._card(name, date.fromisoformat(day))) is not None]
        latest, pointer = max(cards, key=lambda card: card.as_of), self._base(name) / POINTER
        if self._readable(name, pointer) != latest:
            replace(pointer, encode_publication(latest, self._base(name).as_posix()))

    def _card(self, name: str, as_of: date) -> Publication | None:
        """What the day's card vouches for; None when there is none to be read, or its file is gone."""
        card = self._readable(name, self._card_path(name, as_of))
        return card if card is not None and Path(card.uri).is_file() else None

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

    def _card_path(self, name: str, as_of: date) -> Path:
        return self._base(name) / day_directory(as_of) / CARD

    def _base(self, name: str) -> Path:
        return self._root / checked_name(name)


def _only_file(manifest: Manifest, part: str) -> str:
    """Path of the one file of an artifact; several could not be swapped in one step."""
    manifest.artifact(part)
    files = [entry.path for entry in manifest.files if entry.path.startswith(f"{part}/")]
    if len(files) != 1:
        raise SnapshotError(
            f"The artifact '{part}' of step '{manifest.step}' has {len(files)} files.",
            "Publish tables, or artifacts of one file.",
        )
    return files[0]
