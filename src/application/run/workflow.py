"""One run of the pipeline: the graph with the use cases that make each step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from application.lake.publish_output import PublishOutput
from application.run.pipeline import GRAPH, PUBLISHED, STEPS, Pipeline
from application.run.run_step import RunStep
from domain.errors import ServiceError
from domain.snapshot import Attempt, Manifest, StepResult
from ports.progress import Progress
from ports.publisher import Publication

Body: TypeAlias = Callable[[Pipeline, Attempt, Progress], StepResult]


@dataclass
class Workflow:
    """What a scheduler calls: is a step done, run it, publish what came out.

    Args:
        pipeline: the graph with this run's keys.
        bodies: by step, the call of its use case.
        run_step: turns a body into a checkpoint.
        publish_output: puts a committed output where readers find it.
        tolerated: steps whose ServiceError puts them off to the next run instead of failing this one.
    """

    pipeline: Pipeline
    bodies: Mapping[str, Body]
    run_step: RunStep
    publish_output: PublishOutput
    tolerated: frozenset[str] = frozenset({"record", "record_backtest"})
    put_off: dict[str, ServiceError] = field(default_factory=dict)
    executed: list[str] = field(default_factory=list)

    def is_done(self, step: str) -> bool:
        """Whether a step is committed, or was put off in this run."""
        return step in self.put_off or self.pipeline.checkpoint(step) is not None

    def run(self, step: str, progress: Progress) -> Manifest | None:
        """The step's checkpoint, made now if there is none; None when the step was put off."""
        progress.report(STEPS[step].title, 0.0)
        done_before = self.pipeline.checkpoint(step) is not None
        try:
            manifest = self.run_step(self.pipeline, step, lambda attempt: self._body(step, attempt, progress))
        except ServiceError as error:
            if step not in self.tolerated:
                raise
            self.put_off[step] = error
            progress.report(f"Put off to the next run: {error}", 1.0)
            return None
        if not done_before:
            self.executed.append(step)
        progress.report(_outcome(manifest), 1.0)
        return manifest

    def run_all(self, progress: Progress) -> None:
        """Every step in order, then the publication; what is done is not run again."""
        for step in GRAPH:
            self.run(step, progress)
        self.publish(progress)

    @property
    def outputs(self) -> Mapping[str, Manifest]:
        """The committed snapshot behind every output of this run; a step that was left out has none."""
        manifests = {name: self.pipeline.require(step) for name, step in PUBLISHED.items()}
        return {name: manifest for name, manifest in manifests.items() if manifest.holds(name)}

    @property
    def is_published(self) -> bool:
        """Whether every output of this run is where readers find it."""
        as_of = self.pipeline.as_of
        if as_of is None or any(self.pipeline.checkpoint(step) is None for step in PUBLISHED.values()):
            return False
        shop = self.pipeline.source.mapping.name
        return all(self.publish_output.is_published(name, as_of, made, shop) for name, made in self.outputs.items())

    def publish(self, progress: Progress) -> None:
        """Publish every output of this run; those already there are left alone."""
        outputs = self.outputs
        for done, name in enumerate(outputs):
            progress.report(f"Publishing {name}", done / len(outputs))
            self.publish_one(name)

    def publish_one(self, name: str) -> Publication:
        """Publish one output, whose step must be committed; where it is already, it is left alone."""
        made, shop = self.pipeline.require(PUBLISHED[name]), self.pipeline.source.mapping.name
        return self.publish_output(name, self.pipeline.known_as_of(), made, shop)

    def _body(self, step: str, attempt: Attempt, progress: Progress) -> StepResult:
        return self.bodies[step](self.pipeline, attempt, progress)


def _outcome(manifest: Manifest) -> str:
    """What a step came to, in a few words."""
    rows = ", ".join(f"{table.name} {table.rows:,}" for table in manifest.tables)
    seconds = manifest.notes["usage"]["seconds"]
    return f"Done in {seconds:.1f} s" + (f": {rows}" if rows else "")
