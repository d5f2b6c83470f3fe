"""An experiment tracker that keeps runs in memory; it passes the same contract as the real one."""

from dataclasses import replace

from domain.errors import ServiceError
from ports.experiment_tracker import ExperimentTracker, RecordedRun, TrackedRun


class InMemoryExperimentTracker(ExperimentTracker):
    """Runs by key.

    Args:
        answers: whether it answers at all.
    """

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.runs: dict[str, TrackedRun] = {}

    def record(self, run: TrackedRun) -> str:
        """Keep the run, joined with what is known of it."""
        self._check()
        known = self.runs.get(run.key, TrackedRun(run.key, run.name))
        changed = [n for n, value in run.parameters.items() if known.parameters.get(n, value) != value]
        if changed:
            raise ServiceError(f"The run '{run.key}' has other values of {changed}.", "Take another key.")
        self.runs[run.key] = replace(
            known,
            parameters={**known.parameters, **run.parameters},
            metrics={**known.metrics, **run.metrics},
            tags={**known.tags, **run.tags},
            inputs=tuple(dict.fromkeys((*known.inputs, *run.inputs))),
            files={**known.files, **run.files},
        )
        return f"run-{run.key}"

    def find(self, key: str) -> RecordedRun | None:
        """What was kept."""
        self._check()
        run = self.runs.get(key)
        if run is None:
            return None
        inputs = tuple(sorted(run.inputs, key=lambda data: (data.name, data.role)))
        files = tuple(sorted(run.files))
        return RecordedRun(f"run-{key}", key, run.name, run.parameters, run.metrics, run.tags, inputs, files)

    def _check(self) -> None:
        if not self.answers:
            raise ServiceError("The tracker does not answer.", "Try again later.")
