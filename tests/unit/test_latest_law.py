"""The law by which returns become known, by those of the last weeks."""

from dataclasses import fields, replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.latest_law import WATCHED_DAYS, WatchedLines, latest_law, watched_lines
from adapters.sklearn.training.trainer import SklearnModelTrainer
from adapters.sklearn.training.training_set import known_lines
from domain.model.recipe import Recipe
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

WINDOW = 30
TODAY = 400
SLOW = np.cumsum(np.full(WINDOW + 1, 1 / (WINDOW + 1)))
QUICK = np.minimum(np.arange(WINDOW + 1) / 10, 1.0)
NEVER = WINDOW + 1


def shop(
    law: Numbers, rate_now: float, *, rate_before: float = 0.3, lines: int = 150_000, acted_at: int | None = None
) -> tuple[WatchedLines, Numbers]:
    """Lines of which `rate_now` come back of those ordered in the last 35 days, with their right chances.

    Something is done about all lines that are still out at the age `acted_at`, and none of them comes back.
    """
    draws = np.random.default_rng(5)
    ordered = draws.integers(TODAY - WATCHED_DAYS - WINDOW, TODAY, lines)
    chances = np.where(ordered >= TODAY - 35, rate_now, rate_before)
    age = np.where(draws.random(lines) < chances, np.searchsorted(law, draws.random(lines)), NEVER)
    weights = np.where(draws.random(lines) < 0.5, 1.0, 0.2)
    until = TODAY - 1 - ordered
    acts = np.full(lines, acted_at is not None) & (age > (acted_at or 0)) & (until >= (acted_at or 0))
    begins, ends = np.maximum(TODAY - WATCHED_DAYS - ordered, 0), np.minimum(until, WINDOW)
    came_at = np.where((age <= until) & ~acts, age, NEVER)
    seen_out = np.where(acts, acted_at or 0, NEVER)
    return among(WatchedLines(np.arange(lines), weights, begins, ends, came_at, seen_out), chances)


def among(lines: WatchedLines, chances: Numbers) -> tuple[WatchedLines, Numbers]:
    """Those that were watched at any age."""
    watched = lines.begins <= lines.ends
    parts = {field.name: getattr(lines, field.name)[watched] for field in fields(lines)}
    return WatchedLines(**parts), chances[watched]


def furthest(law: list[float], other: Numbers) -> float:
    return float(np.abs(np.array(law) - other).max())


def test_returns_that_come_sooner_now_are_seen_at_once() -> None:
    assert furthest(latest_law(*shop(QUICK, 0.3), SLOW.tolist()), QUICK) < 0.02


def test_a_rate_that_halved_is_no_law_that_changed() -> None:
    assert furthest(latest_law(*shop(SLOW, 0.15), SLOW.tolist()), SLOW) < 0.02


def test_chances_that_are_all_too_high_tell_nothing_of_the_law() -> None:
    lines, chances = shop(QUICK, 0.3)

    assert furthest(latest_law(lines, chances * 1.5, QUICK.tolist()), QUICK) < 0.02


def test_what_is_told_of_late_ages_alone_is_no_law_where_the_chances_are_too_high() -> None:
    lines, chances = shop(QUICK, 0.3)
    late = among(replace(lines, begins=np.maximum(lines.begins, 5)), chances * 1.5)

    assert furthest(latest_law(*late, QUICK.tolist()), QUICK) < 0.02


@pytest.mark.parametrize("too_high", [0.6, 1.0, 1.5])
@pytest.mark.parametrize("acted_at", [3, 14])
def test_lines_that_something_was_done_about_hide_no_late_returns(acted_at: int, too_high: float) -> None:
    lines, chances = shop(SLOW, 0.3, acted_at=acted_at)

    assert furthest(latest_law(lines, chances * too_high, SLOW.tolist()), SLOW) < (0.02 if too_high == 1 else 0.06)


def test_of_a_line_acted_upon_when_every_return_would_be_known_nothing_is_to_come() -> None:
    one = np.array([0]), np.ones(1), np.array([0]), np.array([3])
    watched = WatchedLines(*one, came_at=np.array([NEVER]), acted_at=np.array([1]))
    back = replace(watched, came_at=np.array([1]), acted_at=np.array([NEVER]))

    assert latest_law(watched, np.ones(1), [0.5, 1.0, 1.0, 1.0]) == [0.5, 1.0, 1.0, 1.0]
    both = WatchedLines(*(np.append(getattr(watched, field.name), getattr(back, field.name)) for field in fields(back)))
    assert np.isfinite(latest_law(both, np.ones(2), [0.5, 1.0, 1.0, 1.0])).all()


def test_where_recording_stands_still_a_handful_of_returns_is_no_law() -> None:
    lines, chances = shop(QUICK, 0.3)
    stopped = replace(lines, came_at=np.where(lines.places % 1500 == 0, lines.came_at, NEVER))

    assert furthest(latest_law(stopped, chances, SLOW.tolist()), SLOW) < 0.1


def test_a_handful_of_returns_hardly_moves_the_law_of_the_mature_lines() -> None:
    assert furthest(latest_law(*shop(QUICK, 0.3, lines=100), SLOW.tolist()), SLOW) < 0.15


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 9), st.floats(0.01, 0.99), st.floats(0.1, 50)),
        max_size=30,
    )
)
def test_a_law_never_falls_and_ends_at_1(lines: list[tuple[int, int, int, float, float]]) -> None:
    begins, ends, came_at = (np.array([line[place] for line in lines], np.int64) for place in range(3))
    chances, weights = (np.array([line[place] for line in lines]) for place in (3, 4))
    acted_at = np.where(came_at % 2, NEVER, begins)
    watched = WatchedLines(np.arange(len(lines)), weights, np.minimum(begins, ends), ends, came_at, acted_at)
    law = latest_law(watched, chances, [0.2, 0.5, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])

    assert law[-1] == 1.0
    assert law[0] >= 0
    assert np.all(np.diff(law) >= 0)


def test_lines_are_watched_for_six_weeks_before_the_fit_and_within_their_window() -> None:
    fit_at = FIRST_DAY + timedelta(days=60)
    known, _ = known_lines(ExamplesTable(4000).table, Recipe(), POLICY, fit_at, ())
    longest = POLICY.window_days + POLICY.recording_lag_days
    assert known.open is not None
    lines = watched_lines(known, known.open, fit_at, longest)

    assert len(lines.places) > 0
    assert np.all((lines.begins >= 0) & (lines.begins <= lines.ends) & (lines.ends <= longest))
    assert np.all(lines.ends - lines.begins < WATCHED_DAYS)
    returned = np.append(known.returned, known.open.returned)[lines.places]
    assert np.all((lines.came_at <= longest) == (returned == 1))
    assert np.all(lines.came_at[returned == 1] <= lines.ends[returned == 1])


def test_what_was_done_about_a_line_is_known_by_its_age() -> None:
    examples, fit_at = ExamplesTable(4000), FIRST_DAY + timedelta(days=60)
    ordered, known = (examples.table[name].to_pylist() for name in ("ordered_on", "return_known_on"))
    days = [
        o + timedelta(days=6) if place % 2 and (day is None or day > o + timedelta(days=6)) else None
        for place, (o, day) in enumerate(zip(ordered, known, strict=True))
    ]
    acted = examples.with_column("acted_on", days).with_column("acted_known_on", days)
    learned, _ = known_lines(acted.table, Recipe(), POLICY, fit_at, ())
    assert learned.open is not None
    lines = watched_lines(learned, learned.open, fit_at, POLICY.window_days)
    of_matrix = np.append(np.zeros(len(learned.returned), bool), learned.open.acted)[lines.places]

    assert 0 < of_matrix.sum() < len(of_matrix)
    assert np.all(lines.acted_at[of_matrix] == 6)
    assert np.all(lines.acted_at[~of_matrix] > POLICY.window_days)


def test_the_law_of_an_age_that_no_line_passed_is_that_of_the_mature_lines() -> None:
    nothing = WatchedLines(*(np.zeros(0, kind) for kind in (np.int64, np.float64, *[np.int64] * 4)))

    assert latest_law(nothing, np.zeros(0), SLOW.tolist()) == pytest.approx(SLOW.tolist())


def test_a_return_that_was_known_after_all_labels_were_final_counts_at_the_last_age() -> None:
    examples, fit_at = ExamplesTable(4000), FIRST_DAY + timedelta(days=100)
    late = [day and day + timedelta(days=10) for day in examples.table["return_known_on"].to_pylist()]
    known, _ = known_lines(examples.with_column("return_known_on", late).table, Recipe(), POLICY, fit_at, ())
    assert known.open is not None
    lines = watched_lines(known, known.open, fit_at, POLICY.window_days)
    returned = known.returned[lines.places[lines.places < len(known.returned)]] == 1

    assert (lines.came_at[: len(returned)][returned] == POLICY.window_days).any()
    assert (lines.came_at[: len(returned)][returned] <= POLICY.window_days).all()


def test_a_fit_measures_it_on_the_open_orders_that_it_learns_from() -> None:
    examples, fit_at = ExamplesTable(20_000), FIRST_DAY + timedelta(days=80)
    ordered, known = (examples.table[name].to_pylist() for name in ("ordered_on", "return_known_on"))
    sooner = FIRST_DAY + timedelta(days=50)  # of the lines ordered from then on, returns take half as long
    days = [
        o + (day - o) // 2 if day is not None and o >= sooner else day for o, day in zip(ordered, known, strict=True)
    ]
    changed = examples.with_column("return_known_on", days)
    trainer = SklearnModelTrainer(changed.read, changed.read_lines)
    quick = Recipe(iterations=10, min_samples_leaf=20)
    facts, mature = (
        trainer.fit(changed.ref, recipe, POLICY, fit_at).facts
        for recipe in (quick, replace(quick, open_order_rounds=0))
    )

    assert mature["latest_law"] == mature["known_law"]
    assert np.array(facts["latest_law"])[7] > np.array(facts["known_law"])[7] + 0.1
