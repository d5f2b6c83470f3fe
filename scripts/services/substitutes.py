"""What stands in, as a process, for a service whose program this machine lacks. Each says so plainly."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from scripts.services.compose_file import HealthCheck
from scripts.services.plan import LOOPBACK, Machine, NativeService
from scripts.services.postgres import Installation, find_postgres, installed
from scripts.services.without_postgres import without_postgres


def fitted(plan: list[NativeService], machine: Machine, *, install: bool = True) -> list[NativeService]:
    """A plan with every program found on this machine, or replaced: MinIO by moto's server, PostgreSQL by SQLite.

    Args:
        plan: the services.
        machine: this machine.
        install: whether MinIO is built where it is missing.
    """
    installation = find_postgres(machine.state)
    if isinstance(installation, Installation):
        found = [installed(native, installation) if native.name == "postgres" else native for native in plan]
    else:
        found = without_postgres(plan, machine.state / "data", installation)
    return [_store(native, machine, install=install) if native.name == "minio" else native for native in found]


def find_minio(root: Path) -> str | None:
    """MinIO's program: the one named in MINIO_BINARY, on the PATH, or installed in the checkout."""
    installed = root / ".cache" / "bin" / "minio"
    return os.environ.get("MINIO_BINARY") or shutil.which("minio") or (str(installed) if installed.exists() else None)


def _store(native: NativeService, machine: Machine, *, install: bool) -> NativeService:
    program = find_minio(machine.root)
    if program is None and install:
        subprocess.run([str(machine.root / "scripts" / "install-minio.sh")], check=False)
        program = find_minio(machine.root)
    if program is not None:
        command = (program, *native.service.command[1:])
        return replace(native, service=replace(native.service, command=command))
    return _in_memory_store(native)


def _in_memory_store(native: NativeService) -> NativeService:
    port = native.service.ports[0]
    url = f"http://{LOOPBACK}:{port.inside}/moto-api/"
    health = native.service.health or HealthCheck((), 5, 10, 60)
    service = replace(
        native.service,
        command=("moto_server", "--host", LOOPBACK, "--port", str(port.inside)),
        ports=(port,),
        health=replace(health, command=("curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", url)),
    )
    note = "moto's S3 server in place of MinIO: no console, any credentials are taken, data are gone when it ends"
    return replace(native, service=service, note=note)
