"""The tasks are thin: what they require is the graph's, and running them runs the use cases."""

from collections.abc import Iterator
from datetime import date

import luigi
import pytest

import luigi_tasks
from application.pipeline import GRAPH, STEPS, Pipeline
from application.run_request import RunRequest
from application.workflow import Workflow
from domain.errors import SourceError
from domain.snapshot import Attempt, StepResult
from luigi_tasks import steps
from ports.progress import Progress
from tests.unit.pipeline_bench import Bench


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


def test_every_return_code_is_set_and_completeness_is_checked() -> None:
    config = luigi.configuration.get_config()
    codes = ("already_running", "missing_data", "not_run", "task_failed", "scheduling_error", "unhandled_exception")
    assert all(config.getint("retcode", code) > 0 for code in codes)
    assert config.getboolean("worker", "check_complete_on_run")
