"""What runs, what does not run again, and what a crash leaves behind."""

from dataclasses import replace
from datetime import date

import pytest

from application.run.pipeline import GRAPH, Pipeline
from application.run.run_request import RunRequest
from domain.errors import ServiceError, SnapshotError
from domain.model.recipe import Recipe
from domain.snapshot import Attempt, StepResult
from ports.progress import Progress
from tests.fakes.failpoints import Crash, CrashingFailpoints
from tests.fakes.progress import RecordingProgress
from tests.unit.pipeline_bench import Bench

PROGRESS = RecordingProgress()
AFTER_THE_FIT = ["train", "evaluate", "promote", "score", "actions", "orders", "stock", "monitor", "report", "record"]


def test_a_first_run_runs_every_step_in_order_and_publishes() -> None:
    workflow = Bench().workflow()
    workflow.run_all(PROGRESS)
    assert workflow.executed == list(GRAPH)
    assert workflow.is_published


def test_a_second_run_runs_nothing() -> None:
    bench = Bench()
    bench.workflow().run_all(PROGRESS)
    again = bench.workflow()
    assert all(again.is_done(step) for step in GRAPH)
    again.run_all(PROGRESS)
    assert again.executed == []


def test_a_changed_training_parameter_reruns_the_fit_and_what_follows() -> None:
    bench = Bench()
    bench.workflow().run_all(PROGRESS)
    changed = bench.workflow(RunRequest(recipe=Recipe(learning_rate=0.1)))
    changed.run_all(PROGRESS)
    assert changed.executed == AFTER_THE_FIT


def test_a_changed_line_of_the_compiler_reruns_the_features_and_what_follows() -> None:
    bench = Bench()
    bench.workflow().run_all(PROGRESS)
    bench.code.versions["adapters.spark.features.builder"] = 2
    changed = bench.workflow()
    changed.run_all(PROGRESS)
    assert changed.executed == ["features", "examples", *AFTER_THE_FIT]


def test_another_day_reruns_only_what_depends_on_it() -> None:
    bench = Bench()
    bench.workflow().run_all(PROGRESS)
    earlier = bench.workflow(RunRequest(as_of=date(2023, 4, 1)))
    earlier.run_all(PROGRESS)
    assert earlier.executed == [step for step in GRAPH if GRAPH[step].dated]
    assert not {"ingest", "match", "features"} & set(earlier.executed)


def test_other_orders_rerun_everything() -> None:
    bench = Bench()
    bench.workflow().run_all(PROGRESS)
    other = bench.workflow(source="other orders")
    other.run_all(PROGRESS)
    assert other.executed == list(GRAPH)


def test_naming_the_default_day_is_the_same_run() -> None:
    bench = Bench()
    bench.workflow().run_all(PROGRESS)
    named = bench.workflow(RunRequest(as_of=date(2023, 5, 1)))
    assert all(named.is_done(step) for step in GRAPH)


def test_keys_after_the_decision_are_unknown_until_it_is_committed() -> None:
    workflow = Bench().workflow(RunRequest(as_of=date(2023, 4, 1)))
    assert workflow.pipeline.key("promote") is not None
    assert workflow.pipeline.key("score") is None


def test_dated_keys_are_unknown_until_the_source_was_read() -> None:
    workflow = Bench().workflow()
    assert workflow.pipeline.key("features") is not None
    assert workflow.pipeline.key("examples") is None


@pytest.mark.parametrize("place", ["begun", "written", "manifest"])
def test_a_crash_before_the_commit_leaves_the_step_undone(place: str) -> None:
    bench = Bench(failpoints=CrashingFailpoints(f"match.{place}"))
    with pytest.raises(Crash):
        bench.workflow().run_all(PROGRESS)
    bench.failpoints = CrashingFailpoints()
    after = bench.workflow()
    assert after.is_done("ingest")
    assert not after.is_done("match")
    after.run_all(PROGRESS)
    assert after.executed == [step for step in GRAPH if step != "ingest"]


def test_a_crash_after_the_commit_does_not_run_the_step_again() -> None:
    bench = Bench(failpoints=CrashingFailpoints("match.committed"))
    with pytest.raises(Crash):
        bench.workflow().run_all(PROGRESS)
    bench.failpoints = CrashingFailpoints()
    after = bench.workflow()
    after.run_all(PROGRESS)
    assert "match" not in after.executed


def test_a_service_that_is_down_puts_the_record_off_to_the_next_run() -> None:
    def down(_pipeline: Pipeline, _attempt: Attempt, _progress: Progress) -> StepResult:
        raise ServiceError("MLflow does not answer.", "Start it.")

    bench = Bench(bodies={"record": down})
    workflow = bench.workflow()
    workflow.run_all(PROGRESS)
    assert workflow.is_done("record")
    assert "MLflow does not answer." in str(workflow.put_off["record"])
    bench.bodies = {}
    recovered = bench.workflow()
    recovered.run_all(PROGRESS)
    assert recovered.executed == ["record"]


def test_a_service_that_is_down_fails_any_other_step() -> None:
    def down(_pipeline: Pipeline, _attempt: Attempt, _progress: Progress) -> StepResult:
        raise ServiceError("The store does not answer.", "Start it.")

    with pytest.raises(ServiceError):
        Bench(bodies={"match": down}).workflow().run_all(PROGRESS)


@pytest.mark.parametrize("step", ["promote", "report", "record"])
def test_a_damaged_checkpoint_of_the_run_itself_stops_its_record(step: str) -> None:
    bench = Bench()
    bench.workflow().run_all(PROGRESS)
    key, record = (bench.workflow().pipeline.key(name) for name in (step, "record"))
    del bench.store.files[f"luigi-checkpoints/record/{record}.json"]
    bench.store.files[f"luigi-checkpoints/{step}/{key}.json"] = b"{"
    with pytest.raises(SnapshotError, match=f"{key}.json cannot be read"):
        bench.workflow().run("record", PROGRESS)


def test_a_result_of_another_decision_gives_the_scores_another_key() -> None:
    bench = Bench()
    bench.workflow().run_all(PROGRESS)
    before = bench.workflow().pipeline.key("score")

    def other(pipeline: Pipeline, _attempt: Attempt, _progress: Progress) -> StepResult:
        return StepResult(facts={"decision": {"after": "another model"}})

    fresh = Bench(bodies={"promote": other})
    fresh.workflow().run_all(PROGRESS)
    assert fresh.workflow().pipeline.key("promote") == bench.workflow().pipeline.key("promote")
    assert fresh.workflow().pipeline.key("score") != before


def test_a_manifest_says_what_it_was_made_of() -> None:
    bench = Bench()
    request = replace(RunRequest(), as_of=date(2023, 4, 1))
    workflow = bench.workflow(request)
    workflow.run_all(PROGRESS)
    made = workflow.pipeline.require("train")
    assert made.inputs == {"examples": workflow.pipeline.key("examples")}
    assert made.parameters["as_of"] == "2023-04-01"
    assert made.parameters["recipe"]["learner"] == "mean"
