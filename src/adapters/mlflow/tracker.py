"""Runs as MLflow runs: one a key, found again by a tag."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.mlflow.connection import MlflowConnection
from domain.errors import ServiceError
from ports.experiment_tracker import KEY_TAG, DataInput, ExperimentTracker, RecordedRun, TrackedRun

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput, Run

STANDARD_TAGS = {"git.commit": "mlflow.source.git.commit", "git.branch": "mlflow.source.git.branch"}
SOURCE_TAGS = {"mlflow.source.name": "returncast", "mlflow.source.type": "LOCAL"}
BATCH = 100  # parameters, metrics or tags a request; MLflow takes no more parameters and tags at once


class MlflowTracker(ExperimentTracker):
    """Records runs in one experiment of an MLflow connection."""

    def __init__(self, connection: MlflowConnection) -> None:
        self._connection = connection

    def record(self, run: TrackedRun) -> str:
        """Write parameters, metrics, tags, inputs and files of a run."""
        with self._connection.answering(f"record the run '{run.name}'") as client:
            found = the_run(self._connection, run.key, run.name)
            known, run_id = dict(found.data.params), str(found.info.run_id)
            _refuse_other_parameters(run, known)
            if found.info.run_name != run.name:  # opened for its model alone, before the run itself was recorded
                client.update_run(run_id, name=run.name)
            _log_figures(client, run_id, run, known)
            _log_inputs(client, run_id, run, found)
            _log_files(client, run_id, run.files)
            client.set_terminated(run_id, "FINISHED")
            return run_id

    def find(self, key: str) -> RecordedRun | None:
        """The run whose key tag is `key`."""
        with self._connection.answering(f"find the run '{key}'") as client:
            found = run_of(self._connection, key)
            return None if found is None else _recorded(client, found)


def run_of(connection: MlflowConnection, key: str) -> "Run | None":
    """The MLflow run recorded under a key, or None; of several the oldest."""
    return next(iter(_runs_of(connection, key)), None)


def the_run(connection: MlflowConnection, key: str, name: str) -> "Run":
    """The one MLflow run under a key, opened now if there is none.

    MLflow has no conditional write: a request whose answer was lost is sent again, and another process may
    record the same key. So what is there is looked at once more after opening, all keep the oldest run, and the
    others are deleted.

    Args:
        connection: to MLflow.
        key: identifies the run.
        name: what a new one is called.
    """
    if not _runs_of(connection, key):
        connection.client.create_run(connection.experiment_id, run_name=name, tags={KEY_TAG: key})
    oldest, *others = _runs_of(connection, key)
    for duplicate in others:
        connection.client.delete_run(duplicate.info.run_id)
    return oldest


def _runs_of(connection: MlflowConnection, key: str) -> "list[Run]":
    """The runs under a key, oldest first."""
    return list(
        connection.client.search_runs(
            [connection.experiment_id],
            filter_string=f"tags.`{KEY_TAG}` = '{key}'",
            order_by=["attributes.start_time ASC", "attributes.run_id ASC"],
        )
    )


def _refuse_other_parameters(run: TrackedRun, known: Mapping[str, str]) -> None:
    changed = sorted(n for n, value in run.parameters.items() if known.get(n, value) != value)
    if changed:
        raise ServiceError(
            f"The run '{run.key}' is recorded with other values of {', '.join(changed)}.",
            "Record a run with other parameters under a key of its own.",
        )


def _log_figures(client: "MlflowClient", run_id: str, run: TrackedRun, known: Mapping[str, str]) -> None:
    from mlflow.entities import Metric, Param, RunTag  # noqa: PLC0415

    parameters = [Param(name, value) for name, value in sorted(run.parameters.items()) if name not in known]
    for start in range(0, len(parameters), BATCH):
        client.log_batch(run_id, params=parameters[start : start + BATCH])
    now_ms = int(time.time() * 1000)
    metrics = [Metric(name, value, now_ms, 0) for name, value in sorted(run.metrics.items())]
    for start in range(0, len(metrics), BATCH):
        client.log_batch(run_id, metrics=metrics[start : start + BATCH])
    standard = {STANDARD_TAGS[name]: value for name, value in run.tags.items() if name in STANDARD_TAGS}
    tags = [RunTag(name, value) for name, value in sorted({**SOURCE_TAGS, **run.tags, **standard}.items())]
    for start in range(0, len(tags), BATCH):
        client.log_batch(run_id, tags=tags[start : start + BATCH])


def _log_inputs(client: "MlflowClient", run_id: str, run: TrackedRun, found: "Run") -> None:
    known = set(_inputs(found))
    fresh = [_dataset_input(data) for data in run.inputs if data not in known]
    if fresh:
        client.log_inputs(run_id, datasets=fresh)


def _dataset_input(data: DataInput) -> "DatasetInput":
    from mlflow.entities import Dataset, DatasetInput, InputTag  # noqa: PLC0415

    dataset = Dataset(data.name, data.digest, "local", '{"by": "returncast"}', profile=f'{{"rows": {data.rows}}}')
    return DatasetInput(dataset, [InputTag("mlflow.data.context", data.role), InputTag("rows", str(data.rows))])


def _log_files(client: "MlflowClient", run_id: str, files: Mapping[str, bytes]) -> None:
    with tempfile.TemporaryDirectory(prefix="returncast-run-") as directory:
        for path, data in files.items():
            target = Path(directory, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        client.log_artifacts(run_id, directory)


def _recorded(client: "MlflowClient", run: "Run") -> RecordedRun:
    tags = {name: value for name, value in run.data.tags.items() if name != KEY_TAG and not name.startswith("mlflow.")}
    return RecordedRun(
        id=run.info.run_id,
        key=run.data.tags[KEY_TAG],
        name=str(run.info.run_name),
        parameters=dict(run.data.params),
        metrics=dict(run.data.metrics),
        tags=tags,
        inputs=tuple(sorted(_inputs(run), key=lambda data: (data.name, data.role))),
        files=tuple(sorted(_paths(client, run.info.run_id, ""))),
    )


def _inputs(run: "Run") -> Iterator[DataInput]:
    for given in run.inputs.dataset_inputs if run.inputs is not None else ():
        tags = {tag.key: tag.value for tag in given.tags}
        rows = int(tags.get("rows", "0"))
        yield DataInput(given.dataset.name, given.dataset.digest, tags.get("mlflow.data.context", ""), rows)


def _paths(client: "MlflowClient", run_id: str, below: str) -> Iterator[str]:
    for entry in client.list_artifacts(run_id, below or None):
        if entry.is_dir:
            yield from _paths(client, run_id, entry.path)
        else:
            yield str(entry.path)
