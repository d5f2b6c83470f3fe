"""What must hold before a lake on an object store is written to: it has its buckets, and honours conditional writes."""

from adapters.s3.access import Place, S3Lake
from adapters.s3.failures import MissingBucketError, shown_endpoint
from adapters.s3.objects import S3Objects
from application.lake.layout import CHECKPOINTS
from domain.errors import ConfigurationError

PROBE = f"{CHECKPOINTS}/.conditional-writes"
_WORDS = b"Kept to see whether this store honours conditional writes (If-None-Match).\n"


class LakeOpening:
    """Opens a lake once in a process, when something is first written to it: who only reads needs no right to write.

    Args:
        objects: the store.
        lake: its buckets and prefix.
    """

    def __init__(self, objects: S3Objects, lake: S3Lake) -> None:
        self._objects = objects
        self._lake = lake
        self._is_open = False

    def __call__(self) -> None:
        """Open the lake unless that was done; raises as `open_lake` does."""
        if not self._is_open:
            open_lake(self._objects, self._lake)
            self._is_open = True


def open_lake(objects: S3Objects, lake: S3Lake) -> None:
    """Make what buckets are missing, and check that a second write never replaces a first.

    The probe stays, so opening a lake that was opened before takes three requests. Any number of processes may open a
    lake at once.

    Raises ConfigurationError when the store ignores the condition, and ServiceError when it doesn't answer.
    """
    probe = lake.place(PROBE)
    written = _write(objects, probe)
    for bucket in (lake.datasets, lake.models):
        if not objects.has_bucket(bucket):
            objects.make_bucket(bucket)
    # The first write succeeds where there was no probe, or where the condition is ignored; a second one tells.
    if written and _write(objects, probe):
        raise ConfigurationError(
            f"Conditional writes (If-None-Match) are ignored by {shown_endpoint(objects.access)}: of two runs that "
            "commit the same step at once, the later would silently replace the checkpoint of the earlier.",
            "Use a store that honours them, such as AWS S3 or a MinIO of 2025, or a lake in a directory.",
        )


def _write(objects: S3Objects, probe: Place) -> bool:
    try:
        return objects.put_if_absent(probe, _WORDS)
    except MissingBucketError:
        objects.make_bucket(probe.bucket)
        return objects.put_if_absent(probe, _WORDS)
