"""What is published under one name on an object store: its objects, its cards and its pointer."""

import hashlib
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from adapters.s3.access import Place, S3Lake
from adapters.s3.lake_objects import find_object, objects_below
from adapters.s3.objects import S3Objects, StoredObject
from application.lake.layout import PUBLISHED, checked_name
from application.lake.publication_codec import CARD, POINTER, day_directory, decode_publication, encode_publication
from domain.errors import SnapshotError
from ports.publisher import Publication

_CARD = re.compile(rf"as_of=(\d{{4}}-\d{{2}}-\d{{2}})/{re.escape(CARD)}")


def card_path(as_of: date) -> str:
    """Where a day's card is on a shelf."""
    return f"{day_directory(as_of)}/{CARD}"


@dataclass(frozen=True)
class Document:
    """A card or pointer: its text as it is stored, and what it says."""

    data: bytes
    says: Publication


@dataclass(frozen=True)
class Listing:
    """The objects that were on a shelf at one moment, by path."""

    objects: Mapping[str, StoredObject]

    def days(self) -> list[date]:
        """Days with a card, the latest first."""
        cards = (card for path in self.objects if (card := _CARD.fullmatch(path)) is not None)
        return sorted((date.fromisoformat(card[1]) for card in cards), reverse=True)

    def crowded(self) -> list[date]:
        """Days with a card and more than one generation, the latest first."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for path in self.objects:
            day, _, rest = path.partition("/")
            generation, slash, _ = rest.partition("/")
            if slash:
                found[day].add(generation)
        return [day for day in self.days() if len(found[day_directory(day)]) > 1]

    def generations(self, as_of: date) -> dict[str, list[str]]:
        """Paths of the day's data by the directory of their generation."""
        found: dict[str, list[str]] = {}
        for path in self.objects:
            directory, slash, _ = path.removeprefix(f"{day_directory(as_of)}/").partition("/")
            if slash and path.startswith(f"{day_directory(as_of)}/"):
                found.setdefault(f"{day_directory(as_of)}/{directory}", []).append(path)
        return found


class Shelf:
    """The directory `published/<name>` of a lake.

    Args:
        objects: the store.
        lake: its buckets and prefix.
        name: of the output; raises SnapshotError when it can be no part of a path.
    """

    def __init__(self, objects: S3Objects, lake: S3Lake, name: str) -> None:
        self.name = name
        self._objects = objects
        self._directory = lake.place(f"{PUBLISHED}/{checked_name(name)}")

    def place(self, path: str) -> Place:
        """The object at a path on this shelf."""
        return Place(self._directory.bucket, f"{self._directory.key}/{path}")

    def new_generation(self, as_of: date, attempt: str) -> str:
        """A directory for the data of one publication, never used before."""
        return f"{self._directory.uri}/{day_directory(as_of)}/{checked_name(attempt)}-{uuid.uuid4().hex[:8]}"

    def data_path(self, publication: Publication) -> str:
        """Path of the one file of a publication."""
        path = publication.uri.removeprefix(f"{self._directory.uri}/")
        return path if publication.schema is None else f"{path}/{self.name}.parquet"

    def listing(self, as_of: date | None = None) -> Listing:
        """Everything, or what is of one day."""
        below = self.place("" if as_of is None else f"{day_directory(as_of)}/")
        start = len(self.place("").key)
        return Listing({found.key[start:]: found for found in objects_below(self._objects, below)})

    def encode(self, publication: Publication) -> Document:
        """The text of a card or pointer for a publication."""
        return Document(encode_publication(publication, self._directory.uri), publication)

    def put(self, path: str, document: Document) -> None:
        """Put a card or pointer in its place, in the place of the one that is there."""
        self._objects.put(self.place(path), document.data)

    def read(self, path: str) -> Document | None:
        """The document at a path, or None; raises SnapshotError when it cannot be read as one."""
        data = find_object(self._objects, self.place(path))
        if data is None:
            return None
        return Document(data, decode_publication(data, self._directory.uri, self.place(path).uri))

    def pointer(self) -> Document | None:
        """The pointer; None when there is none, or a damaged one."""
        return self._readable(POINTER)

    def card(self, listing: Listing, as_of: date, pointer: Document | None) -> Document | None:
        """What the day's card says; None when it is not listed, is damaged, or its data is gone.

        Where card and pointer are the same text, as they are on the latest day, the card need not be read: most stores
        mark an object with the MD5 of its bytes.
        """
        listed = listing.objects.get(card_path(as_of))
        if listed is None:
            return None
        same = pointer is not None and listed.etag == hashlib.md5(pointer.data, usedforsecurity=False).hexdigest()
        card = pointer if same else self._readable(card_path(as_of))
        return card if card is not None and self._holds(listing, self.data_path(card.says)) else None

    def latest(self, pointer: Document | None, shop: str) -> Document | None:
        """The card of the latest day that has one of the shop's, with its data there."""
        listing = self.listing()
        cards = (self.card(listing, day, pointer) for day in listing.days())
        return next((card for card in cards if card is not None and card.says.shop == shop), None)

    def sweep(self, listing: Listing, as_of: date, named: Collection[Publication], before: datetime) -> None:
        """Delete the day's generations that nobody names.

        One stays while a reader may be at it (the card that replaced it is not from before a moment), or another
        publisher about to name it (it is not from before that moment itself).
        """
        kept = {self.data_path(publication).rpartition("/")[0] for publication in named}
        card = listing.objects.get(card_path(as_of))
        for generation, paths in listing.generations(as_of).items():
            touched = [listing.objects[path].modified for path in paths] + ([] if card is None else [card.modified])
            if generation not in kept and max(touched) < before:
                for path in paths:
                    self._objects.delete(self.place(path))

    def _holds(self, listing: Listing, path: str) -> bool:
        # A card that was put after the listing names what is not in it.
        return path in listing.objects or self._objects.has(self.place(path))

    def _readable(self, path: str) -> Document | None:
        try:
            return self.read(path)
        except SnapshotError:
            return None  # a damaged one vouches for nothing: what it described is published anew
