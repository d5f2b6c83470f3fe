"""How many requests the lake on S3 makes: what a commit costs, and what an unchanged night."""

import pytest

from adapters.s3.objects import S3Objects
from adapters.s3.snapshot_store import S3SnapshotStore
from ports.publisher import Publisher
from ports.snapshot_store import SnapshotStore
from tests.contract.commit_race import manifest_of
from tests.contract.publisher_contract import FIRST, SECOND
from tests.contract.s3_lake import S3RawLake, shared_objects
from tests.integration.s3_pages import page, page_publisher
from tests.servers.fault_proxy import FaultProxy
from tests.servers.s3 import S3Server


@pytest.fixture
def objects(s3_server: S3Server, proxy: FaultProxy) -> S3Objects:
    return shared_objects(s3_server.access(endpoint=proxy.endpoint))


@pytest.fixture
def store(objects: S3Objects, raw: S3RawLake) -> SnapshotStore:
    return S3SnapshotStore(objects, raw.place)


@pytest.fixture
def publisher(objects: S3Objects, raw: S3RawLake) -> Publisher:
    return page_publisher(objects, raw)


def test_commit_takes_three_requests_and_finding_it_one(proxy: FaultProxy, store: SnapshotStore) -> None:
    manifest = manifest_of(store, files={"a": b"1", "b": b"2"})
    proxy.forget()
    store.commit(manifest)
    assert proxy.counts == {"LIST": 1, "PUT object": 1, "GET object": 1}
    proxy.forget()
    store.find("features", "key1")
    assert proxy.counts == {"GET object": 1}


def test_whether_the_latest_day_is_published_takes_two_requests(
    proxy: FaultProxy, publisher: Publisher, raw: S3RawLake
) -> None:
    published = publisher.publish("report", FIRST, "1", page(raw, "one"), "report")
    proxy.forget()
    assert publisher.find("report", FIRST) == published
    assert proxy.counts == {"GET object": 1, "LIST": 1}
    proxy.forget()
    assert publisher.find("report") == published
    assert proxy.counts == {"GET object": 1}


def test_whether_an_earlier_day_is_published_takes_three_requests(
    proxy: FaultProxy, publisher: Publisher, raw: S3RawLake
) -> None:
    earlier = publisher.publish("report", FIRST, "1", page(raw, "one"), "report")
    publisher.publish("report", SECOND, "1", page(raw, "two"), "report")
    proxy.forget()
    assert publisher.find("report", FIRST) == earlier
    assert proxy.counts == {"GET object": 2, "LIST": 1}


def test_day_after_the_latest_is_known_not_to_be_published_by_one_request(
    proxy: FaultProxy, publisher: Publisher, raw: S3RawLake
) -> None:
    publisher.publish("report", FIRST, "1", page(raw, "one"), "report")
    proxy.forget()
    assert publisher.find("report", SECOND) is None
    assert proxy.counts == {"GET object": 1}


def test_publication_takes_nine_requests_of_which_three_write(
    proxy: FaultProxy, publisher: Publisher, raw: S3RawLake
) -> None:
    manifest = page(raw, "one")
    publisher.publish("report", FIRST, "1", manifest, "report")
    assert proxy.counts == {"LIST": 3, "GET object": 3, "PUT object": 3}


def test_repeated_publication_writes_nothing(proxy: FaultProxy, publisher: Publisher, raw: S3RawLake) -> None:
    manifest = page(raw, "one")
    publisher.publish("report", FIRST, "1", manifest, "report")
    proxy.forget()
    publisher.publish("report", FIRST, "1", manifest, "report")
    assert proxy.counts == {"LIST": 2, "GET object": 1}


def test_days_that_were_published_before_cost_a_publication_no_further_requests(
    proxy: FaultProxy, publisher: Publisher, raw: S3RawLake
) -> None:
    for day in range(1, 6):
        publisher.publish("report", FIRST.replace(day=day), "1", page(raw, f"{day}"), "report")
    manifest = page(raw, "today")
    proxy.forget()
    publisher.publish("report", FIRST.replace(day=9), "1", manifest, "report")
    assert proxy.counts == {"LIST": 3, "GET object": 3, "PUT object": 3}
