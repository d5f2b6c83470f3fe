"""The chance that a line still comes back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.open_chance import AGAIN, open_chance, share_known, visible_lag_days

SHARES = st.floats(0, 1)


def test_before_anything_can_be_known_the_chance_is_that_at_purchase() -> None:
    assert open_chance(0.3, 0.0) == 0.3


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_when_everything_would_be_known_nothing_is_to_come(p: float) -> None:
    assert open_chance(p, 1.0) == 0.0


def test_half_the_law_gone_gives_bayes_rule() -> None:
    assert open_chance(0.5, 0.5) == pytest.approx(1 / 3)


@given(SHARES, SHARES)
def test_waiting_never_raises_the_chance(p: float, share: float) -> None:
    assert 0 <= open_chance(p, share) <= p + 1e-12


@given(SHARES, SHARES)
def test_known_and_still_to_come_make_the_whole(p: float, share: float) -> None:
    assert p * share + (1 - p * share) * open_chance(p, share) == pytest.approx(p)


@given(SHARES, SHARES)
def test_of_a_line_returned_in_part_more_comes_seldom_and_never_sooner_than_of_one_that_is_whole(
    p: float, share: float
) -> None:
    assert open_chance(p, share, returned=True) == min(AGAIN, open_chance(p, share))


@pytest.mark.parametrize(
    ("ordered_on", "expected"), [(date(2024, 3, 1), -1), (date(2024, 2, 29), 0), (date(2024, 2, 20), 9)]
)
def test_returns_that_become_known_on_the_day_itself_cannot_be_seen(ordered_on: date, expected: int) -> None:
    assert visible_lag_days(ordered_on, date(2024, 3, 1)) == expected


@pytest.mark.parametrize(("lag_days", "expected"), [(-1, 0.0), (0, 0.2), (1, 0.6), (5, 1.0)])
def test_the_law_is_read_at_its_age_and_holds_its_last_share(lag_days: int, expected: float) -> None:
    assert share_known([0.2, 0.6, 1.0], lag_days) == expected


def test_without_a_law_nothing_is_known_of_time() -> None:
    assert share_known([], 30) == 0.0
