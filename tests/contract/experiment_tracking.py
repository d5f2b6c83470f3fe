"""What every experiment tracker and every model registry must do."""

import uuid
from abc import ABC, abstractmethod

import pytest

from domain.errors import ServiceError
from domain.schema import Column, ColumnType, Schema
from ports.experiment_tracker import DataInput, ExperimentTracker, TrackedRun
from ports.model_registry import ModelPackage, ModelRegistry

INPUTS = Schema((Column("price", ColumnType.NUMBER, nullable=True), Column("country", ColumnType.TEXT, nullable=True)))


def a_run(**changes: object) -> TrackedRun:
    """A run under a key that nobody used before."""
    given: dict[str, object] = {"key": uuid.uuid4().hex, "name": "shop as of 2019-05-01", **changes}
    return TrackedRun(**given)  # type: ignore[arg-type]


def a_package(**changes: object) -> ModelPackage:
    """A model with a content that nobody registered before."""
    given: dict[str, object] = {
        "content": uuid.uuid4().hex,
        "learner": "mean",
        "run_key": uuid.uuid4().hex,
        "files": {"model.json": b'{"files": {}, "design": null}', "baseline.json": b'{"rate": 0.1}'},
        "inputs": INPUTS,
        "example": [{"price": 12.5, "country": "GB"}, {"price": None, "country": None}],
        "tags": {"as_of": "2019-05-01"},
        **changes,
    }
    return ModelPackage(**given)  # type: ignore[arg-type]


class ExperimentTrackerContract(ABC):
    """Laws of `ports.experiment_tracker.ExperimentTracker`; runs of other tests may be in the same tracker."""

    @abstractmethod
    @pytest.fixture
    def tracker(self) -> ExperimentTracker:
        """The tracker under test."""

    @abstractmethod
    @pytest.fixture
    def silent_tracker(self) -> ExperimentTracker:
        """One that does not answer."""

    @abstractmethod
    def stored_file(self, tracker: ExperimentTracker, run_id: str, path: str) -> bytes:
        """A run's attachment, read past the port."""

    def test_a_run_is_found_as_it_was_recorded(self, tracker: ExperimentTracker) -> None:
        run = a_run(
            parameters={"recipe.learner": "mean", "as_of": "2019-05-01"},
            metrics={"log_loss": 0.402, "mean/auc_low": 0.679},
            tags={"git.commit": "abc", "decision": "first"},
            inputs=(DataInput("examples", "d1", "training", 12), DataInput("source", "d2", "source", 20)),
            files={"figures/roc.svg": b"<svg/>", "report.html": "<p>\u00e9</p>".encode()},
        )
        run_id = tracker.record(run)
        found = tracker.find(run.key)
        assert found is not None
        assert (found.id, found.key, found.name) == (run_id, run.key, run.name)
        assert (found.parameters, found.metrics, found.tags) == (run.parameters, run.metrics, run.tags)
        assert (found.inputs, found.files) == (run.inputs, ("figures/roc.svg", "report.html"))
        assert self.stored_file(tracker, run_id, "report.html") == run.files["report.html"]

    def test_an_unknown_key_is_not_found(self, tracker: ExperimentTracker) -> None:
        assert tracker.find("nobody") is None

    def test_recording_a_key_again_completes_the_same_run(self, tracker: ExperimentTracker) -> None:
        data = DataInput("examples", "d1", "training", 12)
        first = a_run(parameters={"a": "1"}, metrics={"auc": 0.6}, tags={"t": "1"}, inputs=(data,), files={"a": b"1"})
        second = a_run(
            key=first.key,
            parameters={"a": "1", "b": "2"},
            metrics={"auc": 0.7, "brier": 0.1},
            tags={"t": "2"},
            inputs=(data,),
            files={"a": b"2", "b": b"3"},
        )
        run_id = tracker.record(first)
        assert tracker.record(second) == run_id
        found = tracker.find(first.key)
        assert found is not None
        assert found.parameters == {"a": "1", "b": "2"}
        assert (found.metrics, found.tags) == ({"auc": 0.7, "brier": 0.1}, {"t": "2"})
        assert (found.inputs, found.files) == ((data,), ("a", "b"))
        assert self.stored_file(tracker, run_id, "a") == b"2"

    def test_another_value_of_a_parameter_is_refused(self, tracker: ExperimentTracker) -> None:
        run = a_run(parameters={"a": "1"})
        tracker.record(run)
        with pytest.raises(ServiceError):
            tracker.record(a_run(key=run.key, parameters={"a": "2"}))

    def test_a_run_may_hold_nothing_or_very_much(self, tracker: ExperimentTracker) -> None:
        empty = a_run()
        tracker.record(empty)
        found = tracker.find(empty.key)
        assert found is not None
        assert (found.parameters, found.metrics, found.files) == ({}, {}, ())
        full = a_run(
            parameters={f"p{n}": "x" for n in range(150)},
            metrics={f"m{n}": float(n) for n in range(250)},
            tags={f"t{n}": "y" for n in range(150)},
        )
        tracker.record(full)
        found = tracker.find(full.key)
        assert found is not None
        assert (len(found.parameters), len(found.metrics), len(found.tags)) == (150, 250, 150)

    def test_a_tracker_that_does_not_answer_is_a_service_error(self, silent_tracker: ExperimentTracker) -> None:
        with pytest.raises(ServiceError):
            silent_tracker.record(a_run())
        with pytest.raises(ServiceError):
            silent_tracker.find("k")


class ModelRegistryContract(ABC):
    """Laws of `ports.model_registry.ModelRegistry`; every test uses a name of its own."""

    @abstractmethod
    @pytest.fixture
    def registry(self) -> ModelRegistry:
        """The registry under test."""

    @abstractmethod
    @pytest.fixture
    def silent_registry(self) -> ModelRegistry:
        """One that does not answer."""

    @pytest.fixture
    def name(self) -> str:
        """A name that nobody used before."""
        return f"returncast-{uuid.uuid4().hex}"

    def test_versions_count_up_and_keep_their_identity(self, registry: ModelRegistry, name: str) -> None:
        first, second = a_package(), a_package(learner="baseline")
        assert [registry.register(name, package).version for package in (first, second)] == [1, 2]
        kept = registry.versions(name)
        assert [(v.name, v.version, v.content, v.learner, v.run_key) for v in kept] == [
            (name, 1, first.content, "mean", first.run_key),
            (name, 2, second.content, "baseline", second.run_key),
        ]
        assert kept[0].tags == {"as_of": "2019-05-01"}

    def test_the_same_model_of_the_same_run_is_registered_once(self, registry: ModelRegistry, name: str) -> None:
        package = a_package()
        assert registry.register(name, package) == registry.register(name, package)
        assert len(registry.versions(name)) == 1

    def test_another_learner_or_run_is_another_version(self, registry: ModelRegistry, name: str) -> None:
        package = a_package()
        registry.register(name, package)
        registry.register(name, a_package(content=package.content, run_key=package.run_key, learner="baseline"))
        registry.register(name, a_package(content=package.content))
        assert len(registry.versions(name)) == 3

    def test_an_unknown_name_has_no_versions_and_no_aliases(self, registry: ModelRegistry, name: str) -> None:
        assert list(registry.versions(name)) == []
        assert registry.find(name, "champion") is None
        registry.drop_alias(name, "champion")

    def test_an_alias_points_to_one_version_and_moves(self, registry: ModelRegistry, name: str) -> None:
        for package in (a_package(), a_package()):
            registry.register(name, package)
        registry.set_alias(name, "champion", 1)
        registry.set_alias(name, "challenger", 2)
        assert [v.aliases for v in registry.versions(name)] == [("champion",), ("challenger",)]
        registry.set_alias(name, "champion", 2)
        assert [v.aliases for v in registry.versions(name)] == [(), ("challenger", "champion")]
        found = registry.find(name, "champion")
        assert found is not None
        assert found.version == 2

    def test_a_dropped_alias_points_to_nothing(self, registry: ModelRegistry, name: str) -> None:
        registry.register(name, a_package())
        registry.set_alias(name, "challenger", 1)
        registry.drop_alias(name, "challenger")
        registry.drop_alias(name, "challenger")
        assert registry.find(name, "challenger") is None

    def test_an_alias_for_no_version_is_refused(self, registry: ModelRegistry, name: str) -> None:
        with pytest.raises(ServiceError):
            registry.set_alias(name, "champion", 1)

    def test_a_registry_that_does_not_answer_is_a_service_error(self, silent_registry: ModelRegistry) -> None:
        with pytest.raises(ServiceError):
            silent_registry.register("returncast-shop", a_package())
        with pytest.raises(ServiceError):
            silent_registry.versions("returncast-shop")
        with pytest.raises(ServiceError):
            silent_registry.find("returncast-shop", "champion")
