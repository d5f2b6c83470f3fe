"""No secret of a night stands where people look; and the search that says so finds those that are planted there."""

import base64
import io
import json
import secrets
import sys
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mlflow import MlflowClient

from tests.e2e.secret_night import BUCKETS, CLIENTS, LAKE, Night, Secrets, fresh_secret, prepared, run_all
from tests.secret_search.search import Report, search
from tests.servers.luigid import Luigid
from tests.servers.process import running, wait_until

# Decoys by what they are called, with the places that show them.
PLANTED = {
    "line of a log": {"logs"},
    "part of an address in a log": {"logs"},
    "part of a header in a log": {"logs"},
    "argument of a process": {"process list"},
    "parameter of a task": {"Luigi"},
    "status message of a task": {"Luigi"},
    "error of a task": {"Luigi"},
    "property of Spark": {"Spark UI", "event log", "process list"},  # every property is an argument of Spark's JVM
    "file left behind": {"files left behind"},
    "tag in MLflow": {"MLflow's database"},
    "artifact in MLflow": {"MLflow's artifacts"},
    "manifest": {"manifests"},
    "key of an object": {"datasets"},
    "header of an object": {"datasets"},
    "value in a table": {"datasets"},
    "metadata of a table": {"datasets"},
    "member of a model's file": {"models"},
}
PLACES = set.union(*PLANTED.values())
IN_USE = tuple(asdict(Secrets()))
STARTED = ("refused", "done", "doctor-wrong-key", "run-wrong-key", "doctor-endpoint", "run-endpoint")
IDLE = "import sys, time; time.sleep(600)"
PRINTS = "import os; print(os.environ['LINES'])"


@dataclass(frozen=True)
class Searched:
    """A night that is over, and what the search found."""

    night: Night
    report: Report


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    decoys = {name: secrets.token_hex(12) for name in PLANTED}
    decoys["part of an address in a log"] = fresh_secret()
    decoys["part of a header in a log"] = fresh_secret()
    with prepared(tmp_path_factory.mktemp("secrets")) as night:
        run_all(night, {"spark.decoy.note": decoys["property of Spark"]})
        with planted(night, decoys):
            yield Searched(night, search(night.pieces(), {**asdict(night.secrets), **decoys}))


@contextmanager
def planted(night: Night, decoys: Mapping[str, str]) -> Iterator[None]:
    """Put a decoy into every place that is not Spark's."""
    (night.work / "note.txt").write_text(decoys["file left behind"], encoding="utf-8")
    _plant_in_buckets(night, decoys)
    _plant_in_mlflow(night, decoys)
    _plant_in_luigi(night.scheduler, decoys)
    address = quote(decoys["part of an address in a log"], safe="")
    header = base64.b64encode(f"nightly:{decoys['part of a header in a log']}".encode()).decode()
    lines = f"{decoys['line of a log']}\nGET http://nightly:{address}@127.0.0.1/\nAuthorization: Basic {header}\n"
    with ExitStack() as started:
        quiet = night.directory / "idle.log"
        command = [sys.executable, "-c", IDLE, f"--password={decoys['argument of a process']}"]
        started.enter_context(running(command, quiet))
        shown = f"--password={decoys['argument of a process']}"
        wait_until(
            lambda: any(shown in arguments for arguments in set(night.processes.seen)), "a look at the processes"
        )
        printing = [sys.executable, "-c", PRINTS]
        writer = started.enter_context(running(printing, night.logs / "printing.log", {"LINES": lines}))
        wait_until(lambda: writer.poll() is not None, "the end of a process that prints")
        yield


def _plant_in_buckets(night: Night, decoys: Mapping[str, str]) -> None:
    client = night.s3.client()
    manifest = json.dumps({"step": "ingest", "note": decoys["manifest"]}).encode()
    client.put_object(Bucket="luigi-checkpoints", Key=f"{LAKE}/ingest/planted.json", Body=manifest)
    client.put_object(Bucket="datasets", Key=f"{LAKE}/{decoys['key of an object']}", Body=b"")
    note = {"note": decoys["header of an object"]}
    client.put_object(Bucket="datasets", Key=f"{LAKE}/noted", Body=b"", Metadata=note)
    table = pa.table({"note": [decoys["value in a table"]] * 9})
    table = table.replace_schema_metadata({"note": decoys["metadata of a table"]})
    pq.write_table(table, parquet := io.BytesIO(), compression="zstd")
    client.put_object(Bucket="datasets", Key=f"{LAKE}/planted.parquet", Body=parquet.getvalue())
    with zipfile.ZipFile(packed := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", f"{decoys["member of a model's file"]} " * 9)
    client.put_object(Bucket="models", Key=f"{LAKE}/planted.skops", Body=packed.getvalue())


def _plant_in_mlflow(night: Night, decoys: Mapping[str, str]) -> None:
    client = MlflowClient(night.mlflow.uri, night.mlflow.uri)
    run_id = client.create_run(client.create_experiment("planted")).info.run_id
    client.set_tag(run_id, "note", decoys["tag in MLflow"])
    client.log_text(run_id, decoys["artifact in MLflow"], "note.txt")


def _plant_in_luigi(scheduler: Luigid, decoys: Mapping[str, str]) -> None:
    task = {"worker": "planter", "task_id": "Planted_1", "family": "Planted"}
    _post(scheduler, "add_task", **task, params={"note": decoys["parameter of a task"]})
    _post(scheduler, "set_task_status_message", task_id="Planted_1", status_message=decoys["status message of a task"])
    _post(scheduler, "add_task", **task, status="FAILED", expl=decoys["error of a task"])


def _post(scheduler: Luigid, method: str, **arguments: object) -> None:
    # Not in the address, which the scheduler's log would repeat.
    data = f"data={quote(json.dumps(arguments))}".encode()
    with urllib.request.urlopen(f"{scheduler.url}/api/{method}", data, timeout=10) as answer:
        answer.read()


@pytest.mark.parametrize("secret", IN_USE)
def test_no_secret_is_shown_anywhere(searched: Searched, secret: str) -> None:
    assert searched.report.of([secret]) == []


@pytest.mark.parametrize("decoy", PLANTED)
def test_a_planted_one_is_found_where_it_is_and_nowhere_else(searched: Searched, decoy: str) -> None:
    # The log of moto has the address of every request, and with it every key.
    logged = {"logs"} if decoy == "key of an object" and searched.night.s3.kind == "moto" else set()
    assert searched.report.places_of(decoy) == PLANTED[decoy] | logged


def test_every_place_was_read_and_spark_was_while_it_ran(searched: Searched) -> None:
    assert set(searched.report.read) == PLACES
    assert set(BUCKETS.values()) <= PLACES
    pages = {path.rstrip("/").rpartition("/")[2] for path in searched.night.spark.paths}
    assert pages >= {"jobs", "job", "stages", "stage", "storage", "environment", "executors", "SQL", "execution", "sql"}


def test_the_secrets_were_in_use(searched: Searched) -> None:
    night = searched.night
    assert set(night.codes) == set(STARTED)
    assert night.codes["done"] == 0, night.said("done")[-4000:]
    failed = [name for name in STARTED if night.codes[name] == 0]
    assert failed == ["done"] + ["doctor-wrong-key", "run-wrong-key"] * (night.s3.kind == "moto")  # it takes any key


def test_all_three_clients_of_the_store_and_mlflows_were_refused(searched: Searched) -> None:
    said = searched.night.said("refused")
    assert searched.night.codes["refused"] == 30, said[-4000:]
    assert searched.night.refused == set(CLIENTS)
    assert "MLflow" in said
