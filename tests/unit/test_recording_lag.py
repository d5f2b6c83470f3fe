"""How long returns take to be recorded, and that the advice on it is followed by none."""

import tomllib

import pytest

from domain.source.recording_lag import recording_advice, recording_lag


@pytest.mark.parametrize(
    ("returns", "days"),
    [({0: 98, 40: 2}, 0), ({0: 97, 5: 1, 40: 2}, 5), ({0: 97, 40: 3}, 40), ({7: 1}, 7), ({}, None)],
)
def test_the_lag_is_that_of_all_but_a_fiftieth_of_the_returns(returns: dict[int, int], days: int | None) -> None:
    assert recording_lag(returns) == days


def test_labels_that_settle_before_the_returns_are_booked_are_told_what_to_write_and_then_nothing_more() -> None:
    advice = recording_advice(0, 12, 500)
    assert advice is not None
    declared = tomllib.loads(advice.split("`")[1])["recording_lag_days"]
    assert declared == 12
    assert recording_advice(declared, 12, 500) is None


def test_a_history_that_was_loaded_at_once_is_asked_about() -> None:
    advice = recording_advice(1, 700, 500)
    assert advice is not None
    assert "loaded at once" in advice
    longest, longer = (recording_advice(1, days, 500) or "" for days in (90, 91))
    assert "loaded at once" not in longest
    assert "loaded at once" in longer


@pytest.mark.parametrize(("measured", "returns"), [(None, 500), (12, 99), (3, 500)])
def test_nothing_is_advised_where_little_is_known_or_labels_wait_long_enough(measured: int, returns: int) -> None:
    assert recording_advice(3, measured, returns) is None
