"""Registered models as MLflow model versions, each with signature, input example and the program that serves it."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.mlflow.connection import MlflowConnection, another_may_be_first
from adapters.mlflow.packaging import save_package
from adapters.mlflow.tracker import the_run
from domain.errors import ServiceError
from ports.experiment_tracker import KEY_TAG
from ports.model_registry import ModelPackage, ModelRegistry, RegisteredVersion

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel, Run
    from mlflow.entities.model_registry import ModelVersion

CONTENT_TAG = "returncast.content"
LEARNER_TAG = "returncast.learner"
MODEL_DIRECTORY = "model"
READY: Final = "READY"


class MlflowRegistry(ModelRegistry):
    """Registers models in the registry of an MLflow connection, attached to the runs that made them."""

    def __init__(self, connection: MlflowConnection) -> None:
        self._connection = connection

    def register(self, name: str, package: ModelPackage) -> RegisteredVersion:
        """Store the model with its run and make it the next version, unless it is there."""
        with self._connection.answering(f"register a version of '{name}'") as client:
            known = self._known(name, package)
            if known is not None:
                return known
            _ensure_name(client, name)
            run_id = str(the_run(self._connection, package.run_key, package.run_key).info.run_id)
            model = self._stored(client, name, package, run_id)
            made = client.create_model_version(
                name,
                source=model.artifact_location,  # `models:/<id>` is looked up in the process's default database
                run_id=run_id,
                model_id=model.model_id,
                tags={**package.tags, **_identity(package)},
                description=package.description,
            )
            # Like a run, a version can be made twice when an answer is lost or another process is as quick.
            first = self._known(name, package) or _version(made, {})
            if first.version != int(made.version):
                client.delete_model_version(name, str(made.version))
            return first

    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """Every version, by number."""
        with self._connection.answering(f"list the versions of '{name}'") as client:
            aliases = _aliases(client, name)
            found = client.search_model_versions(f"name = '{name}'")
            return sorted((_version(v, aliases) for v in found), key=lambda v: v.version)

    def find(self, name: str, alias: str) -> RegisteredVersion | None:
        """The version whose aliases hold `alias`."""
        return next((v for v in self.versions(name) if alias in v.aliases), None)

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Point the alias to the version."""
        if all(v.version != version for v in self.versions(name)):
            raise ServiceError(
                f"The model '{name}' has no version {version}.", "List its versions and choose one of them."
            )
        with self._connection.answering(f"set the alias '{alias}' of '{name}'") as client:
            client.set_registered_model_alias(name, alias, str(version))

    def drop_alias(self, name: str, alias: str) -> None:
        """Delete the alias, if there is one."""
        if self.find(name, alias) is not None:
            with self._connection.answering(f"drop the alias '{alias}' of '{name}'") as client:
                client.delete_registered_model_alias(name, alias)

    def _known(self, name: str, package: ModelPackage) -> RegisteredVersion | None:
        return next((known for known in self.versions(name) if _same(known, package)), None)

    def _stored(self, client: "MlflowClient", name: str, package: ModelPackage, run_id: str) -> "LoggedModel":
        """The model with all its files; one that an earlier try left without some is completed, not made anew."""
        model = self._the_model(client, name, package, run_id)
        if str(model.status) == READY:
            return model
        with tempfile.TemporaryDirectory(prefix="returncast-model-") as directory:
            target = Path(directory, MODEL_DIRECTORY)
            save_package(package, target, run_id, model.model_id)
            client.log_model_artifacts(model.model_id, str(target))
        _link(client, run_id, model.model_id)
        return client.finalize_logged_model(model.model_id, READY)

    def _the_model(self, client: "MlflowClient", name: str, package: ModelPackage, run_id: str) -> "LoggedModel":
        """The one model of the package in MLflow, opened now if there is none; see `tracker.the_run`."""
        experiment = self._connection.experiment_id
        if not _begun(client, experiment, package, run_id):
            client.create_logged_model(experiment, name=name, source_run_id=run_id, tags=_identity(package))
        first, *others = _begun(client, experiment, package, run_id)
        for duplicate in others:
            if str(duplicate.status) != READY:
                client.delete_logged_model(duplicate.model_id)
        return first


def _begun(client: "MlflowClient", experiment: str, package: ModelPackage, run_id: str) -> "list[LoggedModel]":
    """What tries at storing the package have left: a complete model first, then the oldest."""
    found = client.search_logged_models([experiment], filter_string=f"source_run_id = '{run_id}'")
    ours = [model for model in found if _identity(package).items() <= model.tags.items()]
    return sorted(ours, key=lambda model: (str(model.status) != READY, model.creation_timestamp, model.model_id))


def _link(client: "MlflowClient", run_id: str, model_id: str) -> None:
    """Tell the run of its model, once: a second time is an error to MLflow."""
    from mlflow.entities import LoggedModelOutput  # noqa: PLC0415 - takes seconds
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    if model_id in _outputs(client.get_run(run_id)):
        return
    try:
        client.log_outputs(run_id, models=[LoggedModelOutput(model_id, 0)])
    except MlflowException:
        if model_id not in _outputs(client.get_run(run_id)):  # else the answer to the first request was lost
            raise


def _outputs(run: "Run") -> set[str]:
    return set() if run.outputs is None else {output.model_id for output in run.outputs.model_outputs}


def _same(known: RegisteredVersion, package: ModelPackage) -> bool:
    ours = (package.content, package.learner, package.run_key)
    return (known.content, known.learner, known.run_key) == ours


def _identity(package: ModelPackage) -> dict[str, str]:
    return {CONTENT_TAG: package.content, LEARNER_TAG: package.learner, KEY_TAG: package.run_key}


def _ensure_name(client: "MlflowClient", name: str) -> None:
    if not client.search_registered_models(f"name = '{name}'"):
        with another_may_be_first():
            client.create_registered_model(name, description="The chance that an order line comes back, a row a line.")


def _aliases(client: "MlflowClient", name: str) -> Mapping[str, tuple[str, ...]]:
    found = client.search_registered_models(f"name = '{name}'")
    pairs = found[0].aliases.items() if found else ()
    by_version: dict[str, tuple[str, ...]] = {}
    for alias, version in sorted(pairs):
        by_version[str(version)] = (*by_version.get(str(version), ()), alias)
    return by_version


def _version(found: "ModelVersion", aliases: Mapping[str, tuple[str, ...]]) -> RegisteredVersion:
    tags = dict(found.tags)
    content, learner, run_key = (tags.pop(name, "") for name in (CONTENT_TAG, LEARNER_TAG, KEY_TAG))
    number = str(found.version)
    return RegisteredVersion(found.name, int(number), content, learner, run_key, aliases.get(number, ()), tags)
