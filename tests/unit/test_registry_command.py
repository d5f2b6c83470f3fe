"""`returncast registry`: which decisions it speaks of, and about which it acts."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from adapters.entrypoints import registry
from application.champions.champion import StandingDecision, decisions
from application.champions.rollback_champion import RollBackChampion
from application.run.pipeline import Pipeline
from application.run.run_request import RunRequest
from domain.errors import ConfigurationError
from domain.model.decision import Decision
from domain.source.mapping import SourceMapping
from tests.examples_table import POLICY
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.unit.pipeline_bench import CodeByModule, NamedSource
from tests.unit.test_model_steps import AS_OF, PLAIN, STRONG, WEAK, Shop

LATER = AS_OF + timedelta(days=2)


class UnreadSource(NamedSource):
    """A source of which only the mapping is known: its files have changed since the last run."""

    @property
    def mapping(self) -> SourceMapping:
        """The shop's name and label."""
        return replace(super().mapping, name="hats", window_days=POLICY.window_days)

    def fingerprint(self) -> str:
        """Nobody needs it here."""
        raise AssertionError("the source is read")


@dataclass
class Command:
    """The shop's decisions, as the command line finds them."""

    shop: Shop
    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        """Put this lake behind the command."""
        store = self.shop.store
        use_cases = SimpleNamespace(
            roll_back_champion=RollBackChampion(store),
            mirror_champion=lambda *_: None,
            latest_day=lambda _source: LATER + timedelta(days=30),
        )
        self.monkeypatch.setattr(registry, "composition", lambda: use_cases)
        self.monkeypatch.setattr(registry, "workflow_for", self.workflow_for)
        self.monkeypatch.setattr(registry, "use_lake", lambda _lake: None)

    def workflow_for(self, _source: str, as_of: date | None) -> SimpleNamespace:
        """A run of which only the request and the mapping are looked at."""
        request = RunRequest(as_of=as_of)
        return SimpleNamespace(pipeline=Pipeline(request, UnreadSource(), self.shop.store, CodeByModule()))

    def decisions(self) -> list[StandingDecision]:
        """All there are, oldest day first."""
        return decisions(self.shop.store, "hats", POLICY, date.max)

    def latest(self) -> Decision:
        """The one that stands."""
        return self.decisions()[-1].decision

    def decide(self, model: str) -> None:
        """Commit a decision for a model with that digest, whose files nobody looks at."""
        made = self.latest()
        renamed = replace(made, after=replace(made.after, model=model))
        store, standing = self.shop.store, self.decisions()[-1].manifest
        store.commit(replace(standing, key=model, files=(), facts={"decision": renamed.as_json()}))


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(Shop(InMemorySnapshotStore()), monkeypatch)


def test_without_a_day_the_decision_of_the_latest_run_is_rolled_back_though_new_files_came(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    first, later = command.shop.promote(PLAIN), command.shop.promote(STRONG, as_of=LATER)
    registry.rollback()
    assert (command.latest().as_of, command.latest().before) == (LATER, later.after)
    assert command.latest().after == first.after
    assert f"a day after {LATER}" in capsys.readouterr().out


def test_with_a_day_decisions_of_later_days_stay(command: Command) -> None:
    first, _, later = command.shop.promote(WEAK), command.shop.promote(PLAIN), command.shop.promote(STRONG, LATER)
    registry.rollback(as_of=AS_OF.isoformat())
    assert command.latest() == later
    assert command.decisions()[-2].decision.after == first.after


def test_a_rollback_stands_though_the_clock_of_the_promotion_ran_ahead(command: Command) -> None:
    first, _ = command.shop.promote(PLAIN), command.shop.promote(STRONG, as_of=LATER)
    store, standing = command.shop.store, command.decisions()[-1].manifest
    ahead = (datetime.now(UTC) + timedelta(minutes=3)).isoformat()
    store.commit(replace(standing, key="ahead", files=(), committed_at=ahead))
    registry.rollback()
    assert command.latest().after == first.after


def test_without_a_day_an_earlier_champion_is_put_in_the_place_of_the_latest(command: Command) -> None:
    first, _ = command.shop.promote(PLAIN), command.shop.promote(STRONG, as_of=LATER)
    registry.promote(first.after.model)
    assert (command.latest().as_of, command.latest().after) == (LATER, first.after)


def test_decisions_of_every_day_are_listed_and_the_last_one_is_shown(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    command.shop.promote(PLAIN)
    command.shop.promote(STRONG, as_of=LATER)
    registry.list_(json=True)
    listed = [made["decision"]["as_of"] for made in json.loads(capsys.readouterr().out)]
    assert listed == [AS_OF.isoformat(), LATER.isoformat()]
    registry.show(json=True)
    assert json.loads(capsys.readouterr().out)["decision"]["as_of"] == LATER.isoformat()
    registry.list_(json=True, as_of=AS_OF.isoformat())
    assert len(json.loads(capsys.readouterr().out)) == 1


@pytest.mark.parametrize("act", [registry.promote, registry.show])
def test_a_beginning_that_several_champions_share_names_none_of_them(
    command: Command, act: Callable[[str], None]
) -> None:
    command.shop.promote(PLAIN)
    for model in ("xy12", "xy34", "xz56"):
        command.decide(model)
    with pytest.raises(ConfigurationError, match=r"of 2 champions begin with 'xy': xy12, xy34\..*more of the digest"):
        act("xy")
    assert len(command.decisions()) == 4


@pytest.mark.parametrize("act", [registry.promote, registry.show])
@pytest.mark.parametrize("blank", ["", " "])
def test_an_empty_text_names_no_champion(command: Command, act: Callable[[str], None], blank: str) -> None:
    command.shop.promote(PLAIN)
    command.shop.promote(STRONG)
    with pytest.raises(ConfigurationError, match="empty text names no champion"):
        act(blank)


def test_a_beginning_of_one_champion_shows_its_latest_decision(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    command.shop.promote(PLAIN)
    kept = command.shop.promote(STRONG)
    assert command.shop.promote(WEAK, as_of=LATER).after == kept.after
    registry.show(kept.after.model, json=True)
    assert json.loads(capsys.readouterr().out)["decision"]["as_of"] == LATER.isoformat()


def test_where_nothing_is_decided_there_is_nothing_to_show(command: Command) -> None:
    with pytest.raises(ConfigurationError, match="no decision yet"):
        registry.show()
