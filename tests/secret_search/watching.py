"""The places that pass: the arguments of processes, and Spark's web UI, which ends with the run."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from urllib.request import urlopen

import psutil

from tests.secret_search.search import Piece
from tests.servers.process import HOST

_LINK = re.compile(rb"""(?:href|action)=["']([^"'#]+)""")
# Pages are told apart by these; the others sort and fold tables.
_TELLING = frozenset({"id", "attempt", "executorId"})
_REST = ("environment", "jobs", "stages", "executors", "storage/rdd", "sql?details=true&length=1000")
_LEFT_OUT = ("/static/", "/kill", "/heapHistogram")


class Watch(AbstractContextManager["Watch"]):
    """Calls something again and again, in a thread, while it is entered; and once more on leaving.

    Args:
        look: what is called.
        pause_s: seconds between two calls.
    """

    def __init__(self, look: Callable[[], None], pause_s: float) -> None:
        self._look = look
        self._pause_s = pause_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._mistake: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._mistake is not None:
            raise self._mistake

    def _watch(self) -> None:
        try:
            while not self._over.wait(self._pause_s):
                self._look()
            self._look()
        except BaseException as mistake:  # noqa: BLE001 (raised where the watch was entered)
            self._mistake = mistake


class ProcessList:
    """The arguments of all processes of this machine, as anybody who may list them sees them."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, ...]] = set()

    def look(self) -> None:
        """Note the arguments of those that run now."""
        for process in psutil.process_iter(["cmdline"]):
            self.seen.add(tuple(process.info["cmdline"] or ()))

    def pieces(self, place: str) -> Iterator[Piece]:
        """What was noted."""
        for arguments in sorted(self.seen):
            yield Piece(place, " ".join(arguments)[:80], "\n".join(arguments).encode(errors="surrogateescape"))


class SparkPages:
    """The pages of Spark's web UI and the answers of its REST API.

    Args:
        port: where the UI is while a session runs.

    Attributes:
        seen: what was read, with its address, each once.
    """

    def __init__(self, port: int) -> None:
        self.port = str(port)
        self._root = f"http://{HOST}:{port}"
        self.seen: dict[tuple[str, bytes], None] = {}
        self._read: set[str] = set()

    @property
    def paths(self) -> set[str]:
        """Paths of what was read, without queries."""
        return {urlsplit(url).path for url, _ in self.seen}

    def look(self) -> None:
        """Read the UI, if it is there: what may have changed again, and every page that is linked and new."""
        try:
            self._crawl()
        except (URLError, OSError):
            return  # there is none yet, or none any more

    def pieces(self, place: str) -> Iterator[Piece]:
        """What was read."""
        for url, data in self.seen:
            yield Piece(place, url, data)

    def _crawl(self) -> None:
        pending = [f"{self._root}/jobs/", f"{self._root}/environment/", *self._rest()]
        fresh = set(pending)
        while pending:
            url = pending.pop()
            for link in _links(url, self._get(url)):
                if link.startswith(self._root) and link not in fresh | self._read:
                    fresh.add(link)
                    pending.append(link)
            self._read.add(url)

    def _rest(self) -> Iterator[str]:
        api = f"{self._root}/api/v1/applications"
        found = re.search(rb'"id"\s*:\s*"([^"]+)"', self._get(api))
        if found is not None:
            yield from (f"{api}/{found[1].decode()}/{part}" for part in _REST)

    def _get(self, url: str) -> bytes:
        try:
            with urlopen(url, timeout=10) as answer:
                data: bytes = answer.read()
        except HTTPError as error:  # a page of something that was cleared meanwhile
            data = error.read()
        self.seen[url, data] = None
        return data


def _links(url: str, page: bytes) -> Iterator[str]:
    for found in _LINK.finditer(page):
        parts = urlsplit(urljoin(url, found[1].decode(errors="replace").replace("&amp;", "&")))
        query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name in _TELLING])
        if not any(part in parts.path for part in _LEFT_OUT):
            yield parts._replace(query=query, fragment="").geturl()
