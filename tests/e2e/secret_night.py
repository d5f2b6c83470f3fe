"""A night with every service and every secret, whose first try fails wherever credentials are used."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.processes import environment_for
from tests.secret_search.places import bucket, files, luigi
from tests.secret_search.search import Piece
from tests.secret_search.watching import ProcessList, SparkPages, Watch
from tests.servers.cutting_proxy import cutting_proxy
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.luigid import Luigid, luigid
from tests.servers.mlflow import MlflowServer, mlflow_server
from tests.servers.process import free_port
from tests.servers.s3 import S3Server
from tests.shops.small_shop import SmallShop

LAKE = "night"
OF_MLFLOW = "mlflow"
BUCKETS = {
    "datasets": "datasets",
    "models": "models",
    "luigi-checkpoints": "manifests",
    OF_MLFLOW: "MLflow's artifacts",
}
CLIENTS = ("Hadoop", "aws-sdk-cpp", "Boto3")  # what Spark, Arrow and our own requests call themselves
CLI = (sys.executable, "-m", "adapters.entrypoints.cli")
LUIGI = (sys.executable, "-m", "luigi", "--module", "luigi_tasks")


def fresh_secret() -> str:
    """One with characters that URLs, HTML and JSON write otherwise, as keys of AWS and good passwords have them."""
    return f"{secrets.token_hex(8)}/+&@{secrets.token_hex(8)}="


@dataclass
class Secrets:
    """Those in use, and those that were tried in vain."""

    s3_access_key: str = field(default_factory=lambda: secrets.token_hex(10))
    s3_secret_key: str = field(default_factory=fresh_secret)
    mlflow_password: str = field(default_factory=fresh_secret)
    scheduler_password: str = field(default_factory=fresh_secret)
    wrong_s3_secret_key: str = field(default_factory=fresh_secret)
    wrong_mlflow_password: str = field(default_factory=fresh_secret)
    password_in_endpoint: str = field(default_factory=fresh_secret)


def with_login(uri: str, password: str) -> str:
    """The address with user and password in it."""
    return uri.replace("://", f"://nightly:{quote(password, safe='')}@")


@dataclass
class Night:
    """The services, the runs made on them, and what was seen of them while they ran."""

    directory: Path
    secrets: Secrets
    s3: S3Server
    faults: FaultProxy
    mlflow: MlflowServer
    mlflow_login: str
    scheduler: Luigid
    codes: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    processes: ProcessList = field(default_factory=ProcessList)
    spark: SparkPages = field(default_factory=lambda: SparkPages(free_port()))

    @property
    def logs(self) -> Path:
        return self._made("logs")

    @property
    def work(self) -> Path:
        """Where commands run, and where they keep temporary files."""
        return self._made("work")

    @property
    def event_log(self) -> Path:
        return self._made("events")

    def run(self, name: str, *command: str, **settings: str) -> None:
        """Run a command of the pipeline with all settings, its output in a log of that name."""
        environment = environment_for(f"s3://{LAKE}", {**self._settings(), **settings})
        with (self.logs / f"{name}.log").open("wb") as log:
            done = subprocess.run(
                command, env=environment, cwd=self.work, stdout=log, stderr=log, timeout=1200, check=False
            )
        self.codes[name] = done.returncode

    def said(self, name: str) -> str:
        """What a command printed."""
        return (self.logs / f"{name}.log").read_text("utf-8", errors="replace")

    def spark_options(self, further: Mapping[str, str]) -> str:
        """Value of the setting: a UI on a port of its own and an event log that can be read."""
        options = {
            "spark.ui.port": self.spark.port,
            "spark.eventLog.enabled": "true",
            "spark.eventLog.compress": "false",
            "spark.eventLog.dir": self.event_log.as_uri(),
        }
        return json.dumps({**options, **further})

    def pieces(self) -> Iterator[Piece]:
        """Everything that there is to read of the night."""
        yield from files(
            "logs", [self.logs, self.s3.log, self.mlflow.log, self.scheduler.history.parent / "luigid.log"]
        )
        yield from files("files left behind", [self.work])
        yield from files("event log", [self.event_log])
        yield from files("MLflow's database", self.mlflow.directory.glob("server.db*"))
        yield from luigi("Luigi", self.scheduler)
        yield from self.spark.pieces("Spark UI")
        yield from self.processes.pieces("process list")
        for name, place in BUCKETS.items():
            yield from bucket(place, self.s3.client(), name)

    def _settings(self) -> dict[str, str]:
        return {
            **self.s3.environment,
            "MINIO_ENDPOINT": self.faults.endpoint,
            "RETURNCAST_MLFLOW_URI": self.mlflow_login,
            "RETURNCAST_LOG_LEVEL": "TRACE",
            "RETURNCAST_SPARK_UI": "true",
            "LUIGI_CONFIG_PATH": str(self.directory / "luigi.cfg"),
            "TMPDIR": str(self.work),
        }

    def _made(self, name: str) -> Path:
        path = self.directory / name
        path.mkdir(exist_ok=True)
        return path


@contextmanager
def prepared(directory: Path) -> Iterator[Night]:
    """The services of a night that has not begun, each asking for its secret."""
    known = Secrets()
    s3 = S3Server()
    s3.access_key, s3.secret_key = known.s3_access_key, known.s3_secret_key
    with ExitStack() as entered:
        entered.enter_context(s3)
        s3.client().create_bucket(Bucket=OF_MLFLOW)
        faults = entered.enter_context(FaultProxy(s3))
        settings = {
            "MLFLOW_S3_ENDPOINT_URL": s3.endpoint,
            "AWS_ACCESS_KEY_ID": s3.access_key,
            "AWS_SECRET_ACCESS_KEY": s3.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        mlflow = entered.enter_context(mlflow_server(directory / "mlflow", f"s3://{OF_MLFLOW}", settings))
        scheduler = entered.enter_context(luigid(directory / "luigid"))
        of_mlflow = entered.enter_context(cutting_proxy(mlflow.port, f"nightly:{known.mlflow_password}"))
        luigis_port = int(scheduler.address.rpartition(":")[2])
        of_luigi = entered.enter_context(cutting_proxy(luigis_port, f"nightly:{known.scheduler_password}"))
        address = with_login(of_luigi.uri, known.scheduler_password).replace("%", "%%")
        configured = f"[core]\nscheduler_url = {address}\nlog_level = DEBUG\n[returncast]\ntries = 2\nretry_pause = 0\n"
        (directory / "luigi.cfg").write_text(configured, encoding="utf-8")
        login = with_login(of_mlflow.uri, known.mlflow_password)
        night = Night(directory, known, s3, faults, mlflow, login, scheduler)
        with Watch(night.processes.look, 0.2):
            yield night


def run_all(night: Night, planted: Mapping[str, str]) -> None:
    """Fail in every way, then succeed.

    Args:
        night: with its services up.
        planted: Spark properties with a secret in them that nothing keeps back.
    """
    job = ("--source", str(SmallShop().write(night.directory / "shop")))
    _refuse_once_each(night.faults)
    mistaken = night.mlflow_login.replace(
        quote(night.secrets.mlflow_password, safe=""), quote(night.secrets.wrong_mlflow_password, safe="")
    )
    options = {"RETURNCAST_SPARK_OPTIONS": night.spark_options(planted)}
    with Watch(night.spark.look, 5):
        night.run("refused", *LUIGI, "ReturnsPipeline", *job, RETURNCAST_MLFLOW_URI=mistaken, **options)
    night.faults.disarm()
    night.refused = {client for client in CLIENTS for request in night.faults.refused if client in request.agent}
    night.run("done", *CLI, "run", *job, **options)
    wrong = {"MINIO_SECRET_KEY": night.secrets.wrong_s3_secret_key}
    night.run("doctor-wrong-key", *CLI, "doctor", **wrong)
    night.run("run-wrong-key", *LUIGI, "ReturnsPipeline", *job, **wrong)
    nowhere = with_login(f"http://127.0.0.1:{free_port()}", night.secrets.password_in_endpoint)
    elsewhere = {"MINIO_ENDPOINT": nowhere, "RETURNCAST_S3__ATTEMPTS": "1"}
    night.run("doctor-endpoint", *CLI, "doctor", **elsewhere)
    night.run("run-endpoint", *LUIGI, "ReturnsPipeline", *job, **elsewhere)


def _refuse_once_each(faults: FaultProxy) -> None:
    """Each of the three clients of S3 meets a refusal: Spark and Arrow one, the SDK wherever something is published.

    Arrow's is of the examples, in a worker of Spark: items need none of them, and are published.
    """
    spark, arrow, ours = CLIENTS
    faults.arm(Fault.REFUSE, lambda request: spark in request.agent and "/ingest/" in request.key, times=1)
    faults.arm(Fault.REFUSE, lambda request: arrow in request.agent and "/examples/" in request.key, times=1)
    faults.arm(Fault.REFUSE, lambda request: ours in request.agent and "/published/" in request.key)
