"""When a line counts as returned, when that is settled, and how past lines are weighed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ConfigurationError
from domain.labels import DEFAULT_LAG_LAW, LabelPolicy, LagLaw

ORDERED = date(2019, 2, 1)


@pytest.mark.parametrize(("days_after", "counts"), [(-1, False), (0, True), (1, True), (60, True), (61, False)])
def test_a_return_counts_from_the_day_of_the_order_to_the_end_of_the_window(days_after: int, counts: bool) -> None:
    assert LabelPolicy(60).counts(ORDERED, ORDERED + timedelta(days=days_after)) is counts


def test_a_flag_without_a_date_counts() -> None:
    assert LabelPolicy(60).counts(ORDERED, None)


def test_a_line_is_mature_once_window_and_lag_have_passed_before_the_day() -> None:
    policy = LabelPolicy(60, recording_lag_days=3)
    assert not policy.is_mature(ORDERED, ORDERED + timedelta(days=63))
    assert policy.is_mature(ORDERED, ORDERED + timedelta(days=64))


@given(st.integers(1, 400), st.integers(0, 60), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_the_last_mature_day_is_mature_and_the_next_is_not(window: int, lag: int, as_of: date) -> None:
    policy = LabelPolicy(window, lag)
    last = policy.last_mature_day(as_of)
    assert policy.is_mature(last, as_of)
    assert not policy.is_mature(last + timedelta(days=1), as_of)


@pytest.mark.parametrize(("window", "lag"), [(0, 0), (-1, 0), (30, -1), (100_000_000, 0)])
def test_a_window_or_lag_without_sense_is_refused(window: int, lag: int) -> None:
    with pytest.raises(ConfigurationError, match=str(window)):
        LabelPolicy(window, lag)


@given(st.integers(-5, 100))
def test_the_share_known_rises_with_age_from_nothing_to_all(age: int) -> None:
    assert 0 <= DEFAULT_LAG_LAW.share(age) <= DEFAULT_LAG_LAW.share(age + 1) <= 1
    assert DEFAULT_LAG_LAW.share(3) == 0
    assert DEFAULT_LAG_LAW.share(60) == 1


@given(st.integers(1, 400))
def test_a_law_is_run_through_within_a_shorter_window_and_no_slower_in_a_longer(window: int) -> None:
    law = DEFAULT_LAG_LAW.within(window)
    assert law.share(window) == 1
    assert law.steps[-1][0] == min(window, 60)
    for age in range(window):
        assert law.share(age) >= DEFAULT_LAG_LAW.share(age)


@pytest.mark.parametrize(
    "steps",
    [
        (),
        ((5, 0.5),),
        ((5, 0.5), (5, 1.0)),
        ((5, 0.6), (9, 0.5), (12, 1.0)),
        ((-1, 0.5), (3, 1.0)),
        tuple((age, (age + 1) / 11) for age in range(11)),
    ],
)
def test_what_is_no_law_is_refused(steps: tuple[tuple[int, float], ...]) -> None:
    with pytest.raises(ConfigurationError, match="lag law"):
        LagLaw(steps)
