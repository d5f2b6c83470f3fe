"""What a run came to, in the figures people ask for first."""

from application.reporting.quality import leaks_part
from application.run.pipeline import Pipeline
from application.run.workflow import Workflow
from domain.features.lag_advice import lag_advice
from domain.model.fits import NO_TEST_LINE
from domain.model.recipe import BASELINE
from domain.snapshot import Json
from domain.source.recording_lag import recording_advice


def summarise_run(workflow: Workflow) -> dict[str, Json]:
    """The laws of rows, how good the model is, what was decided, and where everything is.

    Args:
        workflow: a run whose steps are committed.
    """
    pipeline = workflow.pipeline
    ingest, match = pipeline.require("ingest").facts, pipeline.require("match").facts
    return {
        "source": pipeline.source.mapping.name,
        "as_of": None if pipeline.as_of is None else pipeline.as_of.isoformat(),
        "days": {"first": ingest["first_day"], "last": ingest["last_day"]},
        "rows": {name: ingest[f"rows_{name}"] for name in ("in", "kept", "set_aside", "duplicate")},
        "set_aside_by_reason": ingest["set_aside_by_reason"],
        "cleared_by_reason": ingest["cleared_by_reason"],
        "repeated_files": {file.location: file.same_as for file in pipeline.source.repeated_files()},
        "units": {name: match[f"{name}_units"] for name in ("return", "matched", "orphan", "cancelled")},
        "actions": {
            "rows": ingest["taken_action_rows"],
            "kept": ingest["taken_actions"],
            "lines": pipeline.require("examples").facts["acted_lines"],
        },
        "test": _test_of(workflow),
        "decision": pipeline.require_decision().facts["decision"],
        "alerts": pipeline.require("monitor").facts["alerts"],
        "advice": _advice(workflow),
        "left_out": pipeline.require("report").facts["left_out"],
        "put_off": {step: str(error) for step, error in workflow.put_off.items()},
        "caught_up": _caught_up(workflow),
        "steps": {name: _cost_of(workflow, name) for name in workflow.bodies},
        "published": {
            name: workflow.publish_output.location(name, pipeline.as_of) for name in workflow.outputs if pipeline.as_of
        },
    }


def _advice(workflow: Workflow) -> list[str]:
    """What would make the next run better, in sentences."""
    run = workflow.pipeline
    leaks = leaks_part(run.source.mapping.attributes, run.require("evaluate"))
    return [*leaks, *_advice_on_recording(run), *_advice_on_lags(run)]


def _advice_on_recording(run: Pipeline) -> list[str]:
    matched, policy = run.require("match").facts, run.request.label_policy(run.source.mapping)
    advice = recording_advice(policy.recording_lag_days, matched["recording_lag_days"], matched["matched_events"])
    return [] if advice is None else [advice]


def _advice_on_lags(run: Pipeline) -> list[str]:
    mapping = run.source.mapping
    if mapping.has_undated_returns or run.request.label_policy(mapping) != mapping.label_policy():
        return []
    trained = run.require("train").facts
    advice = lag_advice(mapping.return_law(), trained["lag_law"], trained["shipping"]["positives"])
    return [] if advice is None else [advice]


def _caught_up(workflow: Workflow) -> Json:
    """The earlier runs that this one recorded, refused or left waiting; None where it recorded nothing itself."""
    recorded = workflow.pipeline.checkpoint("record")
    return None if recorded is None or "record" not in workflow.executed else recorded.notes.get("earlier")


def _test_of(workflow: Workflow) -> Json:
    facts = workflow.pipeline.require("evaluate").facts
    plan = workflow.pipeline.require("train").facts["plan"]
    learners = facts.get("learners")
    if not learners:
        return {"reason": plan.get("reason") or NO_TEST_LINE}
    used = workflow.pipeline.request.recipe.learner
    return {
        "from": plan["test_from"],
        "to": plan["test_to"],
        "rows": facts["rows"],
        "positives": facts["positives"],
        "model": learners[used],
        "baseline": learners[BASELINE],
    }


def _cost_of(workflow: Workflow, step: str) -> Json:
    manifest = workflow.pipeline.checkpoint(step)
    return None if manifest is None else manifest.notes.get("usage")
