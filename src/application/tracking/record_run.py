"""Step record: tracks a run where people look, registers its models and mirrors the lake's decision."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from application.champions.champion import StandingDecision, champion_files, is_latest, standing_decision
from application.champions.model_snapshots import SHIPPING_MODEL, read_model
from application.reporting.compose_report import REPORT, REPORT_FILE
from application.reporting.quality import evaluation_part
from application.run.describe_graph import graph_as_json, graph_as_mermaid
from application.run.pipeline import GRAPH, Pipeline
from application.tracking.package_model import model_name, package_model
from application.tracking.tracked_run import RecordSubject, tracked_run
from application.tracking.unrecorded_runs import RECORD, UNREADABLE, unrecorded_runs
from domain.errors import UnreachableServiceError
from domain.snapshot import Json, Manifest, StepResult
from ports.experiment_tracker import ExperimentTracker
from ports.model_registry import ModelPackage, ModelRegistry
from ports.progress import Progress
from ports.report_content import Provenance
from ports.report_renderer import ReportRenderer
from ports.resource_meter import ResourceMeter
from ports.snapshot_store import SnapshotStore
from ports.table_store import Row, TableStore

EXAMPLE_ROWS = 5
MOST_AT_ONCE = 10  # earlier runs that one run records: a night must not become a migration


@dataclass(frozen=True)
class RecordRun:
    """Records one run, once a fit: run again, it completes what is missing and repeats nothing.

    Args:
        store: reads models and the report.
        tracker: keeps the run.
        registry: keeps the models.
        tables: reads a few rows as the models' input example.
        renderer: draws the plots of the evaluation.
        meter: measures what recording an earlier run costs.
        environment: the Python version and locked versions of this environment, as text.
        provenance: says which revision of the code is running.
    """

    store: SnapshotStore
    tracker: ExperimentTracker
    registry: ModelRegistry
    tables: TableStore
    renderer: ReportRenderer
    meter: ResourceMeter
    environment: Callable[[], str] = str
    provenance: Callable[[], Provenance] = Provenance

    def __call__(self, run: Pipeline, progress: Progress) -> StepResult:
        """No table. Notes: `run` (the tracker's id), `registered` (name, versions), `aliases_moved` and `earlier`.

        Earlier runs that were put off are recorded first, see `catch_up`. The aliases move only where a run's decision
        is the latest of the shop. Every step before it must be committed. Raises ServiceError when tracker or registry
        do not answer.
        """
        mapping = run.source.mapping
        subject = RecordSubject(
            mapping.name,
            run.known_as_of(),
            run.request.label_policy(mapping),
            run.request.aliases,
            self.provenance(),
        )
        earlier = self.catch_up(
            subject, run.require("train").key, run.parameters(RECORD), run.code_of(RECORD), progress
        )
        made = {step: run.require(step) for step in GRAPH if step != RECORD}
        recorded = self.record({**made, "promote": run.require_decision()}, subject)
        return replace(recorded, notes={**recorded.notes, "earlier": earlier})

    def catch_up(
        self,
        subject: RecordSubject,
        current_fit: str,
        parameters: Mapping[str, Json],
        code: str,
        progress: Progress,
    ) -> dict[str, Json]:
        """Record earlier runs of the shop that have no record, oldest day first and at most MOST_AT_ONCE of them.

        Each is committed as soon as it is recorded. `recorded` has their days, `refused` the days that could not be
        recorded, and checkpoints that cannot be read, each with the reason, `waiting` the number left to the next run.
        Raises UnreachableServiceError when tracker or registry do not answer at all.

        Args:
            subject: the shop, its label, and the day and provenance of this run.
            current_fit: key of this run's own fit.
            parameters: significant ones of step record in this run.
            code: digest of the code of step record.
            progress: told which day is being recorded.
        """
        backlog = unrecorded_runs(self.store, subject.shop, subject.labels, current_fit)
        found = backlog.runs
        done: list[str] = []
        refused: dict[str, str] = {}
        for past in found:
            if len(done) == MOST_AT_ONCE:
                break
            day = past.as_of.isoformat()
            progress.report(f"Recording {day}, which had been put off", len(done) / len(found))
            try:
                with self.meter.measure() as usage:
                    result = self.record(past.manifests(self.store), replace(subject, as_of=past.as_of))
                past.commit(self.store, result, usage, parameters, code)
            except UnreachableServiceError:
                raise
            except UNREADABLE as error:  # which must not hold up today's
                refused[day] = str(error) or type(error).__name__
            else:
                done.append(day)
        waiting = len(found) - len(done) - len(refused)
        return {"recorded": done, "refused": {**refused, **backlog.unreadable}, "waiting": waiting}

    def record(self, run: Mapping[str, Manifest], subject: RecordSubject) -> StepResult:
        """The same from the checkpoints by step and what is recorded.

        Needs ingest, examples, train, evaluate, promote and report; further ones show in the graph.
        """
        run_id = self.tracker.record(tracked_run(run, subject, self._files(run)))
        name = model_name(subject.shop)
        decided = standing_decision(run["promote"])
        example = self._example(run["examples"])
        candidate = self.registry.register(name, self._candidate(run, subject, example))
        champion = candidate
        if not _is_candidate(decided, run["train"]):
            champion = self.registry.register(name, self._champion(decided, subject, example))
        moved = is_latest(self.store, decided)
        if moved:
            self._mirror(name, subject.aliases, champion.version, candidate.version)
        versions = {"champion": champion.version, "candidate": candidate.version}
        return StepResult(notes={"run": run_id, "registered": {"name": name, **versions}, "aliases_moved": moved})

    def _files(self, run: Mapping[str, Manifest]) -> dict[str, bytes]:
        evaluation, _ = evaluation_part(run["evaluate"])
        figures = {} if evaluation is None else self.renderer.figures(evaluation)
        documents = {
            "evaluation/facts.json": run["evaluate"].facts,
            "training/facts.json": run["train"].facts,
            "decision/decision.json": run["promote"].facts["decision"],
            "pipeline/graph.json": graph_as_json(run),
        }
        return {
            **{f"figures/{name}": drawn for name, drawn in figures.items()},
            **{path: json.dumps(value, indent=1, sort_keys=True).encode() for path, value in documents.items()},
            "pipeline/graph.mmd": graph_as_mermaid().encode(),
            "environment/requirements.txt": self.environment().encode(),
            f"report/{REPORT_FILE}": self.store.read_file(run["report"], f"{REPORT}/{REPORT_FILE}"),
        }

    def _candidate(self, run: Mapping[str, Manifest], subject: RecordSubject, example: Sequence[Row]) -> ModelPackage:
        trained = run["train"]
        files = read_model(self.store, trained, SHIPPING_MODEL)
        learner = trained.facts["recipe"]["learner"]
        content = trained.artifact(SHIPPING_MODEL).content
        tags = {"shop": subject.shop, "as_of": subject.as_of.isoformat()}
        return package_model(files, content, learner, trained.key, example, tags)

    def _champion(self, decided: StandingDecision, subject: RecordSubject, example: Sequence[Row]) -> ModelPackage:
        after = decided.decision.after
        tags = {"shop": subject.shop, "as_of": after.fit_at.isoformat()}
        files = champion_files(self.store, decided)
        return package_model(files, after.model, after.learner, decided.location.key, example, tags)

    def _example(self, examples: Manifest) -> Sequence[Row]:
        return list(islice(self.tables.read(examples.table("examples")), EXAMPLE_ROWS))

    def _mirror(self, name: str, aliases: tuple[str, str], champion: int, candidate: int) -> None:
        champion_alias, challenger_alias = aliases
        self.registry.set_alias(name, champion_alias, champion)
        if candidate == champion:
            self.registry.drop_alias(name, challenger_alias)
        else:
            self.registry.set_alias(name, challenger_alias, candidate)


def _is_candidate(decided: StandingDecision, trained: Manifest) -> bool:
    same_model = decided.decision.after.model == trained.artifact(SHIPPING_MODEL).content
    same_learner = decided.decision.after.learner == trained.facts["recipe"]["learner"]
    return same_model and same_learner and decided.location.key == trained.key
