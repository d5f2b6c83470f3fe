"""The files of sources on HDFS, seen through the Hadoop client that Spark brings.

Where they are, who may read them and how they are reached is Hadoop's own configuration (HADOOP_CONF_DIR, or properties
`spark.hadoop.*`). Listing needs a JVM, so the session is started for it, even on a night on which nothing changed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.sql import SparkSession

from domain.errors import ReturncastError, ServiceError, SourceError
from domain.source.file_places import chosen, is_pattern, literal_part
from ports.source_store import SourceStore, StoredFile

_ROOT = re.compile(r"(?i:hdfs)://[^/]*")
# Hadoop's defaults wait for up to a quarter of an hour for a host that does not answer.
_PATIENCE = {
    "ipc.client.connect.timeout": "5000",
    "ipc.client.connect.max.retries.on.timeouts": "3",
    "ipc.client.connect.max.retries": "3",
}
_REFUSED = ("AccessControlException", "AuthorizationException", "SaslException", "AuthenticationException")
_ABSENT = ("FileNotFoundException",)
_SILENT = ("ConnectException", "ConnectTimeoutException", "UnknownHostException", "NoRouteToHostException",
    "SocketTimeoutException", "EOFException")  # fmt: skip


class HadoopSourceStore(SourceStore):
    """Reads files of HDFS, told apart by length and by HDFS' own checksum, which its data nodes keep.

    That checksum is a digest of the sums of all chunks: it follows from the bytes and from the block size that
    they were written with.

    Args:
        session: gives the session, started on first need.
    """

    def __init__(self, session: Callable[[], SparkSession]) -> None:
        self._session = session

    def find(self, place: str) -> Sequence[StoredFile]:
        """As the port says; locations are `hdfs://` as the place is."""
        with _explained(place):
            root = _root_of(place)
            files = self._system(place)
            found = {f"{root}{status.getPath().toUri().getPath()}": status for status in self._below(files, place)}
            return [self._stored(files, location, found[location]) for location in chosen(place, found)]

    def first_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._bytes(location, lambda size: (0, min(size, count)))

    def last_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._bytes(location, lambda size: (max(0, size - count), min(size, count)))

    def _below(self, files: Any, place: str) -> Iterator[Any]:
        base = self._path(f"{literal_part(place).rpartition('/')[0]}/" if is_pattern(place) else place)
        if not files.exists(base):
            return
        listing = files.listFiles(base, True)
        while listing.hasNext():
            yield listing.next()

    def _stored(self, files: Any, location: str, status: Any) -> StoredFile:
        size = int(status.getLen())
        checksum = files.getFileChecksum(status.getPath())
        digest = "none" if checksum is None else checksum.toString()
        return StoredFile(location, size, f"{digest}:{size}")

    def _bytes(self, location: str, span: Callable[[int], tuple[int, int]]) -> bytes:
        with _explained(location):
            files, path = self._system(location), self._path(location)
            start, count = span(int(files.getFileStatus(path).getLen()))
            stream = files.open(path)
            try:
                stream.seek(start)
                return bytes(self._jvm.org.apache.commons.io.IOUtils.toByteArray(stream, count))
            finally:
                stream.close()

    def _system(self, place: str) -> Any:
        configuration = self._context.hadoopConfiguration()
        for name, value in _PATIENCE.items():
            if _is_default(configuration, name):
                configuration.set(name, value)
        return self._path(place).getFileSystem(configuration)

    def _path(self, place: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(place)

    @property
    def _context(self) -> Any:
        return self._session().sparkContext._jsc  # noqa: SLF001 (there is no public way to Hadoop's files)

    @property
    def _jvm(self) -> Any:
        return self._session().sparkContext._jvm  # noqa: SLF001 (as above)


def _is_default(configuration: Any, name: str) -> bool:
    """Whether nobody has set a property: Hadoop's own defaults are files that come with it, `core-default.xml`."""
    sources = configuration.getPropertySources(name)
    return sources is None or all(str(source).endswith("-default.xml") for source in sources)


def _root_of(place: str) -> str:
    found = _ROOT.match(place)
    if found is None:
        raise SourceError(f"The place '{place}' names no directory of HDFS.", "Write hdfs://host:port/path.")
    return found.group()


@contextmanager
def _explained(place: str) -> Iterator[None]:
    """Turn what Hadoop raises into one sentence that names the place."""
    try:
        yield
    except Py4JJavaError as error:
        raise _known(place, str(error.java_exception)) from error
    except Py4JError as error:
        raise ServiceError(
            f"While reading '{place}' Spark's JVM ended ({type(error).__name__}).", "Run again."
        ) from error


def _known(place: str, said: str) -> ReturncastError:
    """The error of ours for what a Java exception says: its class, and its words."""
    first = said.splitlines()[0][:240]
    if any(name in said for name in _ABSENT):
        return SourceError(f"The file '{place}' is gone.", "Bring it back, or correct the mapping's paths.")
    if any(name in said for name in _REFUSED):
        return ServiceError(
            f"HDFS refuses '{place}': {first}.",
            "Ask for the right to read it, or run as a user who has it (HADOOP_USER_NAME, or kinit with Kerberos).",
        )
    if any(name in said for name in _SILENT):
        return ServiceError(
            f"The HDFS of '{place}' does not answer: {first}.",
            "Correct host and port, or start it; names of clusters need Hadoop's configuration (HADOOP_CONF_DIR).",
        )
    return ServiceError(
        f"HDFS did not give '{place}': {first}.",
        "Write hdfs://host:port/path, or set HADOOP_CONF_DIR to the configuration of the cluster.",
    )
