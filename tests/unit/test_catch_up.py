"""Runs that were put off, recorded by a later run: which, in what order, and where the aliases end."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from application.run.pipeline import key_of
from application.tracking import record_run
from domain.errors import ServiceError, UnreachableServiceError
from domain.model.recipe import Recipe
from domain.snapshot import Json, Manifest
from ports.experiment_tracker import TrackedRun
from ports.model_registry import RegisteredVersion
from tests.fakes.experiment_tracker import InMemoryExperimentTracker
from tests.fakes.progress import RecordingProgress
from tests.finished_run import known_lines
from tests.unit.test_record_run import BETTER, GOOD, NAME, WORSE, Recorder

Day: TypeAlias = tuple[int, Recipe]
PARAMETERS: dict[str, Json] = {"as_of": "2024-04-11", "registry": ["champion", "challenger", "embedded"]}
TUESDAY, WEDNESDAY, THURSDAY = (95, GOOD), (98, BETTER), (101, WORSE)


class Nights:
    """Runs of several days in one lake, with one tracker and one registry."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.last = Recorder(directory)
        self._by_day: dict[int, Recorder] = {}
        self.progress = RecordingProgress()

    def put_off(self, *days: Day) -> None:
        """Runs that end with their report."""
        for day, recipe in days:
            self._recorder(day).finished.run(recipe, self.last.renderer)

    def record(self, day: Day, before: Callable[[], None] = lambda: None) -> dict[str, Json]:
        """A run that does something before it records, first what was put off; what it says of that."""
        recorder = self._recorder(day[0])
        made = recorder.finished.run(day[1], self.last.renderer)
        for other in self._by_day.values():  # in a lake every run reads what any other wrote
            recorder.finished.tables._rows.update(other.finished.tables._rows)
        subject = recorder.finished.record_subject
        before()
        parameters = {**PARAMETERS, "as_of": subject.as_of.isoformat()}
        earlier = recorder.use_case.catch_up(subject, made["train"].key, parameters, "code", self.progress)
        recorder.use_case.record(made, subject)
        return earlier

    def champion(self) -> str:
        """The run whose model has the champion's alias."""
        [champion] = [v.run_key for v in self.registered() if "champion" in v.aliases]
        return champion

    def registered(self) -> Sequence[RegisteredVersion]:
        return self.last.registry.versions(NAME)

    def records(self) -> Sequence[Manifest]:
        return self.last.finished.store.manifests("record")

    def damage(self, step: str, day: Day) -> str:
        """Spoil the checkpoint that a step has of a day's fit; its key."""
        [made] = [m for m in self.last.finished.store.manifests(step) if fit(day) in {m.key, m.inputs.get("train")}]
        (self.directory / "luigi-checkpoints" / step / f"{made.key}.json").write_bytes(b"{")
        return made.key

    def _recorder(self, day: int) -> Recorder:
        recorder = self._by_day.setdefault(day, Recorder(self.directory, known_lines(day)))
        recorder.tracker, recorder.registry = self.last.tracker, self.last.registry
        return recorder


def as_of(day: Day) -> str:
    return known_lines(day[0]).as_of.isoformat()


def fit(day: Day) -> str:
    return f"{day[1].digest}-{as_of(day)}"


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def test_the_next_run_records_what_was_put_off_oldest_first(nights: Nights) -> None:
    nights.put_off(WEDNESDAY, TUESDAY)
    assert nights.record(THURSDAY) == {"recorded": [as_of(TUESDAY), as_of(WEDNESDAY)], "refused": {}, "waiting": 0}
    assert list(nights.last.tracker.runs) == [fit(TUESDAY), fit(WEDNESDAY), fit(THURSDAY)]
    assert {v.run_key for v in nights.registered()} == {fit(TUESDAY), fit(WEDNESDAY), fit(THURSDAY)}
    assert [message for message, _ in nights.progress.reports] == [
        f"Recording {as_of(day)}, which had been put off" for day in (TUESDAY, WEDNESDAY)
    ]


def test_what_was_caught_up_is_not_recorded_again(nights: Nights) -> None:
    nights.put_off(TUESDAY)
    nights.record(THURSDAY)
    versions = nights.registered()
    assert nights.record(THURSDAY)["recorded"] == []
    assert nights.registered() == versions


def test_a_record_that_was_caught_up_is_the_one_that_a_run_of_that_day_looks_for(nights: Nights) -> None:
    nights.put_off(TUESDAY)
    nights.record(THURSDAY)
    [record] = nights.records()
    [report] = [r for r in nights.last.finished.store.manifests("report") if r.inputs["train"] == fit(TUESDAY)]
    inputs = {name: report.inputs[name] for name in ("train", "evaluate", "promote")} | {"report": report.key}
    assert record.key == key_of("record", inputs, {**PARAMETERS, "as_of": as_of(TUESDAY)}, "code")
    assert record.notes["run"] == f"run-{fit(TUESDAY)}"


def test_the_alias_ends_at_the_latest_decision_though_an_earlier_day_is_recorded_last(nights: Nights) -> None:
    nights.put_off(WEDNESDAY)
    nights.record(TUESDAY)  # a backfill
    decided = max(nights.last.finished.store.manifests("promote"), key=lambda m: str(m.facts["decision"]["as_of"]))
    assert decided.facts["decision"]["after"]["fit_at"] == as_of(WEDNESDAY)
    assert nights.champion() == fit(WEDNESDAY)


def test_of_two_reports_of_a_fit_the_latest_is_recorded(nights: Nights) -> None:
    nights.put_off(TUESDAY)
    store = nights.last.finished.store
    [report] = store.manifests("report")
    store.commit(replace(report, key="rewritten", committed_at="2026-02-01T00:00:00+00:00"))
    assert nights.record(THURSDAY)["recorded"] == [as_of(TUESDAY)]
    [record] = nights.records()
    assert record.inputs["report"] == "rewritten"


def test_runs_of_another_label_wait_for_their_own(nights: Nights) -> None:
    nights.put_off(TUESDAY)
    subject = nights.last.finished.record_subject
    other = replace(subject, labels=replace(subject.labels, window_days=subject.labels.window_days + 1))
    earlier = nights.last.use_case.catch_up(other, "a-fit", PARAMETERS, "code", nights.progress)
    assert earlier == {"recorded": [], "refused": {}, "waiting": 0}


def test_one_night_does_not_become_a_migration(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_run, "MOST_AT_ONCE", 1)
    nights.put_off(TUESDAY, WEDNESDAY)
    assert nights.record(THURSDAY) == {"recorded": [as_of(TUESDAY)], "refused": {}, "waiting": 1}
    assert nights.record(THURSDAY) == {"recorded": [as_of(WEDNESDAY)], "refused": {}, "waiting": 0}


def test_an_earlier_run_that_cannot_be_recorded_holds_up_nothing(nights: Nights) -> None:
    nights.put_off(TUESDAY, WEDNESDAY)
    for damaged in (nights.directory / "models" / "train" / fit(TUESDAY)).rglob("model.json"):
        damaged.write_text("{}")
    earlier = nights.record(THURSDAY)
    assert earlier["recorded"] == [as_of(WEDNESDAY)]
    assert list(earlier["refused"]) == [as_of(TUESDAY)]
    assert "model.json" in earlier["refused"][as_of(TUESDAY)]


@pytest.mark.parametrize("step", ["report", "promote"])
def test_an_earlier_checkpoint_that_cannot_be_read_is_named_and_holds_up_nothing(nights: Nights, step: str) -> None:
    named: list[str] = []
    nights.put_off(TUESDAY, WEDNESDAY)
    earlier = nights.record(THURSDAY, lambda: named.append(nights.damage(step, TUESDAY)))
    assert earlier["recorded"] == [as_of(WEDNESDAY)]
    assert earlier["waiting"] == 0
    assert list(earlier["refused"]) == [f"{step} {named[0]}"]
    assert f"{named[0]}.json cannot be read" in earlier["refused"][f"{step} {named[0]}"]
    assert fit(THURSDAY) in nights.last.tracker.runs
    assert nights.champion() == fit(WEDNESDAY)


def test_a_record_that_cannot_be_read_is_named_with_its_run_and_holds_up_nothing(nights: Nights) -> None:
    nights.put_off(TUESDAY)
    nights.record(WEDNESDAY)
    key = nights.damage("record", TUESDAY)
    earlier = nights.record(THURSDAY)
    assert (earlier["recorded"], earlier["waiting"]) == ([as_of(WEDNESDAY)], 0)
    assert list(earlier["refused"]) == [as_of(TUESDAY), f"record {key}"]
    assert fit(THURSDAY) in nights.last.tracker.runs


class Refusing(InMemoryExperimentTracker):
    """Refuses the run of one day, as it would parameters that changed."""

    def record(self, run: TrackedRun) -> str:
        if run.tags["as_of"] == as_of(TUESDAY):
            raise ServiceError("Other values.", "Take another key.")
        return super().record(run)


def test_a_run_that_the_tracker_refuses_holds_up_nothing(nights: Nights) -> None:
    nights.last.tracker = Refusing()
    nights.put_off(TUESDAY)
    assert nights.record(THURSDAY)["refused"] == {as_of(TUESDAY): "Other values. Take another key."}


class Down(InMemoryExperimentTracker):
    """Does not answer."""

    def record(self, run: TrackedRun) -> str:
        raise UnreachableServiceError("MLflow does not answer.", "Mend it.")


def test_a_tracker_that_is_down_is_asked_once(nights: Nights) -> None:
    nights.last.tracker = Down()
    nights.put_off(TUESDAY, WEDNESDAY)
    with pytest.raises(UnreachableServiceError):
        nights.record(THURSDAY)
    assert len(nights.progress.reports) == 1
    assert nights.records() == []
