from collections.abc import Callable

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation import metrics
from adapters.sklearn.evaluation.bootstrap import Metric, customer_codes, customer_resamples, interval, point
from adapters.sklearn.evaluation.curves import reliability_points

DRAWS = np.random.default_rng(5)
P = np.round(DRAWS.beta(2, 6, 800), 2)  # with ties
Y = (DRAWS.random(800) < P).astype(float)
WEIGHTS = DRAWS.integers(0, 4, (3, 800)).astype(float)


@pytest.mark.parametrize(
    ("metric", "reference"),
    [
        (metrics.weighted_mean(metrics.log_losses(P, Y)), log_loss),
        (metrics.weighted_mean(metrics.squared_errors(P, Y)), brier_score_loss),
        (metrics.roc_auc(P, Y), roc_auc_score),
        (metrics.average_precision(P, Y), average_precision_score),
    ],
)
def test_weighted_metrics_are_those_of_scikit_learn(metric: Metric, reference: Callable[..., float]) -> None:
    kept = np.clip(P, 1e-9, 1 - 1e-9) if reference is log_loss else P
    expected = [reference(Y, kept, sample_weight=weights) for weights in WEIGHTS]
    assert metric(WEIGHTS) == pytest.approx(expected, abs=1e-9)


def test_calibration_slope_is_that_of_an_unpenalised_logistic_regression() -> None:
    logit = np.log(P.clip(0.01) / (1 - P.clip(0.01)))
    fitted = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000).fit(logit[:, None], Y)
    assert point(metrics.calibration_slope(P.clip(0.01), Y), 800) == pytest.approx(fitted.coef_[0, 0], abs=1e-4)


def test_calibration_intercept_makes_the_mean_chance_the_observed_rate() -> None:
    p = P.clip(0.01)
    shift = point(metrics.calibration_intercept(p, Y), 800)
    assert shift is not None
    logit = np.log(p / (1 - p)) + shift
    assert (1 / (1 + np.exp(-logit))).mean() == pytest.approx(Y.mean(), abs=1e-9)


@pytest.mark.parametrize(("chance", "rate"), [(0.02, 0.2), (0.001, 0.5), (1e-9, 0.9), (0.98, 0.3)])
def test_calibration_intercept_is_found_however_far_the_rate_lies_from_the_chance(chance: float, rate: float) -> None:
    came = (np.arange(1000) < 1000 * rate).astype(float)
    shift = np.log(rate / (1 - rate)) - np.log(chance / (1 - chance))
    assert point(metrics.calibration_intercept(np.full(1000, chance), came), 1000) == pytest.approx(shift, abs=1e-6)


@pytest.mark.parametrize(("shift", "slope"), [(3.0, 1.0), (4.0, 0.3), (-5.0, 2.0), (0.0, -0.5)])
def test_calibration_slope_is_found_however_far_the_level_lies_off(shift: float, slope: float) -> None:
    logit = DRAWS.normal(-3.9, 0.8, 4000)
    came = (DRAWS.random(4000) < 1 / (1 + np.exp(-(shift + 3.9 * (slope - 1) + slope * logit)))).astype(float)
    fitted = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000).fit(logit[:, None], came)
    found = point(metrics.calibration_slope(1 / (1 + np.exp(-logit)), came), 4000)
    assert found == pytest.approx(fitted.coef_[0, 0], abs=1e-4)


@pytest.mark.parametrize("metric", [metrics.calibration_intercept, metrics.calibration_slope])
def test_calibration_is_undefined_where_nothing_or_everything_came_back(
    metric: Callable[[Numbers, Numbers], Metric],
) -> None:
    assert point(metric(P, np.zeros(800)), 800) is None
    assert point(metric(P, np.ones(800)), 800) is None
    resamples = np.array([np.ones(800), 1 - Y, Y])
    with np.errstate(all="ignore"):
        assert np.isfinite(metric(P, Y)(resamples)).tolist() == [True, False, False]


def test_calibration_slope_is_undefined_where_a_chance_parts_the_classes() -> None:
    p = np.linspace(0.1, 0.4, 100)
    assert point(metrics.calibration_slope(p, (p > 0.3).astype(float)), 100) is None


def test_calibration_error_is_the_mean_gap_over_bins_of_equal_count() -> None:
    p = np.linspace(0.05, 0.95, 1000)
    assert np.bincount(metrics.bins_of(p)).tolist() == pytest.approx([100] * 10, abs=1)
    assert point(metrics.calibration_error(p, np.zeros(1000)), 1000) == pytest.approx(0.5, abs=1e-6)
    assert point(metrics.calibration_error(np.full(10, 0.3), np.array([1.0] * 3 + [0.0] * 7)), 10) == pytest.approx(0)


def test_gaps_of_opposite_sign_do_not_make_up_for_one_another() -> None:
    p, y = np.repeat([0.2, 0.8], 100), np.tile([1.0, 0.0], 100)
    assert point(metrics.calibration_error(p, y), 200) == pytest.approx(0.3)


def test_an_interval_holds_the_figure_where_every_resample_lies_above_it() -> None:
    p = np.repeat(np.arange(1, 11) / 20, 20)
    y = np.concatenate([np.arange(20) < chance for chance in range(1, 11)]).astype(float)
    found = interval(metrics.calibration_error(p, y), customer_resamples(np.arange(200)))
    assert found is not None
    assert found.low == found.value == pytest.approx(0)
    assert found.high > 0.05


def test_a_point_of_the_reliability_curve_has_the_interval_of_wilson() -> None:
    (shown,) = reliability_points("mean", np.full(100, 0.3), (np.arange(100) < 10).astype(float))
    assert (shown["predicted"], shown["observed"], shown["lines"]) == (pytest.approx(0.3), 0.1, 100)
    assert (shown["low"], shown["high"]) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))


def test_lift_is_the_rate_of_the_top_tenth_against_that_of_all_whatever_the_order_of_ties() -> None:
    y = np.array([1.0] * 10 + [0.0] * 90)
    assert point(metrics.top_decile_lift(np.linspace(1, 0, 100), y), 100) == pytest.approx(10)
    assert point(metrics.top_decile_lift(np.full(100, 0.1), y), 100) == pytest.approx(1)


def test_skill_is_0_for_the_reference_and_1_for_perfection() -> None:
    losses = metrics.squared_errors(np.full(800, Y.mean()), Y)
    assert point(metrics.skill(losses, losses), 800) == 0
    assert point(metrics.skill(np.zeros(800), losses), 800) == 1


def test_metrics_that_need_both_classes_are_undefined_without() -> None:
    kept = np.zeros(800)
    for metric in (metrics.roc_auc(P, kept), metrics.average_precision(P, kept), metrics.top_decile_lift(P, kept)):
        assert point(metric, 800) is None
    assert point(metrics.calibration_slope(np.full(800, 0.2), Y), 800) is None


def test_lines_of_a_customer_are_drawn_together_and_so_are_those_of_a_guests_order() -> None:
    codes = customer_codes(["a", None, "a", "b", None, None], ["1", "2", "3", "4", "5", "2"])
    weights = customer_resamples(codes)
    assert len(set(codes)) == 4
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 1] == weights[:, 5]).all()
    assert (weights[:, 1] != weights[:, 4]).any()
    assert (weights == customer_resamples(codes)).all()


def test_an_order_of_a_guest_is_not_taken_for_a_customer_of_that_name() -> None:
    assert len(set(customer_codes(["7", None], ["1", "7"]))) == 2


def test_intervals_of_guests_are_as_wide_as_those_of_customers_with_the_same_orders() -> None:
    orders = [f"O{order}" for order in range(100) for _ in range(4)]
    metric = metrics.weighted_mean(np.repeat(DRAWS.random(100), 4))
    guests, known = (
        interval(metric, customer_resamples(customer_codes(who, orders))) for who in ([None] * 400, orders)
    )
    assert guests == known


def test_a_metric_that_no_resample_defines_has_no_interval() -> None:
    def metric(weights: Numbers) -> Numbers:
        return np.where((weights == 1).all(axis=1), 1.0, np.nan)

    assert interval(metric, np.zeros((5, 3), np.uint8)) is None


def test_interval_of_clustered_lines_is_wider_than_of_independent_ones() -> None:
    clustered = np.repeat(DRAWS.random(80), 10)
    metric = metrics.weighted_mean(clustered)
    together = interval(metric, customer_resamples(np.repeat(np.arange(80), 10)))
    apart = interval(metric, customer_resamples(np.arange(800)))
    assert together is not None
    assert apart is not None
    assert together.low <= together.value <= together.high
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_interval_of_a_mean_is_about_that_of_the_normal_law() -> None:
    values: Numbers = DRAWS.normal(size=2000)
    found = interval(metrics.weighted_mean(values), customer_resamples(np.arange(2000)))
    assert found is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(2000), rel=0.15)


def test_nothing_has_no_interval() -> None:
    assert interval(metrics.weighted_mean(np.empty(0)), customer_resamples(np.empty(0, int))) is None
