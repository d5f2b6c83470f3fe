"""MLflow's server away before, during and after a night's fit: nothing is lost, and the next run catches up."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from adapters.local.snapshot_store import LocalSnapshotStore
from application.run.pipeline import GRAPH
from tests.finished_lake import DAY_AFTER, UNDATED, FinishedLake
from tests.processes import answer, returncast
from tests.servers.cutting_proxy import Cut, CuttingProxy, cutting_proxy
from tests.servers.mlflow import MlflowServer, mlflow_server
from tests.servers.process import wait_until

FIRST, SECOND = "2023-04-26", DAY_AFTER
MODEL = "returncast-small-shop"
LINK = "GET /api/2.0/mlflow/experiments/get-by-name"  # where Luigi's web UI points while a fit runs


@dataclass(frozen=True)
class Night:
    """What one run of the command said, and what it asked of MLflow when."""

    summary: dict[str, Any]
    requests: list[tuple[str, datetime]]

    @property
    def put_off(self) -> dict[str, str]:
        said: dict[str, str] = self.summary["put_off"]
        return said


@dataclass
class Shop:
    """A shop with its lake and an MLflow server that is reached through a proxy."""

    source: str
    lake: Path
    server: MlflowServer
    proxy: CuttingProxy

    def run(self, as_of: str) -> Night:
        """One run; its exit code is 0."""
        seen = len(self.proxy.seen)
        summary = self._ask("run", as_of)
        return Night(summary, list(zip(self.proxy.seen[seen:], self.proxy.moments[seen:], strict=True)))

    def states(self, as_of: str) -> dict[str, str]:
        """What `returncast status` says of each step."""
        return {step["step"]: step["state"] for step in self._ask("status", as_of)["steps"]}

    def committed_at(self, step: str, as_of: str) -> datetime:
        """When the step of that day was committed."""
        made = [m for m in LocalSnapshotStore(self.lake).manifests(step) if m.inputs["train"] in self.fits(as_of)]
        return datetime.fromisoformat(made[0].committed_at)

    def fits(self, as_of: str) -> set[str]:
        """Keys of the fits of a day."""
        fits = LocalSnapshotStore(self.lake).manifests("train")
        return {fit.key for fit in fits if fit.parameters["as_of"] == as_of}

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(self.server.uri, self.server.uri)

    def _ask(self, command: str, as_of: str) -> dict[str, Any]:
        arguments = (command, "--source", self.source, "--as-of", as_of, "--json")
        said: dict[str, Any] = answer(returncast(*arguments, lake=self.lake, RETURNCAST_MLFLOW_URI=self.proxy.uri))
        return said


@pytest.fixture(scope="module")
def shop(finished_lake: FinishedLake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    directory = tmp_path_factory.mktemp("outages")
    finished_lake.seed(directory / "lake", UNDATED)
    with mlflow_server(directory / "mlflow") as server, cutting_proxy(server.port) as proxy:
        yield Shop(finished_lake.source, directory / "lake", server, proxy)


@pytest.fixture(scope="module")
def during(shop: Shop) -> Night:
    """The first night: the server is stopped while the model is fitted."""
    with ThreadPoolExecutor(1) as threads:
        running: Future[Night] = threads.submit(shop.run, FIRST)
        wait_until(lambda: running.done() or any(shop.lake.glob("models/train/*/attempt=*")), "the fit", 900)
        shop.server.stop()
        return running.result()


@pytest.fixture(scope="module")
def before(shop: Shop, during: Night) -> Night:
    """The same night again, the server stopped since before the run."""
    return shop.run(during.summary["as_of"])


@pytest.fixture(scope="module")
def after(shop: Shop, before: Night) -> Night:
    """The second night: the server goes away after the fit, when a version is about to be made."""
    assert before.put_off
    assert shop.states(FIRST)["record"] == "to do"
    shop.server.start()
    shop.proxy.set(Cut(lambda line: "model-versions/create" in line))
    night = shop.run(SECOND)
    shop.proxy.set(None)
    return night


@pytest.fixture(scope="module")
def caught_up(shop: Shop, after: Night) -> Night:
    """The second night once more, the server back."""
    return shop.run(after.summary["as_of"])


def test_a_server_that_is_stopped_during_the_fit_puts_off_the_record_alone(shop: Shop, during: Night) -> None:
    assert set(during.summary["executed"]) == set(GRAPH) - {"record", *UNDATED}
    assert list(during.put_off) == ["record"]
    why = during.put_off["record"]
    assert why.startswith(f"MLflow at {shop.proxy.uri} could not record the run 'small-shop as of {FIRST}'")
    assert why.endswith("Mend MLflow and run again. The lake's data are safe, and the next run records this one.")
    for name, place in during.summary["published"].items():
        assert any(Path(place.removeprefix("file://")).parent.iterdir()), name


def test_mlflow_is_asked_for_no_more_than_a_link_before_everything_else_is_committed(
    shop: Shop, during: Night, after: Night
) -> None:
    for night, as_of in ((during, FIRST), (after, SECOND)):
        early = [request for request, moment in night.requests if moment < shop.committed_at("report", as_of)]
        assert {request for request in early if not request.startswith(LINK)} == set()
        assert len(night.requests) > len(early)


def test_a_server_that_is_stopped_before_the_run_puts_the_record_off_again(before: Night) -> None:
    assert (before.summary["executed"], list(before.put_off)) == ([], ["record"])


def test_a_server_that_goes_away_after_the_fit_puts_off_the_record_alone(after: Night) -> None:
    assert {"train", "promote", "score", "report"} <= set(after.summary["executed"])
    assert list(after.put_off) == ["record"]
    assert any("model-versions/create" in request for request, _ in after.requests)


def test_the_next_run_does_the_record_alone_and_catches_up_with_the_earlier_day(caught_up: Night) -> None:
    assert (caught_up.summary["executed"], caught_up.put_off) == (["record"], {})
    assert caught_up.summary["caught_up"] == {"recorded": [FIRST], "refused": {}, "waiting": 0}


def test_each_fit_is_one_run_and_one_version_with_its_files(shop: Shop, caught_up: Night) -> None:
    client, fits = shop.client, shop.fits(FIRST) | shop.fits(SECOND)
    assert caught_up.requests
    experiment = client.get_experiment_by_name("returncast")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    assert {(run.data.tags["returncast.key"], run.info.status) for run in runs} == {(fit, "FINISHED") for fit in fits}
    assert len(runs) == len(fits) == 2
    versions = client.search_model_versions(f"name = '{MODEL}'")
    assert len({(v.tags["returncast.key"], v.tags["returncast.learner"]) for v in versions}) == len(versions)
    assert {v.tags["returncast.key"] for v in versions} == fits
    models = client.search_logged_models([experiment.experiment_id])
    assert [str(model.status) for model in models] == ["READY"] * len(versions)
    for model in models:
        assert "MLmodel" in {file.path for file in client.list_logged_model_artifacts(model.model_id)}


def test_the_champions_alias_is_where_the_latest_decision_is(shop: Shop, caught_up: Night) -> None:
    after = caught_up.summary["decision"]["after"]
    champion = shop.client.get_model_version_by_alias(MODEL, "champion")
    assert (champion.tags["returncast.content"], champion.tags["returncast.learner"]) == (
        after["model"],
        after["learner"],
    )


def test_a_record_put_off_is_to_do_until_it_is_caught_up(shop: Shop, caught_up: Night) -> None:
    assert caught_up.summary["caught_up"]["recorded"] == [FIRST]
    assert set(shop.states(FIRST).values()) == {"done"}
