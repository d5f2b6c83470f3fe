"""A link beside a task is for show: whatever answers in MLflow's place, there is none and the task goes on."""

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import luigi
import pytest

from adapters.mlflow.links import authorization, experiment_at, run_link
from luigi_tasks.progress import LuigiProgress
from ports.experiment_tracker import EXPERIMENT, KEY_TAG
from tests.servers.process import HOST

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x28"  # a fatal handshake failure: what a TLS port says to plain HTTP


def body(text: bytes, length: int | None = None) -> bytes:
    """An HTTP answer; one whose length is said to be another breaks off."""
    return HEAD + str(len(text) if length is None else length).encode() + b"\r\n\r\n" + text


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """The address of a server that says the same to the first who asks, whatever the question, and hangs up."""

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            asked = b""
            while b"\r\n\r\n" not in asked and (part := connection.recv(4096)):
                asked += part
            connection.sendall(answer)

    with socket.create_server((HOST, 0)) as listening:
        listening.settimeout(10)
        server = threading.Thread(target=serve)
        server.start()
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}"
        finally:
            server.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers are of this machine."""
    monkeypatch.setenv("NO_PROXY", HOST)


@pytest.mark.parametrize(
    "answer",
    [TLS_ALERT, b"", body(b"[]"), body(b"7"), body(b"{}"), body(b"<html>"), body(b'{"experiment"', length=400)],
    ids=["TLS alert", "nothing", "list", "number", "nothing known", "page", "broken off"],
)
def test_what_is_no_experiment_gives_no_link(answer: bytes) -> None:
    with answering(answer) as address:
        assert experiment_at(address) is None


def test_the_experiment_is_known_by_its_id() -> None:
    with answering(body(b'{"experiment": {"experiment_id": "7", "name": "%s"}}' % EXPERIMENT.encode())) as address:
        assert experiment_at(address) == "7"


def test_a_run_is_looked_for_by_the_key_of_its_fit_without_showing_a_password() -> None:
    with answering(body(b'{"experiment": {"experiment_id": "7"}}')) as address:
        shown = run_link(address.replace("://", "://me:secret@"), "abc")
    assert shown == f"{address}/#/experiments/7/runs?searchFilter=tags.%60{KEY_TAG}%60%20%3D%20%27abc%27"
    assert run_link("sqlite:///mlflow.db", "abc") is None


@pytest.mark.parametrize(
    ("address", "environment", "sent"),
    [
        ("https://me:p%40ss%2F1@host", {}, "me:p@ss/1"),
        ("https://m%C3%A9:pass@host", {"MLFLOW_TRACKING_USERNAME": "other"}, "mé:pass"),
        ("https://me@host", {"MLFLOW_TRACKING_PASSWORD": "p@ss"}, "me:p@ss"),
        ("https://host", {"MLFLOW_TRACKING_USERNAME": "me", "MLFLOW_TRACKING_PASSWORD": "pass"}, "me:pass"),
        ("https://me:pass@host", {"MLFLOW_TRACKING_TOKEN": "token"}, "me:pass"),
    ],
)
def test_the_server_is_asked_with_the_user_that_mlflow_would_name(
    address: str, environment: dict[str, str], sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, text = sent_to(address, environment, monkeypatch)["Authorization"].split()
    assert (kind, base64.b64decode(text).decode()) == ("Basic", sent)


def test_a_token_is_sent_where_no_user_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = sent_to("https://host", {"MLFLOW_TRACKING_TOKEN": "token"}, monkeypatch)
    assert sent == {"Authorization": "Bearer token"}
    assert sent_to("https://host", {}, monkeypatch) == {}


def sent_to(address: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return authorization(address)


class Plain(luigi.Task):
    """A task outside a worker, whose messages and links are kept."""


def test_a_link_that_cannot_be_found_does_not_stop_the_message() -> None:
    said: list[str] = []
    shown: list[str] = []
    task = Plain()
    task.set_status_message, task.set_tracking_url = said.append, shown.append

    def lost() -> str | None:
        raise RuntimeError("nobody foresaw this")

    LuigiProgress(task, lost).report("Half of it is done", 0.5)
    assert (said, shown) == (["Half of it is done"], [])
    LuigiProgress(task, lambda: "file:///lake").report("All of it is done", 1.0)
    assert shown == ["file:///lake"]
