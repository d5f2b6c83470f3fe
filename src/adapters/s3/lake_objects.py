"""Reading a lake whose buckets may not be made yet: where one is missing, nothing is committed or published."""

from collections.abc import Iterator
from contextlib import suppress

from adapters.s3.access import Place
from adapters.s3.failures import MissingBucketError
from adapters.s3.objects import S3Objects, StoredObject


def find_object(objects: S3Objects, place: Place) -> bytes | None:
    """The bytes of an object, or None."""
    with suppress(MissingBucketError):
        return objects.get(place)
    return None


def objects_below(objects: S3Objects, prefix: Place) -> Iterator[StoredObject]:
    """`S3Objects.below`, nothing where the bucket is missing."""
    with suppress(MissingBucketError):
        yield from objects.below(prefix)


def directories_below(objects: S3Objects, prefix: Place) -> list[str]:
    """`S3Objects.directories`, none where the bucket is missing."""
    with suppress(MissingBucketError):
        return objects.directories(prefix)
    return []
