"""Reading docker-compose.yml as compose does, and making `.env`."""

import socket
import stat
import sys
from pathlib import Path

import pytest

from domain.errors import ConfigurationError, ServiceError
from scripts.services.compose_file import interpolated, read_services
from scripts.services.env_file import ensure_env_file, variables
from scripts.services.inside.probe import is_listed
from scripts.services.plan import Machine, native_plan
from scripts.services.ports import check_ports, is_free
from scripts.services.without_postgres import without_postgres

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="services run on Linux and macOS, or in containers")
ROOT = Path(__file__).parents[2]
COMPOSE = """
services:
  web:
    image: web:1.0.0
    entrypoint: [tini, --]
    command: [web, --listen, "0.0.0.0:{port}", --data, /data/pages]
    environment: {{ STORE: "http://store:9000/web", USER: "store:7@web:{port}", NAME: store }}
    ports: ["127.0.0.1:{port}:{port}"]
    volumes: ["pages:/data", "./src:/code:ro"]
    depends_on: {{ store: {{ condition: service_healthy }} }}
    healthcheck: {{ test: [CMD, probe, "http://web:{port}"], interval: 5s, timeout: 1m, retries: 3, start_period: 10s }}
  store: {{ image: "store:1.0", command: [store, serve], stop_signal: SIGINT }}
  tool: {{ image: "tool:1.0", command: [tool], profiles: [tools] }}
"""


def compose_file(directory: Path, port: int = 5999) -> Path:
    path = directory / "docker-compose.yml"
    path.write_text(COMPOSE.format(port=port), "utf-8")
    return path


def machine() -> Machine:
    return Machine(Path("/checkout"), Path("/state"), Path("/java"), {"PATH": "/bin"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a ${SET} b", "a value b"),
        ("${UNSET}", ""),
        ("${UNSET:-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${SET:-default}", "value"),
        ("${SET:?message}", "value"),
        ("$${SET}", "${SET}"),
        ([{"key": "${SET}"}, 5, None], [{"key": "value"}, 5, None]),
    ],
)
def test_variables_are_filled_in(text: object, expected: object) -> None:
    assert interpolated(text, {"SET": "value", "EMPTY": ""}) == expected


@pytest.mark.parametrize("given", [{}, {"PASSWORD": ""}])
def test_a_required_variable_without_a_value_is_named(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="PASSWORD"):
        interpolated({"a": ["x${PASSWORD:?set it}"]}, given)


def test_a_service_is_read_without_the_init_process_of_containers(tmp_path: Path) -> None:
    services = read_services(compose_file(tmp_path), {})
    web = services["web"]
    assert web.command[:2] == ("web", "--listen")
    assert web.mounts == {"/data": "pages", "/code": "./src"}
    assert web.waits_for == ("store",)
    assert web.health is not None
    assert (web.health.timeout, web.health.patience) == (60, 25)
    assert (services["store"].stop_signal, services["store"].health) == ("SIGINT", None)


def test_names_of_services_become_this_machine_only_where_they_are_hosts(tmp_path: Path) -> None:
    plan = native_plan(read_services(compose_file(tmp_path), {}), machine())
    assert [native.name for native in plan] == ["store", "web"]
    web = plan[1]
    assert web.service.command == ("web", "--listen", "127.0.0.1:5999", "--data", "/state/data/pages/pages")
    assert web.environment["STORE"] == "http://127.0.0.1:9000/web"
    assert web.environment["USER"] == "store:7@127.0.0.1:5999"
    assert web.environment["NAME"] == "store"
    assert web.data == (Path("/state/data/pages"),)


def test_a_taken_port_is_named_with_its_service_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        plan = native_plan(read_services(compose_file(tmp_path, port), {}), machine())
        with pytest.raises(ServiceError, match=rf"port {port} \(for web\)"):
            check_ports(plan)
        assert not is_free(port)
    check_ports(plan)


def test_the_env_file_is_made_with_secrets_of_its_own_for_its_owner_alone(tmp_path: Path) -> None:
    texts = []
    for name in ("first", "second"):
        root = tmp_path / name
        root.mkdir()
        (root / ".env.dist").write_text((ROOT / ".env.dist").read_text("utf-8"), "utf-8")
        assert ensure_env_file(root)
        assert stat.S_IMODE((root / ".env").stat().st_mode) == 0o600
        texts.append(variables(root, {}))
    assert texts[0].keys() == {"MINIO_ENDPOINT", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", "POSTGRES_PASSWORD"}
    for secret in ("MINIO_SECRET_KEY", "POSTGRES_PASSWORD"):
        assert len(texts[0][secret]) == 40
        assert texts[0][secret] != texts[1][secret]


def test_an_env_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".env.dist").write_text("# MINIO_SECRET_KEY=\n", "utf-8")
    (tmp_path / ".env").write_text("MINIO_SECRET_KEY=mine\n", "utf-8")
    assert not ensure_env_file(tmp_path)
    assert (tmp_path / ".env").read_text("utf-8") == "MINIO_SECRET_KEY=mine\n"


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=file\nB=file$HOME\n", "utf-8")
    assert variables(tmp_path, {"A": "shell"}) == {"A": "shell", "B": "file$HOME"}


def test_without_postgres_mlflow_keeps_its_records_in_sqlite_and_nothing_waits_for_it(tmp_path: Path) -> None:
    secrets = {"MINIO_ACCESS_KEY": "a", "MINIO_SECRET_KEY": "b", "POSTGRES_PASSWORD": "c"}
    here = Machine(ROOT, tmp_path, Path("/java"), {"PATH": "/bin"})
    plan = native_plan(read_services(ROOT / "docker-compose.yml", secrets), here)
    changed = {native.name: native for native in without_postgres(plan, tmp_path / "data", "it is not installed")}
    assert "postgres" not in changed
    assert changed["mlflow"].environment["MLFLOW_BACKEND_STORE_URI"] == f"sqlite:///{tmp_path}/data/mlflow/mlflow.db"
    assert "it is not installed" in changed["mlflow"].note
    assert changed["mlflow"].service.waits_for == ("bucket",)


@pytest.mark.parametrize(
    ("state", "identity", "expected"), [("ALIVE", "w1", True), ("DEAD", "w1", False), ("ALIVE", "w2", False)]
)
def test_a_worker_is_well_once_the_master_lists_it_as_alive(state: str, identity: str, expected: bool) -> None:
    assert is_listed({"id": identity}, {"workers": [{"id": "w1", "state": state}]}) is expected
