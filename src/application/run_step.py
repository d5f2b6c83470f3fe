"""One step of the pipeline, from an empty attempt to a committed checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from application.pipeline import Pipeline
from domain.snapshot import Attempt, Manifest, StepResult
from ports.failpoints import Failpoints
from ports.resource_meter import ResourceMeter
from ports.snapshot_store import SnapshotStore


@dataclass(frozen=True)
class RunStep:
    """Runs a step's body in an attempt of its own and commits what it wrote, manifest last.

    A step that is committed already is not run again. An attempt that dies leaves nothing visible.
    """

    store: SnapshotStore
    failpoints: Failpoints
    meter: ResourceMeter

    def __call__(self, pipeline: Pipeline, step: str, body: Callable[[Attempt], StepResult]) -> Manifest:
        """The step's checkpoint, made now if there is none.

        Args:
            pipeline: the run that the step belongs to; its inputs must be committed.
            step: the step's name.
            body: writes the attempt's tables and artifacts and says what it wrote.
        """
        committed = pipeline.checkpoint(step)
        if committed is not None:
            return committed
        inputs, key = _identity(pipeline, step)
        attempt = self.store.begin(step, key)
        self.failpoints.reach(f"{step}.begun")
        with self.meter.measure() as usage:
            result = body(attempt)
        self.failpoints.reach(f"{step}.written")
        manifest = Manifest(
            step=step,
            key=key,
            attempt=attempt.id,
            uri=attempt.uri,
            tables=result.tables,
            artifacts=result.artifacts,
            facts=result.facts,
            notes={**result.notes, "usage": usage.as_json()},
            files=self.store.inventory(attempt),
            inputs=inputs,
            parameters=pipeline.parameters(step),
            code=pipeline.code_of(step),
            committed_at=datetime.now(UTC).isoformat(),
        )
        self.failpoints.reach(f"{step}.manifest")
        committed = self.store.commit(manifest)
        self.failpoints.reach(f"{step}.committed")
        return committed


def _identity(pipeline: Pipeline, step: str) -> tuple[dict[str, str], str]:
    for upstream in pipeline.upstream(step):
        pipeline.require(upstream)
    inputs, key = pipeline.input_keys(step), pipeline.key(step)
    if inputs is None or key is None:  # every input is committed, so this is a fault of the graph itself
        raise AssertionError(f"step '{step}' has no key although its inputs are committed")
    return inputs, key
