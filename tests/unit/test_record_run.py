"""Recording as a use case: what is kept, that repeating it repeats nothing, and when aliases move."""

import json
from pathlib import Path

import pytest

from application.tracking.package_model import model_name
from application.tracking.record_run import RecordRun
from domain.errors import ServiceError
from domain.model.recipe import Recipe
from domain.snapshot import StepResult
from tests.examples_table import ExamplesTable
from tests.fakes.experiment_tracker import InMemoryExperimentTracker
from tests.fakes.model_registry import InMemoryModelRegistry
from tests.fakes.report_renderer import PlainReportRenderer
from tests.fakes.resource_meter import UnmeasuredMeter
from tests.finished_run import SHOP, FinishedRun, known_lines

GOOD, BETTER, WORSE, HOPELESS = (Recipe(learning_rate=rate) for rate in (0.2, 0.4, 0.1, 0.01))
NAME = model_name(SHOP)


def key_of(recipe: Recipe) -> str:
    return f"{recipe.digest}-2024-04-11"


class Recorder:
    """A lake with a tracker and a registry beside it."""

    def __init__(self, directory: Path, examples: ExamplesTable | None = None) -> None:
        self.finished = FinishedRun(directory) if examples is None else FinishedRun(directory, examples)
        self.tracker = InMemoryExperimentTracker()
        self.registry = InMemoryModelRegistry()
        self.renderer = PlainReportRenderer()

    def run(self, recipe: Recipe) -> StepResult:
        made = self.finished.run(recipe, self.renderer)
        return self.use_case.record(made, self.finished.record_subject)

    @property
    def use_case(self) -> RecordRun:
        f = self.finished
        return RecordRun(f.store, self.tracker, self.registry, f.tables, self.renderer, UnmeasuredMeter(), str)

    def aliases(self) -> dict[int, tuple[str, ...]]:
        return {version.version: version.aliases for version in self.registry.versions(NAME)}


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path)


def test_a_run_is_tracked_under_the_key_of_its_fit_with_all_that_explains_it(recorder: Recorder) -> None:
    notes = recorder.run(GOOD).notes
    kept = recorder.tracker.find(key_of(GOOD))
    assert kept is not None
    assert notes["run"] == kept.id
    assert kept.parameters["recipe.learning_rate"] == "0.2"
    assert kept.metrics["log_loss"] == kept.metrics["mean/log_loss"] < kept.metrics["baseline/log_loss"]
    assert (kept.tags["git.commit"], kept.tags["decision"]) == ("abc123", "first")
    assert {(data.role, len(data.digest) <= 36) for data in kept.inputs} == {("training", True), ("source", True)}
    assert kept.files == (
        "decision/decision.json",
        "environment/requirements.txt",
        "evaluation/facts.json",
        "figures/reliability.svg",
        "pipeline/graph.json",
        "pipeline/graph.mmd",
        "report/report.html",
        "training/facts.json",
    )


def test_the_graph_names_every_step_and_the_keys_of_the_run(recorder: Recorder) -> None:
    recorder.run(GOOD)
    files = recorder.tracker.runs[key_of(GOOD)].files
    graph = json.loads(files["pipeline/graph.json"])
    assert graph["train"]["key"] == key_of(GOOD)
    assert graph["train"]["inputs"] == ["examples"]
    assert all(f"    {step}[" in files["pipeline/graph.mmd"].decode() for step in graph)


def test_the_first_champion_gets_the_alias_and_nobody_challenges(recorder: Recorder) -> None:
    assert recorder.run(GOOD).notes["aliases_moved"]
    assert recorder.aliases() == {1: ("champion",)}


def test_recording_twice_repeats_nothing(recorder: Recorder) -> None:
    assert recorder.run(GOOD) == recorder.run(GOOD)
    assert len(recorder.tracker.runs) == 1
    assert recorder.aliases() == {1: ("champion",)}


def test_a_candidate_that_loses_is_the_challenger(recorder: Recorder) -> None:
    recorder.run(GOOD)
    recorder.run(WORSE)
    assert recorder.aliases() == {1: ("champion",), 2: ("challenger",)}


def test_a_candidate_that_wins_takes_the_alias(recorder: Recorder) -> None:
    recorder.run(GOOD)
    recorder.run(BETTER)
    assert recorder.aliases() == {1: (), 2: ("champion",)}


def test_a_baseline_in_place_of_its_candidate_is_a_version_of_its_own(recorder: Recorder) -> None:
    recorder.run(HOPELESS)
    assert [(v.learner, v.aliases) for v in recorder.registry.versions(NAME)] == [
        ("mean", ("challenger",)),
        ("baseline", ("champion",)),
    ]


def test_a_champion_that_was_never_registered_is_registered_with_the_next_run(recorder: Recorder) -> None:
    recorder.registry.answers = False
    with pytest.raises(ServiceError):
        recorder.run(GOOD)
    recorder.registry.answers = True
    recorder.run(WORSE)
    by_alias = {alias: v.run_key for v in recorder.registry.versions(NAME) for alias in v.aliases}
    assert by_alias == {"champion": key_of(GOOD), "challenger": key_of(WORSE)}


def test_a_run_of_an_earlier_day_moves_no_alias(tmp_path: Path) -> None:
    late = Recorder(tmp_path)
    late.run(GOOD)
    early = Recorder(tmp_path, known_lines(95))
    early.tracker, early.registry = late.tracker, late.registry
    assert not early.run(BETTER).notes["aliases_moved"]
    assert late.aliases() == {1: ("champion",), 2: ()}


def test_names_fit_what_registries_take() -> None:
    assert model_name("product-sales-returns") == "returncast-product-sales-returns"
    assert model_name("Shop / of:things ") == "returncast-Shop-of-things"
