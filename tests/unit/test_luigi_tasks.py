"""The tasks are thin: what they require is the graph's, and running them runs the use cases."""

from collections.abc import Iterator
from datetime import date

import luigi
import pytest
from luigi.configuration import get_config

import luigi_tasks
from adapters.entrypoints import pipeline_run
from application.run.pipeline import GRAPH, STEPS, Pipeline
from application.run.run_request import RunRequest
from application.run.workflow import Workflow
from domain.errors import ServiceError, SnapshotError, SourceError
from domain.snapshot import Attempt, Manifest, StepResult
from luigi_tasks import steps
from ports.progress import Progress
from tests.fakes.progress import RecordingProgress
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.unit.pipeline_bench import Bench

DAY = date(2023, 4, 1)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Tasks of this test run on fakes; each source and day has one workflow, as in a process."""
    made = Bench()
    workflows: dict[tuple[str, date | None], Workflow] = {}

    def workflow_for(source: str, as_of: date | None) -> Workflow:
        if (source, as_of) not in workflows:
            workflows[source, as_of] = made.workflow(RunRequest(as_of=as_of), source)
        return workflows[source, as_of]

    monkeypatch.setattr(steps, "workflow_for", workflow_for)
    yield made
    luigi.task_register.Register.clear_instance_cache()


def _build(task: luigi.Task) -> luigi.execution_summary.LuigiRunResult:
    return luigi.build([task], local_scheduler=True, detailed_summary=True, no_lock=True, workers=1)


def test_every_step_of_the_graph_has_its_task() -> None:
    assert set(luigi_tasks.TASKS) == set(STEPS)


def test_only_dated_steps_carry_the_day() -> None:
    for name, task in luigi_tasks.TASKS.items():
        assert issubclass(task, luigi_tasks.DatedTask) == STEPS[name].dated


def test_the_wrapper_runs_every_step_and_is_complete_afterwards(bench: Bench) -> None:
    task = luigi_tasks.ReturnsPipeline(source="orders", as_of=date(2023, 4, 1))
    assert not task.complete()
    assert _build(task).scheduling_succeeded
    assert task.complete()
    assert len([path for path in bench.store.files if path.startswith("luigi-checkpoints/")]) == len(GRAPH)


def test_the_default_day_is_found_once_the_source_is_read(bench: Bench) -> None:
    assert _build(luigi_tasks.ReturnsPipeline(source="orders")).scheduling_succeeded
    assert bench.workflow().pipeline.as_of == date(2023, 5, 1)


def test_a_failed_step_fails_the_run_and_leaves_the_rest_undone(bench: Bench) -> None:
    def unreadable(_pipeline: Pipeline, _attempt: Attempt, _progress: Progress) -> StepResult:
        raise SourceError("orders.csv is truncated.", "Copy it again.")

    bench.bodies = {"ingest": unreadable}
    result = _build(luigi_tasks.ReturnsPipeline(source="orders", as_of=date(2023, 4, 1)))
    assert not result.scheduling_succeeded
    assert "Ingest" in result.summary_text
    assert bench.store.manifests("match") == []


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run sets in Luigi is taken back; pauses are none."""
    monkeypatch.setattr(luigi.Task, "_event_callbacks", {})
    monkeypatch.setattr(pipeline_run, "_leave_the_telling_to_us", lambda: None)
    monkeypatch.setitem(get_config()["core"], "no_configure_logging", "true")
    monkeypatch.setitem(get_config()["returncast"], "retry_pause", "0")


class Away(InMemorySnapshotStore):
    """A lake that does not answer for some questions."""

    silences = 0

    def find(self, step: str, key: str) -> Manifest | None:
        if self.silences:
            self.silences -= 1
            raise ServiceError("The store is away.", "Start it.")
        return super().find(step, key)


@pytest.mark.parametrize("step", ["ingest", "score", "record"])
def test_a_damaged_checkpoint_ends_the_run_with_its_own_error(bench: Bench, quiet: None, step: str) -> None:
    bench.workflow(RunRequest(as_of=DAY)).run_all(RecordingProgress())
    [checkpoint] = [path for path in bench.store.files if path.startswith(f"luigi-checkpoints/{step}/")]
    bench.store.files[checkpoint] = b"{"
    with pytest.raises(SnapshotError, match=f"{checkpoint} cannot be read"):
        pipeline_run._run_luigi("orders", DAY.isoformat(), None)


def test_a_lake_that_stays_away_ends_the_run_with_its_own_error(bench: Bench, quiet: None) -> None:
    bench.store = Away()
    bench.store.silences = 9
    with pytest.raises(ServiceError, match="The store is away"):
        pipeline_run._run_luigi("orders", DAY.isoformat(), None)
    assert bench.store.silences == 6  # asked three times, and not three times by each task that asks another


def test_a_lake_that_comes_back_is_asked_again_whether_a_step_is_done(bench: Bench, quiet: None) -> None:
    bench.store = Away()
    bench.store.silences = 2
    assert pipeline_run._run_luigi("orders", DAY.isoformat(), None) == 0


def test_every_return_code_is_set_and_completeness_is_checked() -> None:
    config = luigi.configuration.get_config()
    codes = ("already_running", "missing_data", "not_run", "task_failed", "scheduling_error", "unhandled_exception")
    assert all(config.getint("retcode", code) > 0 for code in codes)
    assert config.getboolean("worker", "check_complete_on_run")
