"""Joint samples of the stock forecast: they add up, have the variances asked for, and are the same for a seed."""

from dataclasses import replace
from statistics import fmean, pvariance

import pytest

from domain.stock.samples import SAMPLES, draw_samples, sample_quantiles
from domain.stock.shock import Shock
from domain.stock.units import HORIZON_DAYS

CALM = Shock((0.0,) * 4, 0.0, 0.0)
STORMY = Shock((0.4,) * 4, 0.09, 0.04)
SHOP = {"shoes": [100.0] * HORIZON_DAYS, "coats": [2.0] * HORIZON_DAYS, None: [0.0] * HORIZON_DAYS}
ALL = ["shoes", "coats", None]


def relative_variance(sums: list[int], mean: float) -> float:
    """Variance of the common factor: what counting alone explains is taken out."""
    return (pvariance(sums) - mean) / mean**2


def test_categories_add_up_to_the_shop_and_days_to_the_horizon_within_each_sample() -> None:
    samples = draw_samples(SHOP, STORMY, 1)
    parts = [samples.sums([name], day, 1) for name in ALL for day in range(HORIZON_DAYS)]
    assert samples.sums(ALL, 0, HORIZON_DAYS) == [sum(sample) for sample in zip(*parts, strict=True)]
    assert len(parts[0]) == SAMPLES


def test_the_mean_of_samples_is_what_is_expected() -> None:
    samples = draw_samples(SHOP, STORMY, 1)
    assert fmean(samples.sums(["shoes"], 0, HORIZON_DAYS)) == pytest.approx(2800, rel=0.03)
    assert fmean(samples.sums(["coats"], 7, 7)) == pytest.approx(14, rel=0.06)
    assert set(samples.sums([None], 0, HORIZON_DAYS)) == {0}


def test_without_a_shock_counts_are_poisson() -> None:
    sums = draw_samples(SHOP, CALM, 1).sums(["coats"], 0, 7)
    assert pvariance(sums) == pytest.approx(14, rel=0.25)


def test_units_that_come_ten_at_once_have_ten_times_the_variance_whatever_is_added_up() -> None:
    samples = draw_samples(SHOP, replace(CALM, at_once=10.0), 1)
    for names, mean in ((["coats"], 14.0), (["shoes"], 700.0), (ALL, 714.0)):
        sums = samples.sums(names, 0, 7)
        assert fmean(sums) == pytest.approx(mean, rel=0.1)
        assert pvariance(sums) == pytest.approx(10 * mean, rel=0.25)


@pytest.mark.parametrize(("days", "variance"), [(28, 0.04), (7, 0.09), (1, 0.4)])
def test_days_weeks_and_horizon_have_the_variance_measured_at_each(days: int, variance: float) -> None:
    samples = draw_samples(SHOP, STORMY, 1)
    found = fmean(
        relative_variance(samples.sums(["shoes"], day, days), 100.0 * days) for day in range(0, HORIZON_DAYS, days)
    )
    assert found == pytest.approx(variance, rel=0.25)


def test_categories_share_the_shock() -> None:
    samples = draw_samples({"a": [50.0] * HORIZON_DAYS, "b": [50.0] * HORIZON_DAYS}, STORMY, 1)
    both = relative_variance(samples.sums(["a", "b"], 0, 7), 700.0)
    assert both == pytest.approx(relative_variance(samples.sums(["a"], 0, 7), 350.0), rel=0.2)


def test_a_seed_gives_the_same_samples_and_another_gives_others() -> None:
    assert draw_samples(SHOP, STORMY, 1) == draw_samples(dict(reversed(SHOP.items())), STORMY, 1)
    assert draw_samples(SHOP, STORMY, 1) != draw_samples(SHOP, STORMY, 2)


def test_quantiles_are_the_smallest_that_reach_their_share() -> None:
    assert sample_quantiles(range(10, 0, -1)) == (1, 5, 9)
    assert sample_quantiles([]) == (0, 0, 0)


def test_a_shop_that_expects_nothing_has_no_samples_to_add() -> None:
    assert draw_samples({}, STORMY, 1).sums([], 0, HORIZON_DAYS) == []
