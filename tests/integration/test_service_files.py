"""docker-compose.yml, Dockerfile and workflows: valid, pinned, reachable from this machine alone, without secrets.

No engine is needed: what the compose file says of each service is compared with what `make up-native` would run.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.config import load_settings
from scripts.services.compose_file import Service, read_services
from scripts.services.plan import Machine, NativeService, native_plan

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SECRETS = {"MINIO_ACCESS_KEY": "user-of-a-test", "MINIO_SECRET_KEY": "store-secret", "POSTGRES_PASSWORD": "7password"}
MACHINE = Machine(ROOT, Path("/state"), Path("/java"), {"PATH": "/bin", "HOME": "/home", "AWS_PROFILE": "mine"})
SERVICES = read_services(COMPOSE, SECRETS)
PLAN = native_plan(SERVICES, MACHINE)
RAW: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))


def named(name: str) -> NativeService:
    return next(native for native in PLAN if native.name == name)


@pytest.mark.parametrize(
    ("schema", "files"), [("vendor.compose-spec", [COMPOSE]), ("vendor.github-workflows", WORKFLOWS)]
)
def test_the_files_pass_their_schemas(schema: str, files: list[Path]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_wrong_compose_file_fails_the_schema(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text("utf-8").replace("stop_signal:", "stop_signals:"), "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_every_port_is_published_on_this_machine_alone_and_under_its_own_number() -> None:
    ports = [port for service in SERVICES.values() for port in service.ports]
    assert {port.address for port in ports} == {"127.0.0.1"}
    assert all(port.published == port.inside for port in ports)
    assert len({port.published for port in ports}) == len(ports)


def test_the_ports_are_the_known_ones() -> None:
    known = {name: [port.published for port in service.ports] for name, service in SERVICES.items() if service.ports}
    assert known == {
        "minio": [9000, 9001],
        "postgres": [5432],
        "mlflow": [5000],
        "luigid": [8082],
        "spark-master": [7077, 8080],
        "spark-worker-1": [8081],
        "spark-worker-2": [8083],
    }


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_image_has_a_full_version(service: Service) -> None:
    assert re.search(r":(RELEASE\.\d{4}-\d\d-\d\dT[\d-]+Z|\d+\.\d+(\.\d+)?(-bookworm)?)$", service.image)


def test_the_base_of_our_image_has_a_full_version() -> None:
    assert re.search(
        r"^ARG PYTHON_IMAGE=python:3\.12\.\d+-slim-bookworm$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )


def test_our_image_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert SERVICES["pipeline"].image == f"returncast:{project['version']}"


def test_whatever_stays_up_has_a_health_check_and_comes_back() -> None:
    once = {name for name, parts in RAW["services"].items() if parts.get("restart") == "no"}
    assert once == {"bucket", "pipeline"}
    assert all(SERVICES[name].health for name in SERVICES.keys() - once)
    assert all(RAW["services"][name]["restart"] == "unless-stopped" for name in SERVICES.keys() - once)


def test_what_a_service_waits_for_is_well_or_done_before_it() -> None:
    for parts in RAW["services"].values():
        for name, condition in parts.get("depends_on", {}).items():
            wanted = "service_healthy" if SERVICES[name].health else "service_completed_successfully"
            assert condition == {"condition": wanted}


def test_secrets_come_from_outside_or_there_is_an_error() -> None:
    secret = re.compile(r"^\s+\w*(PASSWORD|SECRET|ACCESS_KEY|ROOT_USER)\w*: (.*)$", re.MULTILINE)
    values = [value for _, value in secret.findall(COMPOSE.read_text("utf-8"))]
    assert len(values) >= 7
    assert all(
        re.fullmatch(r"\$\{(MINIO_ACCESS_KEY|MINIO_SECRET_KEY|POSTGRES_PASSWORD):\?.+\}", value) for value in values
    )


@pytest.mark.parametrize("secret", [SECRETS["MINIO_SECRET_KEY"], SECRETS["POSTGRES_PASSWORD"]])
def test_no_command_carries_a_secret(secret: str) -> None:
    words = [word for service in SERVICES.values() for word in service.command]
    words += [word for service in SERVICES.values() if service.health for word in service.health.command]
    assert not [word for word in words if secret in word]
    assert [name for name, service in SERVICES.items() if secret in " ".join(service.environment.values())]


def test_every_service_but_the_pipeline_runs_natively_with_the_same_program() -> None:
    assert {native.name for native in PLAN} == SERVICES.keys() - {"pipeline"}
    for native in PLAN:
        described = SERVICES[native.name]
        assert len(native.service.command) == len(described.command)
        changed = {
            (ours, theirs)
            for ours, theirs in zip(native.service.command, described.command, strict=True)
            if ours != theirs
        }
        for ours, theirs in changed:
            assert "127.0.0.1" in ours or str(ROOT) in ours or "/state/data/" in ours, (ours, theirs)


def test_native_commands_are_those_of_the_compose_file_with_the_addresses_and_paths_of_this_machine() -> None:
    assert named("minio").service.command == (
        *("minio", "server", "/state/data/minio"),
        *("--address", "127.0.0.1:9000", "--console-address", "127.0.0.1:9001"),
    )
    assert named("mlflow").service.command == (
        *("mlflow", "server", "--host", "127.0.0.1", "--port", "5000", "--workers", "1"),
        *("--artifacts-destination", "s3://mlflow"),
    )
    assert named("postgres").service.command[:3] == ("postgres", "-c", "listen_addresses=127.0.0.1")
    assert named("spark-worker-2").service.command[-3:] == (
        "--work-dir",
        "/state/data/spark-worker-2",
        "spark://127.0.0.1:7077",
    )
    assert named("bucket").service.command == ("python", f"{ROOT}/scripts/services/inside/make_bucket.py", "mlflow")
    assert named("luigid").service.command[-1] == "/state/data/luigid"


def test_native_services_find_one_another_on_this_machine() -> None:
    environment = named("mlflow").environment
    assert environment["MLFLOW_BACKEND_STORE_URI"] == "postgresql+psycopg2://returncast:7password@127.0.0.1:5432/mlflow"
    assert environment["MLFLOW_S3_ENDPOINT_URL"] == "http://127.0.0.1:9000"


def test_a_native_service_inherits_no_setting_of_the_shell_that_a_container_would_not_have() -> None:
    assert named("mlflow").environment["HOME"] == "/home"
    assert "AWS_PROFILE" not in named("mlflow").environment


def test_native_services_listen_on_this_machine_alone() -> None:
    assert not [word for native in PLAN for word in native.service.command if "0.0.0.0" in word]
    assert {native.environment["SPARK_LOCAL_IP"] for native in PLAN} == {"127.0.0.1"}


def test_the_pipeline_has_the_settings_of_the_env_file_but_for_where_the_services_are() -> None:
    assert RAW["services"]["pipeline"]["env_file"] == [{"path": ".env", "required": False}]
    written = {
        "RETURNCAST_COSTS__RETURN_COST_FIXED": "7",
        "RETURNCAST_LAKE": "lake",
        "RETURNCAST_S3__ENDPOINT": "http://127.0.0.1:9000",
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:5000",
    }
    settings = load_settings({**written, **SERVICES["pipeline"].environment}, ROOT / "no.env")
    assert settings.costs.return_cost_fixed == 7
    assert settings.lake == "s3://"
    assert settings.s3.endpoint == "http://minio:9000"
    assert settings.mlflow_uri == "http://mlflow:5000"


def test_each_service_comes_after_those_that_it_waits_for() -> None:
    order = [native.name for native in PLAN]
    assert all(order.index(name) < order.index(native.name) for native in PLAN for name in native.service.waits_for)


def test_files_that_containers_mount_exist() -> None:
    mounted = [source for service in SERVICES.values() for source in service.mounts.values() if source.startswith("./")]
    assert mounted
    assert all((ROOT / source).exists() for source in mounted)


def test_what_the_dockerfile_copies_is_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == kept
