"""The services on a machine that has no PostgreSQL: MLflow on SQLite, and a scheduler without a history."""

import re
from dataclasses import replace
from pathlib import Path

from scripts.services.plan import NativeService


def without_postgres(plan: list[NativeService], data: Path, reason: str) -> list[NativeService]:
    """A plan in which nothing needs PostgreSQL.

    Args:
        plan: the services.
        data: the directory of the services' data.
        reason: why there is none.
    """
    changed = {"mlflow": _mlflow, "luigid": _luigid, "prepare": _prepare}
    kept = [_not_waiting(native) for native in plan if native.name != "postgres"]
    return [changed[native.name](native, data, reason) if native.name in changed else native for native in kept]


def _mlflow(native: NativeService, data: Path, reason: str) -> NativeService:
    directory = data / native.name
    environment = {**native.environment, "MLFLOW_BACKEND_STORE_URI": f"sqlite:///{directory / 'mlflow.db'}"}
    note = f"SQLite in place of PostgreSQL: {reason}"
    return replace(native, environment=environment, data=(directory,), note=note)


def _luigid(native: NativeService, data: Path, reason: str) -> NativeService:
    """Luigi's history knows other databases, but not SQLite with the SQLAlchemy that the pipeline needs."""
    written = Path(native.environment["LUIGI_CONFIG_PATH"]).read_text("utf-8")
    config = data / native.name / "luigid.cfg"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(re.sub("(?m)^record_task_history.*$", "record_task_history = false", written), "utf-8")
    environment = {**native.environment, "LUIGI_CONFIG_PATH": str(config)}
    return replace(native, environment=environment, note=f"no history of tasks: {reason}")


def _prepare(native: NativeService, _data: Path, _reason: str) -> NativeService:
    command = native.service.command
    at = command.index("--database")
    return replace(native, service=replace(native.service, command=(*command[:at], *command[at + 2 :])))


def _not_waiting(native: NativeService) -> NativeService:
    waits_for = tuple(name for name in native.service.waits_for if name != "postgres")
    return replace(native, service=replace(native.service, waits_for=waits_for))
