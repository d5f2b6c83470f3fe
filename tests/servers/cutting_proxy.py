"""A proxy in front of an HTTP server that breaks off connections when a test says so, or asks for a password."""

import asyncio
import base64
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.servers.process import HOST

_LENGTH = re.compile(rb"(?i)^content-length: *(\d+)", re.MULTILINE)
_EXPECT = re.compile(rb"(?i)^expect: *100-continue", re.MULTILINE)
_BASIC = re.compile(rb"(?i)\r\nauthorization: basic ([^\r]*)")
_PER_CONNECTION = re.compile(rb"(?i)\r\n(?:connection|expect): [^\r]*")
_WHO = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Cut:
    """Which request breaks off, and how.

    Args:
        of: tells the request by its line, such as `POST /api/2.0/mlflow/runs/create HTTP/1.1`.
        reaches: whether the server gets it, so that only the answer is lost.
        lasting: whether everything after it breaks off as well.
    """

    of: Callable[[str], bool]
    reaches: bool = False
    lasting: bool = True


@dataclass
class CuttingProxy:
    """Passes requests on, one a connection, until its cut.

    Args:
        upstream: port of the server behind it.
        cut: what breaks off; None for nothing.
        port: where it listens.
        seen: the first line of every request.
        moments: when each of them came.
        login: user and password, with a colon between, that it asks for; None lets everybody pass.
    """

    upstream: int
    cut: Cut | None = None
    port: int = 0
    seen: list[str] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    login: str | None = None
    _is_cut: bool = False

    @property
    def uri(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    @property
    def was_cut(self) -> bool:
        """Whether the request of the cut has come."""
        return self._is_cut

    def set(self, cut: Cut | None) -> None:
        """Heal, then wait for another request to cut."""
        self.cut, self._is_cut = cut, False

    async def serve(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await client.readuntil(b"\r\n\r\n")
            if _EXPECT.search(head):
                answer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            length = _LENGTH.search(head)
            body = await client.readexactly(int(length.group(1))) if length else b""
            await self._pass_on(head, body, answer)
        answer.close()

    async def _pass_on(self, head: bytes, body: bytes, answer: asyncio.StreamWriter) -> None:
        line = head.split(b"\r\n", 1)[0].decode()
        self.seen.append(line)
        self.moments.append(datetime.now(UTC))
        if self.cut is not None and self._is_cut and self.cut.lasting:
            return
        cut_here = self.cut is not None and not self._is_cut and self.cut.of(line)
        self._is_cut |= cut_here
        if self.cut is not None and cut_here and not self.cut.reaches:
            return
        if not self._lets_pass(head):
            answer.write(_WHO)
            await answer.drain()
            return
        reader, writer = await asyncio.open_connection(HOST, self.upstream)
        writer.write(_PER_CONNECTION.sub(b"", head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + body)
        answered = await reader.read(-1)
        writer.close()
        if not cut_here:
            answer.write(answered)
            await answer.drain()

    def _lets_pass(self, head: bytes) -> bool:
        if self.login is None:
            return True
        wanted = base64.b64encode(self.login.encode())
        return any(given == wanted for given in _BASIC.findall(head))


@contextmanager
def cutting_proxy(upstream: int, login: str | None = None) -> Iterator[CuttingProxy]:
    """A proxy in front of a port of this machine, in a thread of its own."""
    proxy, loop = CuttingProxy(upstream, login=login), asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(proxy.serve, HOST, 0))
    proxy.port = int(server.sockets[0].getsockname()[1])
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
