"""What a run came to: why there is no test is a sentence in the summary as it is in the report and the decision."""

from dataclasses import replace

from application.reporting.quality import evaluation_part
from application.run.pipeline import Pipeline
from application.run.summarise_run import summarise_run
from application.run.workflow import Body
from domain.model.fits import NO_TEST_LINE
from domain.snapshot import Attempt, Json, StepResult
from ports.progress import Progress
from tests.fakes.progress import RecordingProgress
from tests.unit.pipeline_bench import Bench

FACTS: dict[str, dict[str, Json]] = {
    "ingest": {
        **{f"rows_{name}": 0 for name in ("in", "kept", "set_aside", "duplicate")},
        "first_day": "2023-01-01",
        "last_day": "2023-04-30",
        "set_aside_by_reason": {},
        "cleared_by_reason": {},
        "taken_action_rows": 0,
        "taken_actions": 0,
    },
    "match": {
        **{f"{name}_units": 0 for name in ("return", "matched", "orphan", "cancelled")},
        "matched_events": 0,
        "recording_lag_days": None,
    },
    "examples": {"acted_lines": 0},
    "train": {
        "plan": {"test_from": "2023-03-01", "test_to": "2023-03-28", "reason": None},
        "lag_law": [1.0],
        "shipping": {"positives": 0},
    },
    "evaluate": {"learners": {}, "reason": None, "revealing": []},
    "monitor": {"alerts": []},
}


def test_a_test_whose_days_hold_no_line_says_so() -> None:
    bench = Bench()
    bench.bodies = {step: with_facts(body, step) for step, body in bench.workflow().bodies.items()}
    run = bench.workflow()
    run.run_all(RecordingProgress())
    assert summarise_run(run)["test"] == {"reason": NO_TEST_LINE}
    assert evaluation_part(run.pipeline.require("evaluate")) == (None, NO_TEST_LINE)


def with_facts(body: Body, step: str) -> Body:
    def fuller(pipeline: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        made = body(pipeline, attempt, progress)
        return replace(made, facts={"left_out": {}, **made.facts, **FACTS.get(step, {})})

    return fuller
