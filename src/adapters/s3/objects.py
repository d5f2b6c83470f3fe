"""The few requests of the S3 protocol that a lake needs, with bounded waits and errors that name the place.

The SDK repeats what fails in passing, with growing pauses (its "standard" mode). Repeated here is only what it leaves:
a conditional write that met another one under way, and an answer that broke off after it had begun.
"""

import hashlib
import mimetypes
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError
from urllib3.exceptions import ProtocolError

from adapters.s3.access import Place
from adapters.s3.failures import ABSENT, LOST_RACE, code_of, explained
from adapters.store_access import StoreAccess

_CHUNK_BYTES = 1 << 20
_CONFLICT = "ConditionalRequestConflict"
# The last where what broke off is the answer that there is no such object, which the SDK reads for us.
_BROKE_OFF = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError, ProtocolError)
_OWN_BUCKET = frozenset({"BucketAlreadyOwnedByYou", "OperationAborted"})  # the second: another process makes it now


@dataclass(frozen=True)
class StoredObject:
    """One object of a listing: its key, its size in bytes, the store's mark of its content, when it was written."""

    key: str
    size: int
    etag: str
    modified: datetime


class S3Objects:
    """Objects of one store, by bucket and key. Threads may share it; a forked process makes a client of its own.

    Every method raises ServiceError when the store does not do as asked.

    Args:
        access: how the store is reached.
    """

    def __init__(self, access: StoreAccess) -> None:
        self.access = access
        self._clients: dict[int, Any] = {}
        self._lock = threading.Lock()

    def get(self, place: Place, span: str | None = None) -> bytes | None:
        """The bytes of an object, or None; of a span only where one is named, as HTTP's header Range writes it."""
        return self._read(place, lambda body: bytes(body.read()), span)

    def has(self, place: Place) -> bool:
        """Whether there is an object."""
        with explained(self.access, "looking for", place):
            try:
                self._client.head_object(Bucket=place.bucket, Key=place.key)
            except ClientError as error:
                if code_of(error) in ABSENT:
                    return False
                raise
        return True

    def fingerprint(self, place: Place) -> tuple[int, str] | None:
        """Size and SHA-256 of an object, read in bounded memory, or None when there is none."""
        return self._read(place, _size_and_sha256)

    def put(self, place: Place, data: bytes) -> None:
        """Write an object whole, in the place of the one that may be there."""
        with explained(self.access, "writing", place):
            kind = mimetypes.guess_type(place.key)[0] or "binary/octet-stream"  # so that a browser shows a page
            self._client.put_object(Bucket=place.bucket, Key=place.key, Body=data, ContentType=kind)

    def put_if_absent(self, place: Place, data: bytes) -> bool:
        """Write an object unless there is one; False when there was one.

        That one may be our own: when the answer to the first try is lost, the SDK tries again. So read what stands.
        """
        for pause in _pauses(self.access.attempts):
            with explained(self.access, "writing", place):
                try:
                    self._client.put_object(Bucket=place.bucket, Key=place.key, Body=data, IfNoneMatch="*")
                except ClientError as error:
                    if code_of(error) in LOST_RACE:
                        return False
                    if code_of(error) != _CONFLICT or pause is None:
                        raise
                    time.sleep(pause)
                else:
                    return True
        raise AssertionError("the last try returns or raises")

    def upload(self, place: Place, file: Path) -> None:
        """Write an object from a local file, a large one in several parts that appear together."""
        with explained(self.access, "writing", place):
            self._client.upload_file(str(file), place.bucket, place.key)

    def delete(self, place: Place) -> None:
        """Delete an object, if there is one."""
        with explained(self.access, "deleting", place):
            self._client.delete_object(Bucket=place.bucket, Key=place.key)

    def below(self, prefix: Place) -> Iterator[StoredObject]:
        """Every object whose key begins with a prefix, in the order of keys, without the markers of directories."""
        for page in self._pages(prefix):
            for entry in page.get("Contents", ()):
                if entry["Size"] or not entry["Key"].endswith("/"):
                    yield StoredObject(
                        entry["Key"], entry["Size"], entry.get("ETag", "").strip('"'), entry["LastModified"]
                    )

    def directories(self, prefix: Place) -> list[str]:
        """Names of the "directories" right below a prefix that ends with a slash."""
        found = (entry["Prefix"] for page in self._pages(prefix, "/") for entry in page.get("CommonPrefixes", ()))
        return [key.removeprefix(prefix.key).rstrip("/") for key in found]

    def has_bucket(self, bucket: str) -> bool:
        """Whether a bucket is there."""
        with explained(self.access, "looking for", Place(bucket, "")):
            try:
                self._client.head_bucket(Bucket=bucket)
            except ClientError as error:
                if code_of(error) in {"404", "NoSuchBucket", "NotFound"}:
                    return False
                raise
        return True

    def make_bucket(self, bucket: str) -> None:
        """Make a bucket, unless another process just does."""
        region = self.access.region
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        with explained(self.access, "making the bucket", Place(bucket, "")):
            try:
                self._client.create_bucket(Bucket=bucket, **place)
            except ClientError as error:
                if code_of(error) not in _OWN_BUCKET:
                    raise

    def _read[T](self, place: Place, consume: Callable[[Any], T], span: str | None = None) -> T | None:
        for pause in _pauses(self.access.attempts):
            begun = False
            with explained(self.access, "reading", place):
                try:
                    body = self._body(place, span)
                    begun = True
                    return None if body is None else consume(body)
                except _BROKE_OFF as error:
                    # Where no answer began in time, the SDK has asked again as often as it may.
                    if pause is None or (isinstance(error, ReadTimeoutError) and not begun):
                        raise
                    time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _body(self, place: Place, span: str | None) -> Any:
        """The stream of an object's bytes, or None."""
        asked = {"Bucket": place.bucket, "Key": place.key, **({"Range": span} if span else {})}
        try:
            return self._client.get_object(**asked)["Body"]
        except ClientError as error:
            if code_of(error) in ABSENT:
                return None
            raise

    def _pages(self, prefix: Place, delimiter: str = "") -> Iterator[dict[str, Any]]:
        asked = {"Bucket": prefix.bucket, "Prefix": prefix.key, **({"Delimiter": delimiter} if delimiter else {})}
        with explained(self.access, "listing", prefix):
            yield from self._client.get_paginator("list_objects_v2").paginate(**asked)

    @property
    def _client(self) -> Any:
        """This process's client: neither its connections nor its locks survive a fork."""
        client = self._clients.get(os.getpid())
        if client is None:
            with self._lock:
                client = self._clients.setdefault(os.getpid(), self._clients.get(os.getpid()) or _connect(self.access))
        return client


def _connect(access: StoreAccess) -> Any:
    # A session of its own: boto3's default one is not made for several threads.
    session = boto3.session.Session(
        aws_access_key_id=access.access_key or None,
        aws_secret_access_key=access.secret_key or None,
        aws_session_token=access.session_token or None,
        region_name=access.region,
    )
    config = Config(
        signature_version="s3v4",
        connect_timeout=access.connect_timeout_s,
        read_timeout=access.read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": access.attempts},
        s3={"addressing_style": "path" if access.endpoint else "auto"},
        # The signature covers the content already, and not every store takes the checksums of newer SDKs.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        max_pool_connections=32,
    )
    return session.client("s3", endpoint_url=access.endpoint, config=config)


def _pauses(attempts: int) -> Iterator[float | None]:
    """Seconds to wait after each failed try; None after the last."""
    for number in range(attempts - 1):
        yield random.uniform(0.5, 1) * min(0.1 * 2**number, 5)  # noqa: S311 (no secret: it spreads the tries)
    yield None


def _size_and_sha256(body: Any) -> tuple[int, str]:
    sha, size = hashlib.sha256(), 0
    for chunk in body.iter_chunks(_CHUNK_BYTES):
        sha.update(chunk)
        size += len(chunk)
    return size, sha.hexdigest()
