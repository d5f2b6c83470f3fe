"""The first start of PostgreSQL: it never touches files that it did not make."""

import sys
from pathlib import Path

import pytest

from domain.errors import ServiceError
from scripts.services.compose_file import Service
from scripts.services.plan import NativeService
from scripts.services.postgres import make_database

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="services run on Linux and macOS, or in containers")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    return directory


def postgres(directory: Path, initdb: str) -> NativeService:
    """The service with a program of a test in the place of PostgreSQL's own."""
    programs = directory.parent / "bin"
    programs.mkdir()
    (programs / "initdb").write_text(f"#!/bin/sh\n{initdb}\n", "utf-8")
    (programs / "initdb").chmod(0o755)
    environment = {
        "PGDATA": str(directory),
        "PATH": f"{programs}:/usr/bin:/bin",
        "POSTGRES_USER": "returncast",
        "POSTGRES_PASSWORD": "secret",
        "POSTGRES_INITDB_ARGS": "--auth=scram-sha-256",
        "POSTGRES_DB": "mlflow",
    }
    service = Service("postgres", "postgres:1", (), environment, (), {}, None, (), "SIGINT", on_demand=False)
    return NativeService(service, environment, (directory,))


def test_a_directory_that_holds_something_else_is_refused_and_left_as_it_is(data: Path) -> None:
    (data / "letters").mkdir()
    (data / "letters" / "mine.txt").write_text("kept", "utf-8")
    with pytest.raises(ServiceError, match=rf"{data}.*letters"):
        make_database(postgres(data, "echo 'directory is not empty' >&2; exit 1"))
    assert (data / "letters" / "mine.txt").read_text("utf-8") == "kept"


def test_what_a_failed_start_left_in_an_empty_directory_is_removed(data: Path) -> None:
    with pytest.raises(ServiceError, match="no room"):
        make_database(postgres(data, f"mkdir {data}/base; touch {data}/PG_VERSION; echo 'no room' >&2; exit 1"))
    assert list(data.iterdir()) == []


def test_a_database_that_is_there_is_left_alone(data: Path) -> None:
    (data / "PG_VERSION").write_text("17\n", "utf-8")
    make_database(postgres(data, "exit 1"))
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]
