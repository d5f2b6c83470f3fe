"""When a lake on S3 is opened: before anything is first written to it, and never to read."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.bootstrap.runs import Composition
from adapters.config import load_settings
from adapters.s3.access import Place
from adapters.s3.failures import MissingBucketError
from adapters.s3.objects import S3Objects
from adapters.s3.opening import PROBE
from adapters.store_access import StoreAccess
from domain.errors import ConfigurationError
from domain.snapshot import Attempt, MadeFrom, Manifest, StepResult

BUCKETS = {"datasets", "models", "luigi-checkpoints"}


class FakeObjects(S3Objects):
    """Objects in memory, in a store without buckets; it may ignore the condition of a write."""

    def __init__(self, *, honours_conditions: bool = True) -> None:
        super().__init__(StoreAccess("http://store:9000"))
        self.buckets: set[str] = set()
        self.objects: dict[Place, bytes] = {}
        self.requests = 0
        self._honours_conditions = honours_conditions

    def get(self, place: Place, span: str | None = None) -> bytes | None:
        self._look_for(place.bucket)
        return self.objects.get(place)

    def put_if_absent(self, place: Place, data: bytes) -> bool:
        self._look_for(place.bucket)
        if self._honours_conditions and place in self.objects:
            return False
        self.objects[place] = data
        return True

    def has_bucket(self, bucket: str) -> bool:
        self.requests += 1
        return bucket in self.buckets

    def make_bucket(self, bucket: str) -> None:
        self.buckets.add(bucket)

    def _pages(self, prefix: Place, delimiter: str = "") -> "list[dict[str, object]]":  # type: ignore[override]
        self._look_for(prefix.bucket)
        return []

    def _look_for(self, bucket: str) -> None:
        self.requests += 1
        if bucket not in self.buckets:
            raise MissingBucketError(f"There is no bucket '{bucket}'.", "Make it.")


def lake_on(objects: FakeObjects) -> Composition:
    composition = Composition(load_settings({"RETURNCAST_LAKE": "s3://nightly"}, Path("no.env")))
    composition.__dict__["objects"] = objects  # in the place of those that the settings would reach
    return composition


def committed(attempt: Attempt) -> Manifest:
    return Manifest.of(attempt, StepResult(), (), MadeFrom({}, {}, "code"), datetime(2024, 1, 1, tzinfo=UTC))


def test_reading_a_lake_of_which_there_is_nothing_finds_nothing_and_makes_nothing() -> None:
    objects = FakeObjects()
    lake = lake_on(objects)
    assert lake.store.find("ingest", "key") is None
    assert list(lake.store.manifests("ingest")) == []
    assert list(lake.store.attempts()) == []
    assert lake.publisher.find("scores") is None
    assert lake.publisher.find("scores", date(2024, 1, 1)) is None
    assert list(lake.publisher.publications()) == []
    assert objects.requests > 0
    assert (objects.buckets, objects.objects) == (set(), {})


def test_the_first_attempt_opens_the_lake_and_further_ones_find_it_open() -> None:
    objects = FakeObjects()
    store = lake_on(objects).store
    store.begin("ingest", "key")
    assert objects.buckets == BUCKETS
    assert [place.key for place in objects.objects] == ["nightly/" + PROBE.rpartition("/")[2]]
    before = objects.requests
    store.begin("match", "key")
    assert objects.requests == before


def test_nothing_is_begun_or_published_where_conditional_writes_are_ignored() -> None:
    lake = lake_on(FakeObjects(honours_conditions=False))
    for _ in range(2):  # a refusal is not taken for an opening
        with pytest.raises(ConfigurationError, match="ignored"):
            lake.store.begin("ingest", "key")
    with pytest.raises(ConfigurationError, match="ignored"):
        lake.publisher.publish("scores", date(2024, 1, 1), "1", committed(Attempt("s", "k", "1", "s3a://x")), "scores")
