"""How long the latest returns took."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from adapters.sklearn.training.lag_law import LagCounts, Lags, lag_counts
from domain.labels import LabelPolicy
from tests.examples_table import FIRST_DAY

POLICY = LabelPolicy(window_days=30)


def law_of(lags_by_age: dict[int, tuple[int, int | None]], returned: float = 1.0) -> list[float] | None:
    """The law of lines, so many with one lag of each age in days before the last mature one."""
    fit_at = FIRST_DAY + timedelta(days=2000)
    last = POLICY.last_mature_day(fit_at)
    lines = [(last - timedelta(days=age), lag) for age, (count, lag) in lags_by_age.items() for _ in range(count)]
    days, lags = zip(*lines, strict=True)
    known = [None if lag is None else day + timedelta(days=lag + 2) for day, lag in lines]  # recorded after two days
    rows = pa.table(
        {
            "ordered_on": pa.array(days, pa.date32()),
            "return_lag_days": pa.array(lags, pa.int64()),
            "return_known_on": pa.array(known, pa.date32()),
        }
    )
    counts = lag_counts(rows, np.full(len(lines), returned), POLICY, fit_at)
    if counts is not None:
        assert counts.known.mean() == pytest.approx(counts.made.mean() + 2)
    return None if counts is None else counts.made.law()


def test_a_law_that_drifted_is_that_of_the_latest_half_year() -> None:
    law = law_of({0: (150, 5), 179: (50, 9), 180: (9000, 25)})

    assert law is not None
    assert (law[4], law[5], law[8], law[9]) == (0.0, 0.75, 0.75, 1.0)


@pytest.mark.parametrize(("longest", "share"), [(359, 0.5), (360, 1.0)])
def test_where_half_a_year_holds_few_returns_a_year_is_looked_at(longest: int, share: float) -> None:
    law = law_of({10: (100, 5), 200: (100, 5), longest: (200, 25)})

    assert law is not None
    assert law[5] == share


def test_a_history_of_few_returns_counts_whole() -> None:
    law = law_of({10: (10, 5), 1500: (30, 25)})

    assert law is not None
    assert law[5] == 0.25


def test_the_law_ends_at_1_and_needs_a_return_with_a_day() -> None:
    law = law_of({10: (10, 5), 20: (5, None)})

    assert law is not None
    assert (len(law), law[5], law[-1]) == (POLICY.window_days + 1, 1.0, 1.0)
    assert law_of({10: (10, None)}) is None
    assert law_of({10: (10, 5)}, returned=0.0) is None


SEEN = Lags(np.array([0.0, 2.0, 2.0, 4.0]))


def test_returns_that_nobody_could_see_are_spread_over_the_lags_after_the_watch() -> None:
    # Of four returns expected after lag 1 a third comes at lag 2 and two thirds at lag 3; of eight never watched all.
    more = SEEN.and_unseen(np.array([4.0, 8.0]), np.array([1, -1]), SEEN)
    assert more.returns.tolist() == pytest.approx([0, 2 + 2, 2 + 2 + 4 / 3, 4 + 4 + 8 / 3])


def test_a_watch_over_the_whole_window_leaves_nothing_unseen() -> None:
    seen = Lags(np.array([1.0, 3.0]))
    assert seen.and_unseen(np.array([5.0]), np.array([7]), seen).returns.tolist() == [1.0, 3.0]


def test_what_was_not_known_by_a_day_was_made_after_as_many_days_less_those_of_recording() -> None:
    known = Lags(np.array([0.0, 0.0, 2.0, 2.0, 4.0]))  # a day later than SEEN
    counts = LagCounts(0, 9, SEEN, known)
    more = counts.and_unseen(np.array([6.0]), np.array([2]), counts)
    assert more.made.returns.tolist() == pytest.approx([0, 2, 2 + 2, 4 + 4])
    assert more.known.returns.tolist() == pytest.approx([0, 0, 2, 2 + 2, 4 + 4])


def test_a_law_is_of_the_lines_ordered_on_its_days_and_the_same_at_any_weight() -> None:
    counts = LagCounts(3, 5, SEEN, SEEN)
    assert counts.holds(np.array([2, 3, 5, 6])).tolist() == [False, True, True, False]
    assert counts.weighing(0.25).made.law() == counts.made.law()
