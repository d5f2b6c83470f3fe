"""What a run advises at its end."""

from application.run.pipeline import Pipeline
from application.run.summarise_run import summarise_run
from application.run.workflow import Body
from domain.snapshot import Attempt, Json, StepResult
from ports.progress import Progress
from tests.fakes.progress import RecordingProgress
from tests.unit.pipeline_bench import Bench

FIGURE = {"value": 0.7, "low": 0.6, "high": 0.8}
EVALUATED: dict[str, Json] = {
    "learner": "mean",
    "learners": {"mean": {"auc": FIGURE}, "baseline": {"auc": FIGURE}},
    "rows": 900,
    "positives": 90,
    "revealing": [],
}
INGESTED: dict[str, Json] = {
    **dict.fromkeys(("rows_in", "rows_kept", "rows_set_aside", "rows_duplicate"), 0),
    "set_aside_by_reason": {},
    "cleared_by_reason": {},
    "taken_action_rows": 0,
    "taken_actions": 0,
    "first_day": "2023-01-01",
    "last_day": "2023-04-30",
}
MATCHED: dict[str, Json] = {
    **dict.fromkeys(("return_units", "matched_units", "orphan_units", "cancelled_units"), 0),
    "matched_events": 500,
    "recording_lag_days": 0,
}


def advice(evaluated: dict[str, Json], matched: dict[str, Json] = MATCHED) -> list[str]:
    bench = Bench()
    facts: dict[str, dict[str, Json]] = {
        "ingest": INGESTED,
        "match": matched,
        "examples": {"acted_lines": 0},
        "train": {
            "plan": {"test_from": "2023-02-01", "test_to": "2023-02-28"},
            "lag_law": None,
            "shipping": {"positives": 0},
        },
        "evaluate": evaluated,
        "monitor": {"alerts": []},
        "report": {"left_out": {}},
    }
    bench.bodies = {step: told(bench, step, known) for step, known in facts.items()}
    workflow = bench.workflow()
    workflow.run_all(RecordingProgress())
    return list(summarise_run(workflow)["advice"])


def told(bench: Bench, step: str, facts: dict[str, Json]) -> Body:
    plain = bench.workflow().bodies[step]

    def body(pipeline: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        made = plain(pipeline, attempt, progress)
        return StepResult(made.tables, made.artifacts, facts)

    return body


def test_an_honest_run_gives_no_advice() -> None:
    assert advice(EVALUATED) == []


def test_a_run_whose_labels_do_not_wait_for_the_returns_says_what_to_write() -> None:
    (said,) = advice(EVALUATED, {**MATCHED, "recording_lag_days": 12})
    assert "`recording_lag_days = 12`" in said


def test_a_feature_that_tells_the_outcome_is_advised_against() -> None:
    (said,) = advice({**EVALUATED, "revealing": [{"feature": "discount_share", "auc": 0.99}]})
    assert "'discount_share'" in said
    assert "known only after the outcome" in said


def test_a_model_that_is_too_good_is_doubted() -> None:
    (said,) = advice({**EVALUATED, "learners": {"mean": {"auc": {**FIGURE, "value": 0.99}}, "baseline": {}}})
    assert "too good to be true" in said


def test_a_run_without_a_test_gives_no_advice_on_leaks() -> None:
    assert advice({"learners": {}, "revealing": [], "rows": 0, "positives": 0}) == []
