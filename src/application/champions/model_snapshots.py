"""Models in and out of snapshots: a model is an artifact, a directory of files below its attempt."""

from datetime import date

from domain.errors import SnapshotError
from domain.model.fits import FitPlan, Window
from domain.snapshot import ArtifactRef, Attempt, Json, Manifest
from ports.model_trainer import FittedModel
from ports.snapshot_store import SnapshotStore

SHIPPING_MODEL = "shipping_model"
EVALUATION_MODEL = "evaluation_model"


def put_model(store: SnapshotStore, attempt: Attempt, name: str, model: FittedModel) -> ArtifactRef:
    """Write a model's files as the attempt's artifact `name`."""
    for path, data in sorted(model.files.items()):
        store.put_file(attempt, f"{name}/{path}", data)
    return ArtifactRef(name, attempt.location(name), model.content)


def read_model(store: SnapshotStore, manifest: Manifest, name: str) -> dict[str, bytes]:
    """The files of a committed model by name, each checked against the manifest's digest.

    Raises SnapshotError when the snapshot has no such model or a file is not what the manifest says.
    """
    prefix = f"{manifest.artifact(name).name}/"
    files = {entry.path.removeprefix(prefix): entry.path for entry in manifest.files if entry.path.startswith(prefix)}
    if not files:
        raise SnapshotError(
            f"The snapshot of step '{manifest.step}' names the model '{name}' but holds no file of it.",
            "Run the step again.",
        )
    return {path: store.read_file(manifest, stored) for path, stored in files.items()}


def plan_of(trained: Manifest) -> FitPlan:
    """The plan of the fits in the facts of step `train`."""
    plan: dict[str, Json] = trained.facts["plan"]
    as_of = date.fromisoformat(trained.facts["as_of"])
    if plan["test_from"] is None:
        return FitPlan(as_of, None, plan["reason"])
    return FitPlan(as_of, Window(date.fromisoformat(plan["test_from"]), date.fromisoformat(plan["test_to"])))
