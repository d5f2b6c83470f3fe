"""A real S3 server for tests: MinIO where its program is found, else moto's server, which is its own process too.

MinIO is looked for in the variable MINIO_BINARY, on the PATH, and where `scripts/install-minio.sh` puts it.
"""

import os
import secrets
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

from adapters.store_access import StoreAccess
from tests.servers.process import HOST, free_port, running, wait_until

_INSTALLED = Path(__file__).parents[2] / ".cache" / "bin" / "minio"


def minio_program() -> str | None:
    """MinIO's program, if there is one."""
    named = os.environ.get("MINIO_BINARY")
    return named or shutil.which("minio") or (str(_INSTALLED) if _INSTALLED.is_file() else None)


class S3Server:
    """One server with credentials and data of its own, running while it is entered.

    Attributes:
        kind: "MinIO" or "moto"; moto takes any credentials.
        endpoint: its URL.
        log: what it printed; there only while it runs.
    """

    def __init__(self) -> None:
        self._program = minio_program()
        self._port = free_port()
        self._entered = ExitStack()
        self.kind = "moto" if self._program is None else "MinIO"
        self.endpoint = f"http://{HOST}:{self._port}"
        self.access_key = f"test-{secrets.token_hex(6)}"
        self.secret_key = secrets.token_hex(20)
        self.log = Path(os.devnull)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find the server."""
        return {
            "MINIO_ENDPOINT": self.endpoint,
            "MINIO_ACCESS_KEY": self.access_key,
            "MINIO_SECRET_KEY": self.secret_key,
        }

    def access(self, **changes: Any) -> StoreAccess:
        """How an adapter reaches the server; changes are fields of the result, such as a proxy's endpoint."""
        access = StoreAccess(endpoint=self.endpoint, access_key=self.access_key, secret_key=self.secret_key)
        return replace(access, **changes)

    def client(self) -> Any:
        """A client of the SDK, past the adapters."""
        session = boto3.session.Session(self.access_key, self.secret_key, region_name="us-east-1")
        config = Config(s3={"addressing_style": "path"}, max_pool_connections=64)
        return session.client("s3", endpoint_url=self.endpoint, config=config)

    def __enter__(self) -> Self:
        directory = Path(self._entered.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        self.log = directory / "log"
        process = self._entered.enter_context(running(self._command(directory), self.log, self._settings()))

        def ready() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"{self.kind} ended: {self.log.read_text('utf-8')[-2000:]}")
            return _answers(self.endpoint + self._health)

        try:
            wait_until(ready, f"{self.kind} at {self.endpoint}")
        except BaseException:
            self._entered.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._entered.close()

    @property
    def _health(self) -> str:
        return "/moto-api/" if self._program is None else "/minio/health/ready"

    def _command(self, directory: Path) -> list[str]:
        if self._program is None:
            return [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self._port)]
        data, certificates = str(directory / "data"), str(directory / "certificates")
        return [
            self._program, "server", data, "--address", f"{HOST}:{self._port}", "--certs-dir", certificates, "--quiet",
        ]  # fmt: skip

    def _settings(self) -> dict[str, str]:
        if self._program is None:
            return {}
        return {
            "MINIO_ROOT_USER": self.access_key,
            "MINIO_ROOT_PASSWORD": self.secret_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        }


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
