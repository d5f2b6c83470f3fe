"""A real MLflow server that goes away while a run is recorded: the next try leaves one run, one model, one version."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from mlflow import MlflowClient

from adapters.mlflow.connection import MlflowConnection
from adapters.mlflow.registry import MlflowRegistry
from adapters.mlflow.tracker import MlflowTracker
from domain.errors import UnreachableServiceError
from ports.experiment_tracker import DataInput
from tests.contract.experiment_tracking import a_package, a_run
from tests.servers.cutting_proxy import Cut, CuttingProxy, cutting_proxy
from tests.servers.mlflow import mlflow_server

POINTS = {
    "the experiment is made": "experiments/create",
    "the run is looked for": "runs/search",
    "the run is opened": "runs/create",
    "its figures are written": "runs/log-batch",
    "its inputs are written": "runs/log-inputs",
    "its report is written": "artifacts/report/page.html",
    "it is closed": "runs/update",
    "the name is registered": "registered-models/create",
    "the model is opened": "POST /api/2.0/mlflow/logged-models HTTP",
    "its description is written": "artifacts/MLmodel",
    "its files are written": "artifacts/files/model.json",
    "the run is told of it": "runs/outputs",
    "it is closed as well": "PATCH /api/2.0/mlflow/logged-models",
    "the version is made": "model-versions/create",
    "the alias is set": "registered-models/alias",
}
MAKING = [point for point in POINTS if POINTS[point].endswith("create") or "opened" in point or "told" in point]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CuttingProxy]:
    with mlflow_server(tmp_path_factory.mktemp("mlflow")) as server, cutting_proxy(server.port) as before_it:
        yield before_it


@dataclass
class Recording:
    """A run with its model, recorded as often as one likes."""

    proxy: CuttingProxy

    def __post_init__(self) -> None:
        """Take names that nobody has."""
        self.name = f"shop-{uuid.uuid4().hex}"
        self.run = a_run(
            parameters={"learner": "mean"},
            metrics={"auc": 0.7},
            inputs=(DataInput("examples", "d1", "training", 12),),
            files={"report/page.html": b"<p>", "facts.json": b"{}"},
        )
        self.package = a_package(run_key=self.run.key)

    def record(self) -> None:
        """As step record does, with a connection of its own."""
        connection = MlflowConnection(self.proxy.uri, self.name)
        registry = MlflowRegistry(connection)
        MlflowTracker(connection).record(self.run)
        version = registry.register(self.name, self.package)
        registry.set_alias(self.name, "champion", version.version)

    def check(self) -> None:
        """Everything is there, once."""
        client = MlflowClient(self.proxy.uri, self.proxy.uri)
        experiment = client.get_experiment_by_name(self.name)
        assert experiment is not None
        [run] = client.search_runs([experiment.experiment_id])
        assert (run.info.status, run.data.params, run.data.metrics) == ("FINISHED", {"learner": "mean"}, {"auc": 0.7})
        assert run.inputs is not None
        assert run.outputs is not None
        assert len(run.inputs.dataset_inputs) == 1
        assert {file.path for file in client.list_artifacts(run.info.run_id)} == {"report", "facts.json"}
        [model] = client.search_logged_models([experiment.experiment_id])
        assert str(model.status) == "READY"
        assert [output.model_id for output in run.outputs.model_outputs] == [model.model_id]
        [version] = client.search_model_versions(f"name = '{self.name}'")
        assert (version.run_id, version.source) == (run.info.run_id, model.artifact_location)
        assert client.get_model_version_by_alias(self.name, "champion").version == version.version
        files = {file.path for file in client.list_logged_model_artifacts(model.model_id)}
        assert {"MLmodel", "served_model.py", "requirements.txt", "artifacts"} <= files
        files = {file.path for file in client.list_logged_model_artifacts(model.model_id, "artifacts/files")}
        assert files == {f"artifacts/files/{name}" for name in self.package.files}


@pytest.fixture
def recording(proxy: CuttingProxy) -> Iterator[Recording]:
    yield Recording(proxy)
    proxy.set(None)


def at(point: str, *, reaches: bool, lasting: bool) -> Cut:
    return Cut(lambda line: POINTS[point] in line, reaches, lasting)


@pytest.mark.parametrize("point", POINTS)
def test_a_server_that_dies_with_the_answer_is_made_up_for(recording: Recording, point: str) -> None:
    recording.proxy.set(at(point, reaches=True, lasting=True))
    with pytest.raises(UnreachableServiceError, match="broke off"):
        recording.record()
    assert recording.proxy.was_cut
    recording.proxy.set(None)
    recording.record()
    recording.check()


@pytest.mark.parametrize("point", ["its files are written", "the version is made"])
def test_a_server_that_dies_before_the_request_is_made_up_for(recording: Recording, point: str) -> None:
    recording.proxy.set(at(point, reaches=False, lasting=True))
    with pytest.raises(UnreachableServiceError, match="broke off"):
        recording.record()
    recording.proxy.set(None)
    recording.record()
    recording.check()


@pytest.mark.parametrize("point", MAKING)
def test_one_lost_answer_makes_nothing_twice(recording: Recording, point: str) -> None:
    recording.proxy.set(at(point, reaches=True, lasting=False))
    recording.record()
    assert recording.proxy.was_cut
    recording.check()


def test_recording_again_changes_nothing(recording: Recording) -> None:
    for _ in range(2):
        recording.record()
        recording.check()
