"""A lake on S3 behind a proxy that counts and fails."""

from collections.abc import Iterator

import pytest

from tests.contract.s3_lake import S3RawLake
from tests.servers.fault_proxy import FaultProxy
from tests.servers.s3 import S3Server


@pytest.fixture(scope="session")
def shared_proxy(s3_server: S3Server) -> Iterator[FaultProxy]:
    with FaultProxy(s3_server) as proxy:
        yield proxy


@pytest.fixture
def proxy(shared_proxy: FaultProxy) -> Iterator[FaultProxy]:
    """Counts from zero, and fails nothing yet."""
    shared_proxy.forget()
    yield shared_proxy
    shared_proxy.disarm()


@pytest.fixture
def raw(s3_server: S3Server) -> S3RawLake:
    """An empty lake, past the proxy."""
    return S3RawLake(s3_server.access())
