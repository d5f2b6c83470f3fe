"""The stores of sources: this machine, the fake, S3, and what `kaggle:` fetched."""

import secrets
from pathlib import Path

import pytest

from adapters.local.source_files import LocalSourceStore
from adapters.s3.objects import S3Objects
from adapters.s3.source_objects import S3SourceStore
from adapters.source_stores import SourceStores
from adapters.store_access import StoreAccess
from domain.errors import ServiceError, SourceError
from ports.source_store import SourceStore
from tests.contract.s3_lake import raw_client, shared_objects
from tests.contract.source_store_contract import FILES, Put, SourceStoreContract, written
from tests.fakes.source_store import InMemorySourceStore
from tests.servers.process import HOST, free_port
from tests.servers.s3 import S3Server


def putting(directory: Path) -> Put:
    def put(name: str, data: bytes) -> None:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return put


def put_files(directory: Path) -> Path:
    for name, data in written(FILES):
        putting(directory)(name, data)
    return directory


class TestInMemorySourceStore(SourceStoreContract):
    @pytest.fixture
    def place(self) -> str:
        return "memory:/shop"

    @pytest.fixture
    def files(self, place: str) -> dict[str, bytes]:
        return {f"{place}/{name}": data for name, data in written(FILES)}

    @pytest.fixture
    def put(self, files: dict[str, bytes], place: str) -> Put:
        return lambda name, data: files.update({f"{place}/{name}": data})

    @pytest.fixture
    def store(self, files: dict[str, bytes]) -> SourceStore:
        return InMemorySourceStore(files)


class TestLocalSourceStore(SourceStoreContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> str:
        return put_files(tmp_path / "shop").as_posix()

    @pytest.fixture
    def put(self, tmp_path: Path) -> Put:
        return putting(tmp_path / "shop")

    @pytest.fixture
    def store(self) -> SourceStore:
        return LocalSourceStore()


def test_a_linked_directory_is_read_once(tmp_path: Path) -> None:
    shop, elsewhere = tmp_path / "orders", tmp_path / "old"
    for directory in (shop, elsewhere):
        directory.mkdir()
        (directory / f"{directory.name}.csv").write_text("order\n1\n", "utf-8")
    (shop / "linked").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(shop)
    found = [Path(file.location).name for file in LocalSourceStore().find(shop.as_posix())]
    assert found == ["old.csv", "orders.csv"]
    assert {Path(file.location).name for file in LocalSourceStore().find(f"{shop.as_posix()}/*")} == set(found)


class TestFileUris(SourceStoreContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> str:
        return f"file://{put_files(tmp_path / 'shop').as_posix()}"

    @pytest.fixture
    def put(self, tmp_path: Path) -> Put:
        return putting(tmp_path / "shop")

    @pytest.fixture
    def store(self) -> SourceStore:
        return SourceStores({None: LocalSourceStore, "file": LocalSourceStore})


@pytest.fixture(scope="module")
def s3_place(s3_server: S3Server) -> str:
    bucket, shop = "sources", f"shop {secrets.token_hex(4)}"
    client = raw_client(s3_server.access())
    if bucket not in {found["Name"] for found in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=bucket)
    for name, data in written(FILES):
        client.put_object(Bucket=bucket, Key=f"{shop}/{name}", Body=data)
    return f"s3://{bucket}/{shop}"


class TestS3SourceStore(SourceStoreContract):
    @pytest.fixture
    def place(self, s3_place: str) -> str:
        return s3_place

    @pytest.fixture
    def put(self, s3_server: S3Server, place: str) -> Put:
        bucket, _, shop = place.removeprefix("s3://").partition("/")
        client = raw_client(s3_server.access())
        return lambda name, data: client.put_object(Bucket=bucket, Key=f"{shop}/{name}", Body=data)

    @pytest.fixture
    def store(self, s3_server: S3Server) -> SourceStore:
        return S3SourceStore(shared_objects(s3_server.access()))

    def test_a_bucket_that_is_not_there_is_named(self, store: SourceStore) -> None:
        with pytest.raises(SourceError, match="has no bucket 'no-such-bucket'"):
            store.find("s3://no-such-bucket/orders")

    def test_locations_are_as_spark_reads_them(self, store: SourceStore, place: str) -> None:
        (file,) = store.find(f"{place.replace('s3:', 'S3A:')}/nothing.csv")
        assert file.location == f"{place.replace('s3:', 's3a:')}/nothing.csv"


def test_a_store_that_does_not_answer_is_named() -> None:
    access = StoreAccess(f"http://{HOST}:{free_port()}", access_key="a", secret_key="b", attempts=1)
    with pytest.raises(ServiceError, match=r"listing s3://shop/orders.*did not answer"):
        S3SourceStore(S3Objects(access)).find("s3://shop/orders")


@pytest.mark.parametrize("place", ["s3:orders.csv", "s3://"])
def test_a_place_without_a_bucket_is_refused(place: str) -> None:
    with pytest.raises(SourceError, match="names no bucket"):
        S3SourceStore(S3Objects(StoreAccess())).find(place)


def test_a_file_of_another_machine_is_refused() -> None:
    with pytest.raises(SourceError, match="names the machine 'elsewhere'"):
        LocalSourceStore().find("file://elsewhere/orders.csv")


def test_an_unknown_scheme_is_refused_with_those_there_are() -> None:
    stores = SourceStores({None: LocalSourceStore, "s3": LocalSourceStore})
    with pytest.raises(SourceError, match=r"scheme 'ftp:'.*Use s3: or a path"):
        stores.expect(["ftp://host/orders.csv"])


def test_a_store_is_opened_when_a_place_in_it_is_looked_for() -> None:
    opened: list[str] = []

    def open_memory() -> SourceStore:
        opened.append("memory")
        return InMemorySourceStore({})

    stores = SourceStores({None: LocalSourceStore, "memory": open_memory})
    stores.expect(["memory:/a", "memory:/b"])
    assert (opened, stores.expected) == ([], {"memory"})
    stores.find("memory:/a")
    stores.find("memory:/b")
    assert opened == ["memory"]
