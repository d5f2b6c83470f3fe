"""A rollback mirrored in the registry: where the alias points afterwards, and what is said where it stays."""

from datetime import timedelta
from pathlib import Path

import pytest

from application.champions.champion import StandingDecision, standing_decision
from application.champions.rollback_champion import RollBackChampion
from application.tracking.mirror_champion import MirrorChampion
from domain.model.recipe import Recipe
from tests.examples_table import POLICY
from tests.finished_run import SHOP
from tests.unit.test_record_run import BETTER, GOOD, HOPELESS, NAME, WORSE, Recorder

ALIASES = ("champion", "challenger")


def roll_back(recorder: Recorder, days: int = 0) -> StandingDecision:
    as_of = recorder.finished.as_of + timedelta(days=days)
    return standing_decision(RollBackChampion(recorder.finished.store)(SHOP, POLICY, as_of))


def mirror(recorder: Recorder, decided: StandingDecision) -> str | None:
    return MirrorChampion(recorder.finished.store, recorder.registry)(decided, ALIASES)


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path)


@pytest.mark.parametrize(
    ("recipes", "aliases"),
    [
        ((GOOD, BETTER), {1: ("champion",), 2: ()}),
        ((HOPELESS, BETTER), {1: (), 2: ("champion",), 3: ()}),  # versions 1 and 2 differ by learner alone
    ],
)
def test_the_alias_follows_a_rollback_at_once(
    recorder: Recorder, recipes: tuple[Recipe, ...], aliases: dict[int, tuple[str, ...]]
) -> None:
    for recipe in recipes:
        recorder.run(recipe)
    assert mirror(recorder, roll_back(recorder)) is None
    assert recorder.aliases() == aliases


def test_a_challenger_that_is_put_back_challenges_no_more(recorder: Recorder) -> None:
    recorder.run(GOOD)
    recorder.run(BETTER)
    recorder.registry.set_alias(NAME, "challenger", 1)
    assert mirror(recorder, roll_back(recorder)) is None
    assert recorder.aliases() == {1: ("champion",), 2: ()}


def test_a_registry_that_does_not_answer_is_said_and_left_to_the_next_run(recorder: Recorder) -> None:
    recorder.run(GOOD)
    recorder.run(BETTER)
    recorder.registry.answers = False
    said = mirror(recorder, roll_back(recorder))
    recorder.registry.answers = True
    assert said is not None
    assert "until the next run: The registry does not answer." in said
    assert recorder.aliases() == {1: (), 2: ("champion",)}


def test_a_champion_that_was_never_registered_is_left_to_the_next_run(recorder: Recorder) -> None:
    recorder.finished.run(GOOD, recorder.renderer)
    recorder.run(BETTER)
    said = mirror(recorder, roll_back(recorder))
    assert said is not None
    assert "registers the champion" in said
    assert recorder.aliases() == {1: ("champion",)}


def test_a_rollback_of_an_earlier_day_than_the_latest_decision_moves_no_alias(recorder: Recorder) -> None:
    recorder.run(GOOD)
    recorder.run(BETTER)
    earlier = roll_back(recorder)
    recorder.run(WORSE)
    latest = RollBackChampion(recorder.finished.store)(SHOP, POLICY, recorder.finished.as_of + timedelta(days=1), None)
    assert latest.key != earlier.manifest.key
    before = recorder.aliases()
    said = mirror(recorder, earlier)
    assert said is not None
    assert "later day" in said
    assert recorder.aliases() == before
