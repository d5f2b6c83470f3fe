"""How returns become known, as the last weeks before a fit show it."""

from collections.abc import Iterable
from datetime import date, timedelta

import pyarrow as pa
import pytest

from adapters.sklearn.training.latest_law import latest_law
from domain.labels import LabelPolicy

POLICY = LabelPolicy(window_days=10)
FIT = date(2024, 6, 1)
DAY = pa.date32()

Line = tuple[int, int | None]  # days before the fit, and the age at which its return was or will be known


def keys(lines: Iterable[Line], acted: Iterable[tuple[int, int]] = ()) -> pa.Table:
    """Examples of lines, and of others that something was done about at an age."""
    rows = [(FIT - timedelta(days=back), age, None) for back, age in lines]
    rows += [(FIT - timedelta(days=back), None, age) for back, age in acted]
    ordered = [day for day, _, _ in rows]

    def after(place: int) -> list[date | None]:
        return [None if row[place] is None else row[0] + timedelta(days=row[place]) for row in rows]

    return pa.table(
        {
            "line_id": [f"L{place:05}" for place in range(len(rows))],
            "ordered_on": pa.array(ordered, DAY),
            "return_known_on": pa.array(after(1), DAY),
            "return_lag_days": pa.array([age for _, age, _ in rows], pa.int64()),
            "cancelled_known_on": pa.array([None] * len(rows), DAY),
            "acted_on": pa.array(after(2), DAY),
            "acted_known_on": pa.array(after(2), DAY),
            "available_at": pa.array(ordered, DAY),
        }
    )


def shop(days: Iterable[int], fast: int = 2, slow: int = 8) -> list[Line]:
    """Each day twenty lines: ten come at one age, five at another, five are kept."""
    return [(day, age) for day in days for age in [fast] * 10 + [slow] * 5 + [None] * 5]


def test_a_steady_law_is_found_from_lines_of_all_ages() -> None:
    law = latest_law(keys(shop(range(1, 100))), POLICY, FIT)

    assert law is not None
    assert len(law) == 11
    assert law[1] == 0.0
    assert law[2:8] == pytest.approx([2 / 3] * 6)
    assert law[8:] == [1.0] * 3


def test_what_took_longer_before_the_last_weeks_does_not_count() -> None:
    law = latest_law(keys([*shop(range(1, 40)), *shop(range(40, 300), fast=7)]), POLICY, FIT)

    assert law is not None
    assert law[2] == pytest.approx(2 / 3)


def test_few_returns_of_late_take_in_more_weeks() -> None:
    quiet = [(day, None) for day in range(1, 50) for _ in range(20)]

    law = latest_law(keys([*quiet, *shop(range(50, 200))]), POLICY, FIT)

    assert law is not None
    assert law[2] == pytest.approx(2 / 3, abs=0.05)


def test_an_age_that_no_line_had_of_late_takes_in_more_weeks() -> None:
    many = [line for line in shop(range(1, 6)) for _ in range(20)]  # no line older than five days within four weeks

    law = latest_law(keys([*many, *shop(range(50, 90), fast=3)]), POLICY, FIT)

    assert law is not None
    assert 0 < law[2] < law[3] < law[8] == 1.0


def test_returns_after_the_fit_and_lines_of_no_day_tell_nothing() -> None:
    assert latest_law(keys([(3, 5), (4, None)]), POLICY, FIT) is None
    assert latest_law(keys([]), POLICY, FIT) is None


def test_a_line_is_watched_until_something_is_done_about_it() -> None:
    lines, acted = shop(range(1, 100)), [(day, 4) for day in range(6, 100) for _ in range(30)]

    watched = latest_law(keys(lines, acted), POLICY, FIT)

    # Of fifty lines ten come at age 2; of the ten that are out at age 8 and may still come five do.
    expected = 10 / 50 / (10 / 50 + 40 / 50 * 5 / 10)
    assert watched is not None
    assert watched[2] == pytest.approx(expected, abs=0.03)
