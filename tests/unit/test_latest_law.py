"""The law by which returns become known, by those of the last weeks."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.latest_law import LATEST_DAYS, WatchedLines, latest_law, watched_lines
from adapters.sklearn.training.training_set import known_lines
from domain.model.recipe import Recipe
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

WINDOW = 30
TODAY = 400
SLOW = np.cumsum(np.full(WINDOW + 1, 1 / (WINDOW + 1)))
QUICK = np.minimum(np.arange(WINDOW + 1) / 10, 1.0)
NEVER = WINDOW + 1


def shop(
    law: Numbers, rate_now: float, *, rate_before: float = 0.3, lines: int = 150_000
) -> tuple[WatchedLines, Numbers]:
    """Lines of which `rate_now` come back of those ordered in the last 35 days, with their right chances."""
    draws = np.random.default_rng(5)
    ordered = draws.integers(TODAY - LATEST_DAYS - WINDOW, TODAY, lines)
    chances = np.where(ordered >= TODAY - 35, rate_now, rate_before)
    age = np.searchsorted(law, draws.random(lines))
    back = draws.random(lines) < chances
    begins = np.maximum(TODAY - LATEST_DAYS - ordered, 0)
    ends = np.minimum(TODAY - 1 - ordered, WINDOW)
    seen = back & (age <= TODAY - 1 - ordered)
    watched = begins <= ends
    came_at = np.where(seen, age, NEVER)
    found = WatchedLines(np.arange(lines), np.ones(lines), begins, ends, came_at)
    kept = {name: getattr(found, name)[watched] for name in ("places", "weights", "begins", "ends", "came_at")}
    return WatchedLines(**kept), chances[watched]


def furthest(law: list[float], other: Numbers) -> float:
    return float(np.abs(np.array(law) - other).max())


def test_returns_that_come_sooner_now_are_seen_at_once() -> None:
    assert furthest(latest_law(*shop(QUICK, 0.3), SLOW.tolist()), QUICK) < 0.02


def test_a_rate_that_halved_is_no_law_that_changed() -> None:
    assert furthest(latest_law(*shop(SLOW, 0.15), SLOW.tolist()), SLOW) < 0.02


def test_chances_that_are_all_too_high_tell_nothing_of_the_law() -> None:
    lines, chances = shop(QUICK, 0.3)

    assert furthest(latest_law(lines, chances * 1.5, QUICK.tolist()), QUICK) < 0.02


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
    watched = WatchedLines(np.arange(len(lines)), weights, np.minimum(begins, ends), ends, came_at)
    law = latest_law(watched, chances, [0.2, 0.5, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])

    assert law[-1] == 1.0
    assert law[0] >= 0
    assert np.all(np.diff(law) >= 0)


def test_lines_are_watched_for_six_weeks_before_the_fit_and_within_their_window() -> None:
    fit_at = FIRST_DAY + timedelta(days=60)
    known, _ = known_lines(ExamplesTable(4000).table, Recipe(), POLICY, fit_at, ())
    longest = POLICY.window_days + POLICY.recording_lag_days
    lines = watched_lines(known, fit_at, longest)

    assert len(lines.places) > 0
    assert np.all((lines.begins >= 0) & (lines.begins <= lines.ends) & (lines.ends <= longest))
    assert np.all(lines.ends - lines.begins < LATEST_DAYS)
    returned = np.append(known.returned, [] if known.open is None else known.open.returned)[lines.places]
    assert np.all((lines.came_at <= longest) == (returned == 1))
    assert np.all(lines.came_at[returned == 1] <= lines.ends[returned == 1])


def test_the_law_of_an_age_that_no_line_passed_is_that_of_the_mature_lines() -> None:
    nothing = WatchedLines(*(np.zeros(0, kind) for kind in (np.int64, np.float64, np.int64, np.int64, np.int64)))

    assert latest_law(nothing, np.zeros(0), SLOW.tolist()) == pytest.approx(SLOW.tolist())
