"""Pages as what is published, where it does not matter what: they need no table."""

from dataclasses import replace
from typing import NoReturn

from adapters.s3.objects import S3Objects
from adapters.s3.publisher import S3Publisher
from adapters.s3.snapshot_store import S3SnapshotStore
from domain.snapshot import ArtifactRef, Manifest
from ports.publisher import Publisher
from tests.contract.commit_race import manifest_of
from tests.contract.s3_lake import S3RawLake
from tests.fakes.failpoints import CrashingFailpoints


def page(raw: S3RawLake, text: str) -> Manifest:
    """A committed page, made past any proxy."""
    store = raw.open()
    made = manifest_of(store, "report", text, {"report/report.html": text.encode()})
    return store.commit(replace(made, artifacts=(ArtifactRef("report", f"{made.uri}/report", text),)))


def page_publisher(objects: S3Objects, raw: S3RawLake) -> Publisher:
    """A publisher of pages that reaches the lake by these objects."""
    return S3Publisher(objects, raw.place, S3SnapshotStore(objects, raw.place), _no_table, CrashingFailpoints())


def _no_table(*_: object) -> NoReturn:
    raise AssertionError("pages alone are published here")
