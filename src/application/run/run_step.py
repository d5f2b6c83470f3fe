"""One step of the pipeline, from an empty attempt to a committed checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from application.run.pipeline import Pipeline
from domain.snapshot import Attempt, MadeFrom, Manifest, StepResult
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
        metered = replace(result, notes={**result.notes, "usage": usage.as_json()})
        made_from = MadeFrom(inputs, pipeline.parameters(step), pipeline.code_of(step))
        manifest = Manifest.of(attempt, metered, self.store.inventory(attempt), made_from, datetime.now(UTC))
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
