"""A publisher in memory; it passes the same contract as the real one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from application.lake.layout import checked_name
from domain.errors import SnapshotError
from domain.snapshot import Manifest
from ports.failpoints import Failpoints
from ports.publisher import Publication, Publisher
from ports.snapshot_store import SnapshotStore
from ports.table_store import Row, TableStore
from tests.fakes.failpoints import CrashingFailpoints


@dataclass
class Shopwindow:
    """What is published: rows or bytes by URI, cards by name and day, the pointers by name."""

    data: dict[str, list[Row] | bytes] = field(default_factory=dict)
    cards: dict[tuple[str, date], Publication] = field(default_factory=dict)
    pointers: dict[str, Publication] = field(default_factory=dict)


class InMemoryPublisher(Publisher):
    """Publishes to a window that other publishers may share.

    Args:
        store: where pages are read from.
        tables: where tables are read from.
        window: shared with other publishers; its own when None.
        failpoints: as the real publisher's.
    """

    def __init__(
        self,
        store: SnapshotStore,
        tables: TableStore,
        window: Shopwindow | None = None,
        failpoints: Failpoints | None = None,
    ) -> None:
        self._store = store
        self._tables = tables
        self.window = window or Shopwindow()
        self._failpoints = failpoints or CrashingFailpoints()

    def publish(
        self, name: str, as_of: date, contract: str, manifest: Manifest, part: str, shop: str = ""
    ) -> Publication:
        window, uri = self.window, f"memory:/published/{checked_name(name)}/as_of={as_of}"
        table = next((table for table in manifest.tables if table.name == part), None)
        if table is not None:
            publication = Publication(name, as_of, contract, uri, table.rows, table.content, table.schema, shop)
        else:
            publication = Publication(name, as_of, contract, uri, 0, manifest.artifact(part).content, shop=shop)
        if window.cards.get((name, as_of)) != publication:
            data = self._page(manifest, part) if table is None else list(self._tables.read(table))
            self._failpoints.reach("publish.copied")
            window.data[uri] = data
            window.cards[name, as_of] = publication
        self._failpoints.reach("publish.described")
        of_shop = (c for (of, _), c in window.cards.items() if of == name and c.shop == shop)
        window.pointers[name] = max(of_shop, key=lambda c: c.as_of)
        return publication

    def find(self, name: str, as_of: date | None = None) -> Publication | None:
        latest = self.window.pointers.get(checked_name(name))
        if as_of is None or latest is None:
            return latest
        card = self.window.cards.get((name, as_of))
        later = card is not None and latest.as_of > as_of and latest.shop == card.shop
        return card if later or latest == card else None

    def publications(self) -> Sequence[Publication]:
        return [publication for _, publication in sorted(self.window.pointers.items())]

    def _page(self, manifest: Manifest, part: str) -> bytes:
        files = [entry.path for entry in manifest.files if entry.path.startswith(f"{part}/")]
        if len(files) != 1:
            raise SnapshotError(f"The artifact '{part}' has {len(files)} files.", "Publish artifacts of one file.")
        return self._store.read_file(manifest, files[0])
