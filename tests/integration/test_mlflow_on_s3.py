"""A run recorded on an MLflow server that keeps its artifacts in S3, and what happens while that S3 is down."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts

from adapters.mlflow.connection import MlflowConnection
from application.champions.model_snapshots import SHIPPING_MODEL, read_model
from application.tracking.package_model import model_name
from domain.errors import UnreachableServiceError
from tests.finished_run import SHOP
from tests.integration.test_recorded_run import Recorded, check_champion
from tests.servers.cutting_proxy import Cut, CuttingProxy, cutting_proxy
from tests.servers.mlflow import MlflowServer, mlflow_server
from tests.servers.s3 import S3Server

BUCKET = "mlflow-artifacts"


@dataclass
class Recording:
    """A run, the server it is recorded on, and the way from there to S3."""

    run: Recorded
    server: MlflowServer
    way: CuttingProxy

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(self.server.uri, self.server.uri)


@pytest.fixture(scope="module")
def recording(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """Tried once with S3 down, then recorded."""
    directory = tmp_path_factory.mktemp("mlflow")
    s3_server.client().create_bucket(Bucket=BUCKET)
    with cutting_proxy(int(s3_server.endpoint.rpartition(":")[2])) as way:
        settings = {
            "MLFLOW_S3_ENDPOINT_URL": way.uri,
            "AWS_ACCESS_KEY_ID": s3_server.access_key,
            "AWS_SECRET_ACCESS_KEY": s3_server.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
        }
        with mlflow_server(directory, f"s3://{BUCKET}", settings) as server:
            yield Recording(Recorded(directory, MlflowConnection(server.uri)), server, way)


def test_a_store_that_is_down_behind_the_server_is_said_and_leaves_no_version(recording: Recording) -> None:
    recording.way.set(Cut(lambda _: True))
    with pytest.raises(UnreachableServiceError, match=r"could not .*: it, or the artifact store behind it, "):
        recording.run.record()
    assert recording.client.search_model_versions() == []


def test_a_store_that_goes_down_among_the_models_files_leaves_no_version(recording: Recording) -> None:
    recording.way.set(Cut(lambda line: "hgb.skops" in line))
    with pytest.raises(UnreachableServiceError, match=r"could not .*: it, or the artifact store behind it, "):
        recording.run.record()
    assert recording.way.was_cut
    assert recording.client.search_model_versions() == []


def test_the_next_try_mends_what_was_left(recording: Recording) -> None:
    recording.way.set(None)
    recording.run.record()
    [version] = recording.client.search_model_versions()
    assert recording.client.get_model_version_by_alias(version.name, "champion").version == version.version
    [run] = recording.client.search_runs([recording.run.connection.experiment_id])
    models = recording.client.search_logged_models([recording.run.connection.experiment_id])
    assert (run.info.status, [str(model.status) for model in models]) == ("FINISHED", ["READY"])


def test_the_files_come_back_through_the_server_as_they_are_in_the_lake(recording: Recording, tmp_path: Path) -> None:
    champion = recording.client.get_model_version_by_alias(model_name(SHOP), "champion")
    found = download_artifacts(artifact_uri=champion.source, dst_path=str(tmp_path), tracking_uri=recording.server.uri)
    stored = {path.name: path.read_bytes() for path in Path(found, "artifacts", "files").iterdir()}
    assert stored == read_model(recording.run.finished.store, recording.run.made["train"], SHIPPING_MODEL)


def test_the_files_are_in_the_bucket(recording: Recording, s3_server: S3Server) -> None:
    listed = s3_server.client().list_objects_v2(Bucket=BUCKET)["Contents"]
    names = {found["Key"].rpartition("/")[2] for found in listed}
    assert {"MLmodel", "hgb.skops", "report.html"} <= names


def test_the_champion_predicts_what_the_lakes_model_does(recording: Recording, tmp_path: Path) -> None:
    check_champion(recording.run, tmp_path)
