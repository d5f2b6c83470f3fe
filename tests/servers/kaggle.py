"""What kagglehub talks to, as a server on this machine: data sets by version, with the checksums that Kaggle sends.

Kaggle's client finds its server by a table in its own library; `serving` puts this server there.
"""

import base64
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from kagglesdk import kaggle_env

from tests.servers.process import HOST


@dataclass
class FakeKaggle:
    """The data sets of one owner's account.

    Args:
        files: by data set (`owner/name`), its versions from 1 on, each with the bytes of its files.
        key: what a caller must bring for private data sets; None where all are public.
        damaged: whether files arrive otherwise than their checksum says.
    """

    files: dict[str, list[dict[str, bytes]]] = field(default_factory=dict)
    key: tuple[str, str] | None = None
    damaged: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, request: str, asked: dict[str, Any], credentials: str | None) -> tuple[int, bytes]:
        """Status and body of one request of the library."""
        self.asked.append(request)
        if self.key is not None and credentials != "Basic " + base64.b64encode(":".join(self.key).encode()).decode():
            return 401 if credentials is None else 403, b"{}"
        versions = self.files.get(f"{asked['ownerSlug']}/{asked['datasetSlug']}")
        if versions is None:
            return 404, b"{}"
        if request == "GetDataset":
            return 200, json.dumps({"currentVersionNumber": len(versions)}).encode()
        files = versions[asked["datasetVersionNumber"] - 1]
        found = files.get(asked["fileName"]) if asked.get("fileName") else _zipped(files)
        return (404, b"{}") if found is None else (200, found)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """All files of a data set, as Kaggle sends them when none is named."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return told.getvalue()


@contextmanager
def serving(kaggle: FakeKaggle) -> Iterator[FakeKaggle]:
    """The server, where the library looks for Kaggle."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            request = self.path.rpartition("/")[2]
            status, body = kaggle.answer(request, asked, self.headers["Authorization"])
            is_file = status == 200 and request == "DownloadDataset"
            self.send_response(status)
            self.send_header("Content-Type", "text/csv" if is_file else "application/json")
            if is_file:
                digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
                self.send_header("x-goog-hash", f"md5={digest}")
                body = b"x" * len(body) if kaggle.damaged else body
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is written between the tests."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    table = cast(dict[object, str], kaggle_env._env_to_endpoint)
    before = table[kaggle_env.KaggleEnv.PROD]
    table[kaggle_env.KaggleEnv.PROD] = f"http://{HOST}:{server.server_address[1]}"
    try:
        yield kaggle
    finally:
        table[kaggle_env.KaggleEnv.PROD] = before
        server.shutdown()
        server.server_close()
