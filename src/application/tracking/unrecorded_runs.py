"""Runs that finished in the lake and were never recorded, since the tracker was down or the process died before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from application.champions.champion import StandingDecision, standing_decision
from application.run.pipeline import GRAPH, key_of
from domain.errors import ReturncastError, SnapshotError, UnreachableServiceError
from domain.labels import LabelPolicy
from domain.snapshot import Json, MadeFrom, Manifest, StepResult
from ports.resource_meter import Usage
from ports.snapshot_store import SnapshotStore

LAST_STEP, RECORD = "report", "record"
# What a checkpoint of long ago may be answered with: it is damaged, or was written by other code.
UNREADABLE = (ReturncastError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class UnrecordedRun:
    """A run whose report is committed and whose fit no record tells of.

    Args:
        report: the checkpoint of its last step.
        decided: the decision that its scores follow.
    """

    report: Manifest
    decided: StandingDecision

    @property
    def as_of(self) -> date:
        """The day of the run."""
        return self.decided.decision.as_of

    def manifests(self, store: SnapshotStore) -> dict[str, Manifest]:
        """The checkpoints that led to its report, by step; raises SnapshotError when one of them is gone."""
        found, waiting = {self.report.step: self.report}, [self.report]
        while waiting:
            for step, key in waiting.pop().inputs.items():
                if step in GRAPH and step not in found:
                    found[step] = _required(store, step, key)
                    waiting.append(found[step])
        return {**found, "promote": self.decided.manifest}

    def commit(
        self, store: SnapshotStore, recorded: StepResult, usage: Usage, parameters: Mapping[str, Json], code: str
    ) -> Manifest:
        """Commit its record, under the key that a run of that day looks for.

        Args:
            store: the lake.
            recorded: what recording came to.
            usage: what it cost.
            parameters: of step record in this run; the day is this one's own.
            code: digest of the code of step record.
        """
        inputs = {step: self.report.inputs[step] for step in GRAPH[RECORD].inputs if step != LAST_STEP}
        inputs[LAST_STEP] = self.report.key
        own = {**parameters, "as_of": self.as_of.isoformat()}
        attempt = store.begin(RECORD, key_of(RECORD, inputs, own, code))
        result = replace(recorded, notes={**recorded.notes, "usage": usage.as_json()})
        return store.commit(Manifest.of(attempt, result, (), MadeFrom(inputs, own, code), datetime.now(UTC)))


@dataclass(frozen=True)
class Backlog:
    """What waits to be recorded.

    Args:
        runs: oldest day first.
        unreadable: by step and key, why a checkpoint that would tell of a run cannot be read.
    """

    runs: Sequence[UnrecordedRun]
    unreadable: Mapping[str, str]


def unrecorded_runs(store: SnapshotStore, shop: str, policy: LabelPolicy, current_fit: str) -> Backlog:
    """The runs of a shop and label that wait to be recorded.

    One a fit, with its latest report: what is recorded is the fit, and an older report of it is of no use. A run whose
    record cannot be read waits too, since nobody knows what it told of.

    Args:
        store: the lake.
        shop: the source's name.
        policy: the label that its models predict.
        current_fit: key of the fit that is being recorded anyway.
    """
    records, made = store.readable(RECORD), store.readable(LAST_STEP)
    steps = ((RECORD, records), (LAST_STEP, made))
    unreadable = {f"{step} {key}": str(error) for step, read in steps for key, error in read.damaged.items()}
    told = {recorded.inputs.get("train") for recorded in records.found} | {current_fit}
    reports = {report.inputs["train"]: report for report in made.found if "train" in report.inputs}
    waiting = []
    for report in (report for fit, report in reports.items() if fit not in told):
        try:
            run = _run(store, report)
        except UnreachableServiceError:
            raise
        except UNREADABLE as error:
            unreadable[f"promote {report.inputs.get('promote')}"] = str(error) or type(error).__name__
        else:
            waiting += [] if run is None else [run]
    own = [run for run in waiting if (run.decided.decision.shop, run.decided.decision.policy) == (shop, policy)]
    return Backlog(sorted(own, key=lambda run: (run.as_of, run.report.committed_at)), unreadable)


def _run(store: SnapshotStore, report: Manifest) -> UnrecordedRun | None:
    decided = store.find("promote", report.inputs["promote"])
    scored = store.find("score", report.inputs["score"])
    if decided is not None and scored is not None:  # a rollback may have put the promotion aside
        followed = scored.inputs.get("decision", "").partition("-")[0]
        decided = (store.find("rollback", followed) if followed else None) or decided
    return None if decided is None else UnrecordedRun(report, standing_decision(decided))


def _required(store: SnapshotStore, step: str, key: str) -> Manifest:
    found = store.find(step, key)
    if found is None:
        raise SnapshotError(f"The checkpoint {key} of step '{step}' is gone.", "Restore it, or run that day again.")
    return found
