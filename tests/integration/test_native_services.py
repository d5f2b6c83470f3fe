"""Services as processes: brought up in order, found again, ended with all they started, and never a stranger."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from domain.errors import ServiceError
from scripts.services.compose_file import HealthCheck, Port, Service
from scripts.services.native import NativeServices
from scripts.services.plan import NativeService
from scripts.services.processes import Record
from tests.servers.process import free_port, wait_until

SERVE = """
import subprocess, sys
from http.server import SimpleHTTPRequestHandler, test
subprocess.Popen(["sleep", "300"])
test(SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind="127.0.0.1")
"""
ASK = "import sys, urllib.request as u; u.urlopen('http://127.0.0.1:' + sys.argv[1], timeout=2)"


def server(
    name: str, directory: Path, port: int, waits_for: tuple[str, ...] = (), seconds: float = 20
) -> NativeService:
    health = HealthCheck((sys.executable, "-c", ASK, str(port)), 1, 5, seconds)
    command = (sys.executable, "-c", SERVE, str(port))
    ports = (Port("127.0.0.1", port, port),)
    service = Service(name, "web:1", command, {}, ports, {}, health, waits_for, "SIGTERM", on_demand=False)
    return NativeService(service, dict(os.environ), (directory / "data" / name,))


def once(name: str, directory: Path, program: str, waits_for: tuple[str, ...]) -> NativeService:
    service = Service(
        name, "web:1", (sys.executable, "-c", program), {}, (), {}, None, waits_for, "SIGTERM", on_demand=False
    )
    return NativeService(service, dict(os.environ), (directory / "data" / name,))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[NativeServices]:
    found = NativeServices(tmp_path, lambda _: None)
    yield found
    found.down()


def test_services_come_up_in_order_answer_and_are_ended_with_their_children(services: NativeServices) -> None:
    port = free_port()
    seen = (
        f"import urllib.request as u; open('seen', 'wb').write(u.urlopen('http://127.0.0.1:{port}', timeout=5).read())"
    )
    plan = [server("web", services.state, port), once("ask", services.state, seen, ("web",))]
    services.up(plan)
    assert (services.state / "data" / "ask" / "seen").stat().st_size > 0
    assert services.health(plan) == {"web": "healthy"}
    members = services.records.alive()["web"].members()
    assert len(members) == 2
    assert services.down() == ["web"]
    assert not [process for process in members if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    assert services.health(plan) == {"web": "does not run"}
    assert services.records.all() == []


def test_what_runs_is_not_started_again(services: NativeServices) -> None:
    plan = [server("web", services.state, free_port())]
    services.up(plan)
    pid = services.records.alive()["web"].pid
    services.up(plan)
    assert services.records.alive()["web"].pid == pid


def test_a_service_that_fails_shows_the_end_of_its_log_and_takes_down_what_came_up(services: NativeServices) -> None:
    web = server("web", services.state, free_port())
    plan = [web, once("broken", services.state, "raise SystemExit('no such bucket')", ("web",))]
    with pytest.raises(ServiceError, match=r"(?s)broken did not come up: its process ended with 1.*no such bucket"):
        services.up(plan)
    assert services.records.alive() == {}


def test_a_service_that_never_answers_is_given_up_after_its_patience(services: NativeServices) -> None:
    web = server("web", services.state, free_port(), seconds=1)
    deaf = replace(web.service, command=("sleep", "300"))
    with pytest.raises(ServiceError, match="Connection refused"):
        services.up([replace(web, service=deaf)])
    assert services.records.alive() == {}


def test_children_of_a_killed_service_are_found_and_ended(services: NativeServices) -> None:
    services.up([server("web", services.state, free_port())])
    record = services.records.alive()["web"]
    child = next(process for process in record.members() if process.pid != record.pid)
    os.kill(record.pid, signal.SIGKILL)
    os.waitpid(record.pid, 0)
    assert services.records.alive() == {"web": record}
    services.down()
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the end of the child")


def test_another_process_with_a_recorded_number_is_left_alone(services: NativeServices) -> None:
    stranger = subprocess.Popen(["sleep", "300"], start_new_session=True)
    try:
        record = Record("web", stranger.pid, "12345", "SIGKILL", "other", (), "")
        services.records.write(record)
        assert services.down() == []
        assert stranger.poll() is None
        assert services.records.all() == []
    finally:
        stranger.kill()
        stranger.wait()


def test_records_hold_no_environment(services: NativeServices) -> None:
    web = server("web", services.state, free_port())
    services.up([replace(web, environment={**web.environment, "PASSWORD": "not-to-be-written"})])
    written = json.dumps([path.read_text("utf-8") for path in (services.state / "run").iterdir()])
    assert "web" in written
    assert "not-to-be-written" not in written
