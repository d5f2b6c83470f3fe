"""What share of a line's units is expected back, given that something comes."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.unit_shares import DECLARED_SHARE, UnitShares

LINES = st.dictionaries(
    st.integers(1, 500).flatmap(lambda quantity: st.tuples(st.just(quantity), st.integers(1, quantity))),
    st.integers(1, 10_000),
)


def test_a_line_of_one_unit_comes_back_whole_whatever_larger_ones_do() -> None:
    assert UnitShares.measured({(1, 1): 9_000, (3, 1): 500, (40, 2): 500}).share(1) == 1.0
    assert UnitShares().share(1) == 1.0


def test_many_lines_tell_the_share_of_their_own_size() -> None:
    shares = UnitShares.measured({(2, 2): 5_000, (3, 3): 5_000, (40, 2): 100_000})

    assert shares.share(2) == shares.share(3) == pytest.approx(1.0, abs=0.001)
    assert shares.share(40) == shares.share(63) == pytest.approx(2 / 40, abs=0.001)
    assert shares.share(5_000) == shares.share(40)


def test_a_share_is_that_of_the_units_and_not_the_mean_of_the_lines() -> None:
    shares = UnitShares.measured({(4, 4): 50_000, (7, 1): 50_000})

    assert shares.share(5) == pytest.approx((4 + 1) / (4 + 7), abs=0.001)


def test_few_lines_are_drawn_to_smaller_ones_and_these_to_what_is_declared() -> None:
    assert UnitShares().share(8) == DECLARED_SHARE
    assert UnitShares.measured({(2, 1): 10}).share(2) == pytest.approx((0.5 + DECLARED_SHARE) / 2)
    few = UnitShares.measured({(2, 2): 10_000, (5, 1): 10})
    assert few.share(5) == pytest.approx((0.2 + 1) / 2, abs=0.001)


@given(LINES, st.integers(1, 1_000))
def test_at_least_one_unit_and_at_most_all_come_back(lines: Mapping[tuple[int, int], int], quantity: int) -> None:
    shares = UnitShares.measured(lines)

    assert 1 - 1e-12 <= quantity * shares.share(quantity) <= quantity + 1e-9
    assert UnitShares.from_json(list(shares.by_band)) == shares


def test_of_a_line_that_is_smaller_than_its_band_usually_is_a_unit_comes_back() -> None:
    shares = UnitShares.measured({(7, 1): 100_000})

    assert shares.share(7) == pytest.approx(1 / 7, abs=0.001)
    assert shares.share(4) == 1 / 4


def test_a_fit_that_recorded_none_has_the_declared_ones() -> None:
    assert UnitShares.from_json(None) == UnitShares.from_json([]) == UnitShares()
