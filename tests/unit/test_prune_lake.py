"""Pruning a lake that the pipeline filled: what it frees, what it spares, and that a run then has nothing to do."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from application.champions.champion import ModelLocation, champion_files, decisions
from application.lake.prune_lake import PruneLake, Pruning
from application.run.pipeline import GRAPH, STEPS, Pipeline
from application.run.run_request import RunRequest
from application.run.workflow import Workflow
from domain.errors import SnapshotError
from domain.model.decision import Champion, Decision
from domain.model.recipe import Recipe
from domain.snapshot import ArtifactRef, Attempt, StepResult
from ports.progress import Progress
from tests.fakes.progress import RecordingProgress
from tests.fakes.publisher import InMemoryPublisher
from tests.unit.pipeline_bench import Bench, NamedSource

FIRST = date(2024, 3, 1)
SHOP, POLICY = NamedSource().mapping.name, NamedSource().mapping.label_policy()
PROGRESS = RecordingProgress()


@dataclass
class Lake:
    """A lake in memory that a shop's nights fill, each on orders that have grown."""

    bench: Bench = field(default_factory=Bench)
    clock: datetime = datetime(2024, 3, 1, 3, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.bench.bodies |= {"train": self._train, "promote": self._promote}

    def night(self, day: date, until: str = "record", *, publish: bool = True) -> Workflow:
        """A run as of a day, its files and checkpoints as old as they would be."""
        self.clock = datetime.combine(day, time(3), UTC)
        workflow = self.run(day, until)
        if publish:
            workflow.publish(PROGRESS)
        self._age()
        return workflow

    def run(self, day: date, until: str = "record") -> Workflow:
        """The steps of a run, those that are committed passed over."""
        workflow = self.bench.workflow(RunRequest(as_of=day), f"orders until {day}")
        for step in list(GRAPH)[: list(GRAPH).index(until) + 1]:
            workflow.run(step, PROGRESS)
        return workflow

    def attempt(self, step: str, key: str = "died") -> Attempt:
        """An attempt that came to nothing."""
        attempt = self.bench.store.begin(step, key)
        self.bench.store.put_file(attempt, "half", b"12345")
        self._age()
        return attempt

    @property
    def prune(self) -> PruneLake:
        return PruneLake(self.bench.store, InMemoryPublisher(self.bench.store, self.bench.tables, self.bench.window))

    def plan(self, keep_days: int = 30, days_later: float = 0.5) -> Pruning:
        return self.prune.plan(keep_days, self.clock + timedelta(days=days_later))

    def keys(self) -> set[tuple[str, str]]:
        return {(step, made.key) for step in STEPS for made in self.bench.store.manifests(step)}

    def _age(self) -> None:
        store = self.bench.store
        for path in store.files:
            store.written.setdefault(path, self.clock)
        fresh = [m for step in STEPS for m in store.manifests(step) if m.committed_at > "2025"]  # committed just now
        for made in fresh:
            store.withdraw(made.step, made.key)
            store.commit(replace(made, committed_at=self.clock.isoformat()))

    def _train(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        model = f"model of {run.as_of}"
        self.bench.store.put_file(attempt, "shipping_model/model.bin", model.encode())
        return StepResult(artifacts=(ArtifactRef("shipping_model", attempt.location("shipping_model"), model),))

    def _promote(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        champion = Champion(f"model of {run.as_of}", Recipe(), (), "rules", run.known_as_of())
        decision = Decision(run.known_as_of(), SHOP, POLICY, "refit", None, champion, ("It is newer.",))
        location = ModelLocation("train", str(run.key("train")), "shipping_model")
        return StepResult(facts={"decision": decision.as_json()}, notes={"model": location.as_json()})


@pytest.fixture
def lake() -> Lake:
    return Lake()


def test_a_plan_changes_nothing_and_names_steps_and_sizes(lake: Lake) -> None:
    for day in (0, 20, 40):
        lake.night(FIRST + timedelta(days=day))
    before = dict(lake.bench.store.files)
    listed = lake.plan().as_json()
    assert lake.bench.store.files == before
    assert listed["snapshots"] == len(GRAPH) - len(("train", "promote", "monitor", "record"))
    assert listed["bytes"] == sum(step["bytes"] for step in listed["steps"]) > 0
    assert [step["step"] for step in listed["steps"]][:2] == ["report", "items"]
    assert listed["left_over"] == 0


def test_after_pruning_the_latest_run_has_nothing_to_do_and_every_champion_can_be_put_back(lake: Lake) -> None:
    days = [FIRST + timedelta(days=day) for day in range(0, 50, 7)]
    for day in days:
        lake.night(day)
    lake.prune(lake.plan())
    again = lake.run(days[-1])
    assert again.executed == []
    assert again.is_published
    made = decisions(lake.bench.store, SHOP, POLICY, days[-1])
    assert [standing.decision.as_of for standing in made] == days
    assert all(champion_files(lake.bench.store, standing) for standing in made)
    assert lake.plan().removals == []


def test_what_was_removed_is_gone_with_its_files_and_an_old_day_can_be_run_again(lake: Lake) -> None:
    for day in (0, 40):
        lake.night(FIRST + timedelta(days=day))
    before, plan = lake.keys(), lake.plan()
    lake.prune(plan)
    gone = {(removal.stored.attempt.step, removal.stored.attempt.key) for removal in plan.removals}
    assert before - lake.keys() == gone
    assert not [path for path in lake.bench.store.files for step, key in gone if f"/{step}/{key}" in path]
    again = lake.run(FIRST)
    assert set(again.executed) == {step for step, _ in gone}


def test_a_run_that_waits_for_mlflow_stays_whole(lake: Lake) -> None:
    lake.night(FIRST, until="report")
    lake.night(FIRST + timedelta(days=40))
    assert lake.plan().removals == []


def test_attempts_that_came_to_nothing_go_once_they_are_a_day_old(lake: Lake) -> None:
    lake.night(FIRST)
    died = lake.attempt("features")
    lost = lake.attempt("ingest", lake.bench.store.manifests("ingest")[0].key)
    assert lake.plan(days_later=0.9).removals == []
    plan = lake.plan(days_later=1.1)
    assert {removal.stored.attempt for removal in plan.removals} == {died, lost}
    assert plan.as_json()["bytes"] == 10
    lake.prune(plan)
    assert not [path for path in lake.bench.store.files if path.endswith("half")]
    assert lake.run(FIRST).executed == []


def test_an_attempt_that_was_committed_since_it_was_planned_stays(lake: Lake) -> None:
    lake.night(FIRST)
    attempt = lake.attempt("features")
    plan = lake.plan(days_later=2)
    made = replace(
        lake.bench.store.manifests("features")[0],
        key="died",
        attempt=attempt.id,
        uri=attempt.uri,
        tables=(),
        files=lake.bench.store.inventory(attempt),
    )
    lake.bench.store.commit(made)
    lake.prune(plan)
    assert lake.bench.store.read_file(made, "half") == b"12345"


def test_what_was_copied_here_within_a_day_stays_with_what_it_was_made_from(lake: Lake) -> None:
    for day in (0, 40):
        lake.night(FIRST + timedelta(days=day))
    report = lake.bench.store.manifests("report")[0]
    (file,) = (path for path in lake.bench.store.files if report.attempt in path)
    lake.bench.store.written[file] = lake.clock
    assert lake.plan().removals == []


def test_a_damaged_checkpoint_is_left_alone_with_its_attempts_and_counted(lake: Lake) -> None:
    for day in (0, 40):
        lake.night(FIRST + timedelta(days=day))
    (trained, _) = lake.bench.store.manifests("train")
    lake.bench.store.files[f"luigi-checkpoints/train/{trained.key}.json"] = b"{"
    plan = lake.plan()
    lake.prune(plan)
    assert plan.as_json()["damaged"] == {"train": 1}
    assert [path for path in lake.bench.store.files if trained.attempt in path]


def test_a_decision_that_cannot_be_read_stops_it_before_anything_is_removed(lake: Lake) -> None:
    lake.night(FIRST)
    (decided,) = lake.bench.store.manifests("promote")
    lake.bench.store.files[f"luigi-checkpoints/promote/{decided.key}.json"] = b"{"
    with pytest.raises(SnapshotError, match="promote"):
        lake.plan()


def test_a_crash_between_checkpoint_and_files_leaves_an_attempt_that_goes_next_time(lake: Lake) -> None:
    for day in (0, 40):
        lake.night(FIRST + timedelta(days=day))
    removal = next(removal for removal in lake.plan().removals if removal.stored.size)
    lake.bench.store.withdraw(removal.stored.attempt.step, removal.stored.attempt.key)
    plan = lake.plan()
    assert replace(removal, committed=False) in plan.removals
    lake.prune(plan)
    assert lake.plan().removals == []
