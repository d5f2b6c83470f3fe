"""What is said, and how soon, of an MLflow server that does not do its work."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.simple_server import make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest

from adapters.mlflow.connection import ENVIRONMENT, MlflowConnection
from adapters.mlflow.tracker import MlflowTracker
from domain.errors import ServiceError, UnreachableServiceError
from tests.servers.process import HOST, free_port

SECRET = "s3cr3t-w0rd"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):  # restored after a connection sets them
        monkeypatch.setenv(name, "nobody")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")


@contextmanager
def serving(application: WSGIApplication) -> Iterator[int]:
    """A web server with one application; its port."""
    with make_server(HOST, 0, application) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def always(status: int, body: bytes, kind: str = "application/json", **headers: str) -> WSGIApplication:
    """One answer to everything."""

    def application(_: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        given = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
        start(f"{status} Answer", [(name.replace("_", "-"), value) for name, value in given.items()])
        return [body]

    return application


def said_of(address: str) -> UnreachableServiceError:
    tracker = MlflowTracker(MlflowConnection(address))
    with pytest.raises(UnreachableServiceError) as caught:
        tracker.find("a-run")
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "expected"),
    [
        (500, b"{}", "application/json", "it, or the artifact store behind it, answers HTTP 500"),
        (503, b"busy", "text/plain", "it, or the artifact store behind it, answers HTTP 503"),
        (401, b"You are not authenticated.", "text/html", "it refuses these credentials (HTTP 401)"),
        (403, b'{"error_code": "PERMISSION_DENIED", "message": "no"}', "application/json", "(HTTP 403)"),
        (403, b"Invalid Host header - possible DNS rebinding attack detected", "text/plain", "under this host name"),
        (404, b"<h1>Not found</h1>", "text/html", "what answers there is no MLflow server (HTTP 404)"),
        (404, b'{"detail": "Not Found"}', "application/json", "what answers there is no MLflow server"),
        (200, b"<h1>Welcome</h1>", "text/html", "what answers there is no MLflow server"),
        (200, b"{}", "application/json", "is no MLflow server: it knows no experiments"),
        (200, b"", "text/plain", "is no MLflow server: it knows no experiments"),
    ],
)
def test_an_answer_that_is_no_use_is_one_sentence(status: int, body: bytes, kind: str, expected: str) -> None:
    with serving(always(status, body, kind)) as port:
        error = said_of(f"http://{HOST}:{port}")
    assert expected in error.problem
    assert "the next run records this one" in error.remedy
    assert ("MLFLOW_TRACKING_USERNAME" in error.remedy) == ("credentials" in error.problem)


def test_a_server_that_asks_for_hours_of_patience_is_not_waited_for() -> None:
    with serving(always(503, b"", Retry_After="7200")) as port:
        assert "HTTP 503" in said_of(f"http://{HOST}:{port}").problem


def test_nobody_listening_is_said() -> None:
    assert "nothing listens there" in said_of(f"http://{HOST}:{free_port()}").problem


def test_a_name_that_no_machine_has_is_said() -> None:
    assert "no machine of that name is known" in said_of("http://no-such-host.invalid:5000").problem


def test_a_server_that_accepts_and_stays_silent_is_given_up() -> None:
    with socket.create_server((HOST, 0), backlog=16) as silent:
        assert "it does not answer" in said_of(f"http://{HOST}:{silent.getsockname()[1]}").problem


def test_the_longest_wait_is_under_half_a_minute() -> None:
    tries = 1 + int(ENVIRONMENT["MLFLOW_HTTP_REQUEST_MAX_RETRIES"])
    assert tries * int(ENVIRONMENT["MLFLOW_HTTP_REQUEST_TIMEOUT"]) < 30


@pytest.mark.parametrize(
    "address",
    [
        f"http://alice:{SECRET}@{HOST}:{{port}}",
        # MLflow tries a database for a minute and more.
        pytest.param(f"postgresql://alice:{SECRET}@{HOST}:{{port}}/mlflow", marks=pytest.mark.thorough),
        f"mysql+pymysql://alice:{SECRET}@{HOST}:{{port}}/mlflow",
    ],
)
def test_credentials_of_the_address_are_never_said(address: str) -> None:
    tracker = MlflowTracker(MlflowConnection(address.format(port=free_port())))
    with pytest.raises(ServiceError) as caught:
        tracker.find("a-run")
    assert SECRET not in str(caught.value)
    assert HOST in caught.value.problem


def test_credentials_of_the_address_reach_the_server() -> None:
    seen: list[str] = []

    def application(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        seen.append(environment.get("HTTP_AUTHORIZATION", ""))
        return always(401, b"no")(environment, start)

    with serving(application) as port:
        said_of(f"http://alice:p%40ss@{HOST}:{port}")
    assert seen == ["Basic YWxpY2U6cEBzcw=="]
