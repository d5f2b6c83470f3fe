"""From the URI of a table to the file system that holds it.

URIs are written as Hadoop writes them: `file:///a b/c`, without percent encoding, so that Spark and Arrow
mean the same file by the same text. A plain path is a local one.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pyarrow.fs as pafs

from domain.errors import ConfigurationError

# The file system of a URI and the path in it.
Locate: TypeAlias = Callable[[str], tuple[pafs.FileSystem, str]]

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):")  # two letters at least: `C:` is a drive
_DRIVE = re.compile(r"^/[A-Za-z]:/")


def locate_local(uri: str) -> tuple[pafs.FileSystem, str]:
    """The local file system and the path of a `file:` URI or a plain path.

    Raises ConfigurationError for any other scheme.
    """
    scheme = _SCHEME.match(uri)
    if scheme is None:
        return pafs.LocalFileSystem(), Path(uri).absolute().as_posix()
    if scheme[1].lower() != "file":
        raise ConfigurationError(
            f"The location '{uri}' is not on the local file system.", "Name a directory or a file: URI."
        )
    path = "/" + uri[len("file:") :].lstrip("/")
    return pafs.LocalFileSystem(), path[1:] if _DRIVE.match(path) else path
