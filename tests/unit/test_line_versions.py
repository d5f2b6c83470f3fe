"""Which version of a line is read: what was known when its first day ended, and the same in every cut."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.days import start_of
from domain.source.line_versions import SUPERSEDED, TOO_LATE, version_reasons

START = datetime(2024, 1, 1, 9, tzinfo=UTC)
hours = st.lists(st.integers(0, 24 * 6), min_size=1, max_size=8).map(sorted)


def moments(offsets: list[int]) -> list[datetime]:
    return [START + timedelta(hours=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("offsets", "reasons"),
    [
        ([], []),
        ([0], [None]),
        ([0, 2], [SUPERSEDED, None]),
        ([0, 15], [None, TOO_LATE]),  # midnight ends the day
        ([0, 2, 14, 15, 48], [SUPERSEDED, SUPERSEDED, None, TOO_LATE, TOO_LATE]),
        ([0, 0], [SUPERSEDED, None]),
    ],
)
def test_the_last_version_of_the_first_day_is_read(offsets: list[int], reasons: list[str | None]) -> None:
    assert version_reasons(moments(offsets)) == reasons


@given(hours)
def test_exactly_one_version_is_read(offsets: list[int]) -> None:
    assert version_reasons(moments(offsets)).count(None) == 1


@given(hours, st.integers(0, 8))
def test_a_source_cut_at_any_day_gives_the_line_that_the_whole_one_gives(offsets: list[int], day: int) -> None:
    known = moments(offsets)
    end = start_of(date(2024, 1, 1) + timedelta(days=day))
    cut = [moment for moment in known if moment < end]
    whole_reasons, cut_reasons = version_reasons(known), version_reasons(cut)
    assert cut_reasons == whole_reasons[: len(cut)]
