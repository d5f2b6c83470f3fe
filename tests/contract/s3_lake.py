"""A lake on a real S3 server, seen with the SDK past the adapters."""

import secrets
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from adapters.s3.access import Place, S3Lake
from adapters.s3.objects import S3Objects
from adapters.s3.snapshot_store import S3SnapshotStore
from adapters.store_access import StoreAccess
from application.lake.layout import CHECKPOINTS, DATASETS, MODELS
from ports.snapshot_store import SnapshotStore
from tests.contract.raw_lake import RawLake

_PARTS = (DATASETS, MODELS, CHECKPOINTS)


@cache
def shared_objects(access: StoreAccess) -> S3Objects:
    """One client a process: making one takes longer than most tests."""
    return S3Objects(access)


@cache
def raw_client(access: StoreAccess) -> Any:
    """A client of the SDK, its buckets made."""
    session = boto3.session.Session(access.access_key, access.secret_key, region_name=access.region)
    config = Config(s3={"addressing_style": "path"}, max_pool_connections=64)
    client = session.client("s3", endpoint_url=access.endpoint, config=config)
    for bucket in {DATASETS, MODELS, CHECKPOINTS} - {found["Name"] for found in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=bucket)
    return client


@dataclass
class S3RawLake(RawLake):
    """A lake of its own name on a server that other tests use too; it can be sent to other processes."""

    access: StoreAccess
    name: str = field(default_factory=lambda: f"lake-{secrets.token_hex(8)}")

    def __post_init__(self) -> None:
        raw_client(self.access)

    @property
    def place(self) -> S3Lake:
        return S3Lake(self.name)

    def open(self) -> SnapshotStore:
        return S3SnapshotStore(shared_objects(self.access), self.place)

    def paths(self) -> list[str]:
        pages = raw_client(self.access).get_paginator("list_objects_v2")
        return sorted(
            f"{part}/{entry['Key'].removeprefix(f'{self.name}/')}"
            for part in _PARTS
            for page in pages.paginate(Bucket=part, Prefix=f"{self.name}/")
            for entry in page.get("Contents", ())
        )

    def read(self, path: str) -> bytes:
        return bytes(raw_client(self.access).get_object(**self._at(path))["Body"].read())

    def write(self, path: str, data: bytes) -> None:
        raw_client(self.access).put_object(**self._at(path), Body=data)

    def delete(self, path: str) -> None:
        raw_client(self.access).delete_object(**self._at(path))

    def moved(self) -> "S3RawLake":
        target = S3RawLake(self.access)
        for path in self.paths():
            target.write(path, self.read(path))
            self.delete(path)
        return target

    def _at(self, path: str) -> dict[str, str]:
        part, _, key = path.partition("/")
        place = Place(part, f"{self.name}/{key}")
        return {"Bucket": place.bucket, "Key": place.key}
