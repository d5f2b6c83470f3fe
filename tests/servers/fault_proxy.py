"""A proxy in front of an S3 server that counts what it passes on, and fails as networks and stores do when told to.

Clients sign the proxy's own address: the Host header is passed on as it came, so the signatures stay valid.
"""

import http.client
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from tests.servers.process import HOST
from tests.servers.s3 import S3Server
from tests.servers.s3_request import Request, every, read_request

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}
_SLOW_DOWN = (
    b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)


class Fault(StrEnum):
    """What happens to a request instead of an answer."""

    RESET = "the connection is reset before the request is passed on"
    SLOW_DOWN = "503 SlowDown"
    LOSE_ANSWER = "the request is carried out, then the connection is reset"
    BREAK_OFF = "the connection is reset in the middle of the answer"
    SILENCE = "no answer ever comes"
    REFUSE = "403 SignatureDoesNotMatch, with what was signed, as AWS answers"
    CONFLICT = "409 ConditionalRequestConflict: another conditional write is under way"


@dataclass
class _Armed:
    fault: Fault
    matching: Callable[[Request], bool]
    left: int | None
    meanwhile: Callable[[], object]


class FaultProxy:
    """Passes requests on while it is entered.

    Args:
        server: the S3 server behind it.
    """

    def __init__(self, server: S3Server) -> None:
        self._upstream = urlsplit(server.endpoint).netloc
        self._raw = server.client()
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._open: set[socket.socket] = set()
        self._ignoring_conditions = False
        self.requests: list[Request] = []
        self.refused: list[Request] = []
        self._listener = self._listen(0)
        self._port = int(self._listener.server_address[1])
        self.endpoint = f"http://{HOST}:{self._port}"

    @property
    def counts(self) -> Counter[str]:
        """How many requests of each kind came."""
        with self._lock:
            return Counter(request.kind for request in self.requests)

    def forget(self) -> None:
        """Count from zero."""
        with self._lock:
            self.requests.clear()

    def arm(
        self,
        fault: Fault,
        matching: Callable[[Request], bool] = every,
        times: int | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """Fail requests from now on.

        Args:
            fault: how.
            matching: which.
            times: how many of them; all until `disarm` when None.
            meanwhile: called whenever one fails, before the client learns of it.
        """
        with self._lock:
            self._armed.append(_Armed(fault, matching, times, meanwhile))

    @property
    def armed(self) -> int:
        """How many faults have requests left to meet."""
        with self._lock:
            return sum(armed.left != 0 for armed in self._armed)

    def disarm(self) -> None:
        """Fail no further request."""
        with self._lock:
            self._armed.clear()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse connections, and end those there are, as a store that is not running."""
        self._close()
        try:
            yield
        finally:
            self._listener = self._listen(self._port)

    @contextmanager
    def ignoring_conditions(self) -> Iterator[None]:
        """Carry out conditional writes whatever is there, as old stores do."""
        self._ignoring_conditions = True
        try:
            yield
        finally:
            self._ignoring_conditions = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _listen(self, port: int) -> ThreadingHTTPServer:
        proxy = self

        class Handler(_Handler):
            @property
            def proxy(self) -> FaultProxy:
                return proxy

        class Listener(ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Print a mistake of the proxy's own; that a client left is none."""
                if not isinstance(sys.exception(), OSError):
                    super().handle_error(request, client_address)

        listener = Listener((HOST, port), Handler)
        threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return listener

    def _close(self) -> None:
        self._listener.shutdown()
        self._listener.server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def met(self, request: Request) -> Fault | None:
        """Note a request; the fault it is to meet."""
        with self._lock:
            self.requests.append(request)
            armed = next((armed for armed in self._armed if armed.left != 0 and armed.matching(request)), None)
            if armed is not None and armed.left is not None:
                armed.left -= 1
        if armed is None:
            return None
        if armed.fault is Fault.REFUSE:
            self.refused.append(request)
        armed.meanwhile()
        return armed.fault

    def answer(self, handler: "_Handler", request: Request, body: bytes) -> "_Answer":
        """Have the server behind carry a request out."""
        if request.conditional and self._ignoring_conditions:
            put = self._raw.put_object(Bucket=request.bucket, Key=request.key, Body=body)
            return _Answer(200, [("ETag", put["ETag"])], b"")
        return handler.forward(self._upstream, body)

    def opened(self, connection: socket.socket, *, is_open: bool) -> None:
        """Note that a client's connection began or ended."""
        with self._lock:
            (self._open.add if is_open else self._open.discard)(connection)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def _refusal(status: int, code: str, signed: str = "") -> _Answer:
    said = f"<Code>{code}</Code><CanonicalRequest>{signed}</CanonicalRequest>"
    return _Answer(status, [], f"<?xml version='1.0'?><Error>{said}</Error>".encode())


_ANSWERS = {
    Fault.SLOW_DOWN: _refusal(503, "SlowDown"),
    Fault.CONFLICT: _refusal(409, "ConditionalRequestConflict"),
}


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client, with one of its own to the server behind."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    _behind: http.client.HTTPConnection | None = None

    @property
    def proxy(self) -> FaultProxy:
        """The proxy it belongs to."""
        raise NotImplementedError

    def setup(self) -> None:
        super().setup()
        self.proxy.opened(self.connection, is_open=True)

    def finish(self) -> None:
        self.proxy.opened(self.connection, is_open=False)
        if self._behind is not None:
            self._behind.close()
        with suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name it is called by)
        """Say nothing."""

    def _handle(self) -> None:
        body = self._body()
        conditional, agent = "If-None-Match" in self.headers, self.headers.get("User-Agent", "")
        request = read_request(self.command, self.path, conditional=conditional, agent=agent)
        fault = self.proxy.met(request)
        if fault is Fault.SILENCE:
            self.connection.recv(1)  # until the client gives up
        if fault in {Fault.RESET, Fault.SILENCE}:
            self._reset()
            return
        answer = self._answer_to(fault, request, body)
        if fault is Fault.LOSE_ANSWER:
            self._reset()
        else:
            self._send(answer, break_off=fault is Fault.BREAK_OFF)

    def _answer_to(self, fault: Fault | None, request: Request, body: bytes) -> _Answer:
        if fault is Fault.REFUSE:
            return _refusal(403, "SignatureDoesNotMatch", self.headers.get("Authorization", ""))
        return _ANSWERS[fault] if fault in _ANSWERS else self.proxy.answer(self, request, body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _handle  # noqa: N815 (called by these names)

    def forward(self, upstream: str, body: bytes) -> _Answer:
        """Ask the server behind."""
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP]
        self._behind = self._behind or http.client.HTTPConnection(upstream, timeout=60)
        self._behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self._behind.putheader(name, value)
        self._behind.endheaders(body)
        got = self._behind.getresponse()
        kept = [(name, value) for name, value in got.getheaders() if name.lower() not in _HOP_BY_HOP]
        if self.command == "HEAD":
            kept.append(("Content-Length", got.getheader("Content-Length", "0")))
        return _Answer(got.status, kept, got.read())

    def _send(self, answer: _Answer, *, break_off: bool) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if break_off:
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self._reset()
        elif self.command != "HEAD":
            self.wfile.write(answer.body)

    def _reset(self) -> None:
        """End the connection so that the other side gets "connection reset by peer"."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue
        return b"".join(parts)
