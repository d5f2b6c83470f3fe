"""Lines that were still out when another of their order had come back."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sklearn.training.left_behind import left_at, share_left
from domain.model.open_chance import LEFT_BEHIND, open_chance


def ages(*lines: tuple[str, int | None], unknown: int = 0) -> list[int]:
    """Of lines ordered on the first of March, given by their order and the day on which their return was known.

    The last ones of `unknown` have their return after the fit.
    """
    days = [None if day is None else date(2024, 3, day) for _, day in lines]
    rows = pa.table(
        {
            "order_id": pa.array([order for order, _ in lines], pa.string()),
            "ordered_on": pa.array([date(2024, 3, 1)] * len(lines), pa.date32()),
            "return_known_on": pa.array(days, pa.date32()),
        }
    )
    returned = [float(day is not None and place < len(days) - unknown) for place, day in enumerate(days)]
    return left_at(rows, np.array(returned)).tolist()


def test_lines_that_came_later_or_never_were_left_behind_by_the_first() -> None:
    assert ages(("A", 5), ("A", 9), ("B", None), ("A", None)) == [-1, 4, -1, 4]


def test_lines_that_came_together_left_none_behind() -> None:
    assert ages(("A", 5), ("A", 5), ("B", 7)) == [-1, -1, -1]


def test_a_return_that_was_not_known_at_the_fit_is_none_yet() -> None:
    assert ages(("A", 5), ("A", 9), unknown=1) == [-1, 4]
    assert ages(("A", 5), ("A", 9), unknown=2) == [-1, -1]


def test_what_is_added_to_an_order_on_another_day_was_not_left_behind() -> None:
    days = [date(2024, 3, 1), date(2024, 3, 1), date(2024, 3, 8)]
    rows = pa.table(
        {
            "order_id": ["A"] * 3,
            "ordered_on": pa.array(days, pa.date32()),
            "return_known_on": pa.array([date(2024, 3, 5), None, None], pa.date32()),
        }
    )

    assert left_at(rows, np.array([1.0, 0.0, 0.0])).tolist() == [-1, 4, -1]


def test_no_line_is_no_trouble() -> None:
    assert ages() == []


def share(followed: list[float], chances: list[float], known: list[float]) -> float:
    return share_left(np.array(followed), np.ones(len(followed)), np.array(chances), np.array(known))


def test_the_share_is_declared_until_lines_are_seen_to_follow() -> None:
    assert share([], [], []) == pytest.approx(LEFT_BEHIND)
    assert share([0.0] * 5_000, [0.3] * 5_000, [0.2] * 5_000) < 0.01
    assert share([1.0] * 5_000, [0.3] * 5_000, [0.2] * 5_000) == 1.0


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.9), st.floats(0, 0.8))
def test_it_is_that_by_which_lines_followed(left: float, p: float, known: float) -> None:
    lines = 200_000
    followed = round(lines * open_chance(p * left, known))

    found = share_left(
        *(np.array(column) for column in ([1.0, 0.0], [followed, lines - followed], [p] * 2, [known] * 2))
    )

    assert found == pytest.approx(left, abs=0.02)
