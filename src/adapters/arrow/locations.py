"""From the URI of a table to the file system that holds it.

URIs are written as Hadoop writes them: `file:///a b/c`, without percent encoding, so that Spark and Arrow
mean the same file by the same text. A plain path is a local one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import pyarrow.fs as pafs

from adapters.store_access import StoreAccess
from domain.errors import ConfigurationError
from domain.source.file_places import scheme_of

# The file system of a URI and the path in it.
Locate: TypeAlias = Callable[[str], tuple[pafs.FileSystem, str]]

_S3 = re.compile(r"^s3a?://", re.IGNORECASE)
_DRIVE = re.compile(r"^/[A-Za-z]:/")


def locate_local(uri: str) -> tuple[pafs.FileSystem, str]:
    """The local file system and the path of a `file:` URI or a plain path.

    Raises ConfigurationError for any other scheme.
    """
    scheme = scheme_of(uri)
    if scheme is None:
        return pafs.LocalFileSystem(), Path(uri).absolute().as_posix()
    if scheme != "file":
        raise ConfigurationError(
            f"The location '{uri}' is not on the local file system.", "Name a directory or a file: URI."
        )
    path = "/" + uri[len("file:") :].lstrip("/")
    return pafs.LocalFileSystem(), path[1:] if _DRIVE.match(path) else path


@dataclass(frozen=True)
class LocateWithS3:
    """As `locate_local`, and the paths of one S3-compatible store by their `s3a://` and `s3://` URIs.

    Args:
        access: how the store is reached.
    """

    access: StoreAccess

    def __call__(self, uri: str) -> tuple[pafs.FileSystem, str]:
        """The file system of a URI and the path in it."""
        on_s3 = _S3.match(uri)
        return locate_local(uri) if on_s3 is None else (self._filesystem, uri[on_s3.end() :].rstrip("/"))

    @cached_property
    def _filesystem(self) -> pafs.S3FileSystem:
        endpoint = urlsplit(self.access.endpoint or "https:")
        return pafs.S3FileSystem(
            access_key=self.access.access_key,
            secret_key=self.access.secret_key,
            session_token=self.access.session_token,
            region=self.access.region,
            scheme=endpoint.scheme,
            endpoint_override=endpoint.netloc or None,
            connect_timeout=self.access.connect_timeout_s,
            request_timeout=self.access.read_timeout_s,
            retry_strategy=pafs.AwsStandardS3RetryStrategy(max_attempts=self.access.attempts),
        )
