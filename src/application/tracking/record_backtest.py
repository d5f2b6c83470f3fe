"""Step record_backtest: puts a backtest where people compare runs, with its plots."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from application.reporting.quality import evaluation_part
from application.run.pipeline import Pipeline
from domain.snapshot import Json, Manifest, StepResult
from ports.experiment_tracker import DataInput, ExperimentTracker, TrackedRun
from ports.report_renderer import ReportRenderer


@dataclass(frozen=True)
class RecordBacktest:
    """Records one backtest under its key; run again, it completes what is missing and repeats nothing.

    Args:
        tracker: keeps the run.
        renderer: draws the plots of the pooled tests.
    """

    tracker: ExperimentTracker
    renderer: ReportRenderer

    def __call__(self, run: Pipeline) -> StepResult:
        """No table. Notes: `run` (the tracker's id). Raises ServiceError when the tracker does not answer."""
        tested = run.require("backtest")
        examples = run.require("examples").table("examples")
        shop = run.source.mapping.name
        tracked = TrackedRun(
            key=tested.key,
            name=f"backtest of {shop} as of {tested.facts['as_of']}",
            parameters={name: str(value) for name, value in sorted(tested.facts["recipe"].items())},
            metrics=dict(_metrics(tested.facts)),
            tags={"shop": shop, "as_of": tested.facts["as_of"], "kind": "backtest", "code": tested.code},
            inputs=(DataInput(f"{shop} examples", examples.content.rpartition("-")[2], "training", examples.rows),),
            files=self._files(tested),
        )
        return StepResult(notes={"run": self.tracker.record(tracked)})

    def _files(self, tested: Manifest) -> dict[str, bytes]:
        evaluation, _ = evaluation_part(tested)
        figures = {} if evaluation is None else self.renderer.figures(evaluation)
        facts = json.dumps(tested.facts, indent=1, sort_keys=True).encode()
        return {"backtest/facts.json": facts, **{f"figures/{name}": drawn for name, drawn in figures.items()}}


def _metrics(facts: Mapping[str, Json]) -> Iterator[tuple[str, float]]:
    """Pooled figures by learner, those of the learner in use also by their bare names and by fold."""
    yield "test/rows", float(facts["rows"])
    yield "test/positives", float(facts["positives"])
    yield "test/folds", float(len(facts["folds"]))
    for learner, measured in facts["learners"].items():
        yield from ((f"{learner}/{name}", float(figure["value"])) for name, figure in measured.items())
    for name, figure in facts["learners"].get(facts["learner"], {}).items():
        yield name, float(figure["value"])
        yield f"{name}_low", float(figure["low"])
        yield f"{name}_high", float(figure["high"])
    for fold in facts["folds"]:
        own = fold["learners"].get(facts["learner"], {})
        yield from ((f"{fold['test_from']}/{name}", float(figure["value"])) for name, figure in own.items())
