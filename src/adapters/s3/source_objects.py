"""The files of sources on an S3-compatible store, as `s3://` or `s3a://`."""

import re
from collections.abc import Sequence

from adapters.s3.access import Place
from adapters.s3.failures import MissingBucketError, shown_endpoint
from adapters.s3.objects import S3Objects
from domain.errors import SourceError
from domain.source.file_places import chosen, is_pattern, literal_part
from ports.source_store import SourceStore, StoredFile

_PLACE = re.compile(r"(?i:s3a?)://(?P<bucket>[^/]+)/*(?P<key>.*)", re.DOTALL)


class S3SourceStore(SourceStore):
    """Reads objects, told apart by size and ETag, which a listing gives: nothing is read for a fingerprint.

    The ETag of an object follows from its bytes and from the parts that it was uploaded in. The id of a version is left
    out: it names an upload, and a file that is sent again is to be known by what it holds.

    Args:
        objects: the store.
    """

    def __init__(self, objects: S3Objects) -> None:
        self._objects = objects

    def find(self, place: str) -> Sequence[StoredFile]:
        """As the port says; locations begin with `s3a://`, as Spark reads them."""
        where = _place_of(place)
        listed = literal_part(where.key) if is_pattern(where.key) else where.key
        try:
            found = {entry.key: entry for entry in self._objects.below(Place(where.bucket, listed))}
        except MissingBucketError as error:
            raise SourceError(
                f"'{place}' cannot be read: {shown_endpoint(self._objects.access)} has no bucket '{where.bucket}'.",
                "Correct the path in the mapping, or the endpoint (MINIO_ENDPOINT or AWS_ENDPOINT_URL_S3).",
            ) from error
        return [
            StoredFile(f"s3a://{where.bucket}/{key}", found[key].size, f"{found[key].etag}:{found[key].size}")
            for key in chosen(where.key, found)
        ]

    def first_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._part(location, f"bytes=0-{count - 1}")

    def last_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._part(location, f"bytes=-{count}")

    def _part(self, location: str, span: str) -> bytes:
        found = self._objects.get(_place_of(location), span)
        if found is None:
            raise SourceError(f"The file '{location}' is gone.", "Bring it back, or correct the mapping's paths.")
        return found


def _place_of(place: str) -> Place:
    found = _PLACE.fullmatch(place)
    if found is None:
        raise SourceError(f"The place '{place}' names no bucket.", "Write s3://bucket/path.")
    return Place(found["bucket"], found["key"])
