"""When a run advises to declare how returns come, and that its advice is followed by none."""

import tomllib

from domain.features.lag_advice import lag_advice
from domain.labels import DEFAULT_LAG_LAW, LagLaw

QUICK = [min(1.0, age / 8) for age in range(61)]  # within 8 days


def test_a_law_like_the_declared_one_needs_no_advice() -> None:
    assert lag_advice(DEFAULT_LAG_LAW, [DEFAULT_LAG_LAW.share(age) for age in range(61)], 500) is None


def test_where_no_lag_was_measured_there_is_no_advice() -> None:
    assert lag_advice(DEFAULT_LAG_LAW, None, 0) is None


def test_a_shop_whose_returns_come_sooner_is_told_what_to_write_and_then_nothing_more() -> None:
    advice = lag_advice(DEFAULT_LAG_LAW, QUICK, 500)
    assert advice is not None
    assert advice.startswith("100% of the returns come within 8 days, and the features take it for 11%")
    written = tomllib.loads(advice.split("`")[1])["lag_law"]
    declared = LagLaw(tuple((age, share) for age, share in written))
    assert lag_advice(declared, QUICK, 500) is None


def test_a_few_returns_tell_no_law() -> None:
    assert lag_advice(DEFAULT_LAG_LAW, QUICK, 99) is None


def test_a_law_off_by_a_fifth_of_the_returns_is_near_enough_and_one_off_by_more_is_not() -> None:
    declared, measured = LagLaw(((4, 0.5), (8, 1.0))), [*[0.0] * 4, *[0.7] * 4, 1.0]
    assert lag_advice(declared, measured, 500) is None
    assert lag_advice(declared, [*[0.0] * 4, *[0.75] * 4, 1.0], 500) is not None
