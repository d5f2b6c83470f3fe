"""The services on a machine that has no PostgreSQL."""

from dataclasses import replace
from pathlib import Path

from scripts.services.plan import NativeService


def without_postgres(plan: list[NativeService], data: Path, reason: str) -> list[NativeService]:
    """A plan in which nothing needs PostgreSQL: MLflow keeps its records in SQLite.

    Args:
        plan: the services.
        data: the directory of the services' data.
        reason: why there is none.
    """
    kept = [_not_waiting(native) for native in plan if native.name != "postgres"]
    return [_on_sqlite(native, data, reason) if native.name == "mlflow" else native for native in kept]


def _on_sqlite(native: NativeService, data: Path, reason: str) -> NativeService:
    directory = data / native.name
    environment = {**native.environment, "MLFLOW_BACKEND_STORE_URI": f"sqlite:///{directory / 'mlflow.db'}"}
    note = f"SQLite in place of PostgreSQL: {reason}"
    return replace(native, environment=environment, data=(directory,), note=note)


def _not_waiting(native: NativeService) -> NativeService:
    waits_for = tuple(name for name in native.service.waits_for if name != "postgres")
    return replace(native, service=replace(native.service, waits_for=waits_for))
