"""A law of lags in the few steps that a mapping declares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.features.lag_steps import steps_of
from domain.labels import LagLaw
from domain.synthetic.lags import middle_law
from domain.synthetic.mapping import mapping_of
from domain.synthetic.presets import PRESETS


@given(st.lists(st.integers(0, 40), min_size=1, max_size=90).filter(any))
def test_the_steps_are_a_law_that_never_runs_ahead_of_what_came(came: list[int]) -> None:
    shares = [sum(came[: age + 1]) / sum(came) for age in range(len(came))]
    law = LagLaw(steps_of(shares))
    assert all(law.share(age) <= share + 1e-4 for age, share in enumerate(shares))
    assert law.share(len(came)) == 1


def test_what_comes_at_once_is_one_step() -> None:
    assert steps_of([1.0, 1.0]) == ((0, 1.0),)


@pytest.mark.parametrize("preset", ["tiny", "fashion", "wholesale"])
def test_the_mapping_of_a_made_up_shop_declares_how_its_returns_come(preset: str) -> None:
    mapping, shares = mapping_of(PRESETS[preset]), middle_law(PRESETS[preset])
    for age, share in mapping.return_law().steps:
        assert share == pytest.approx(shares[age], abs=1e-4)
