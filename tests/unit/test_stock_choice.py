"""What an origin of the backtest counts, and the way of forecasting that several origins choose."""

import pytest

from domain.stock.backtest import MIN_HISTORY_DAYS, RollingBacktest
from domain.stock.baselines import forecast_simply
from domain.stock.candidates import CANDIDATES, DEFAULT_CANDIDATE, Candidate
from domain.stock.fitter import Fitter
from domain.stock.risks import DEFAULT_STRENGTH, STRENGTHS
from domain.stock.trial import MIN_TRIALS, Errors, Trial, choose
from domain.stock.units import HORIZON_DAYS, Series, UnitLedger

SHOES = Series("shoes")
GOOD_DAYS = Candidate("weekdays", follows_speed=False, window_days=56, catch_up=0.0)
GOOD_HORIZON = Candidate("weekdays", follows_speed=True, window_days=56, catch_up=0.5)


def ledger(days: int = 120) -> UnitLedger:
    """A hundred units a day, of which thirty come back ten days later; from day 60 on twice as many of both."""
    made = UnitLedger()
    for day in range(days):
        size = 1 if day < 60 else 2
        made.sold[SHOES, day, day] = 100 * size
        made.returned[SHOES, day, day + 10, day + 10] = 30 * size
    return made


def trial(strengths: tuple[float, ...] = (1.0, 2.0, 3.0)) -> Trial:
    """One way is best on days, another of the same calendar on horizons, one of another calendar on horizons alone."""
    ways = dict.fromkeys(CANDIDATES, Errors(horizon=0.5, day=0.5))
    ways[GOOD_DAYS] = Errors(horizon=0.4, day=0.1)
    ways[GOOD_HORIZON] = Errors(horizon=0.2, day=0.3)
    ways[DEFAULT_CANDIDATE] = Errors(horizon=0.1, day=0.6)
    return Trial(ways, dict(zip(STRENGTHS, strengths, strict=True)))


def test_days_choose_the_calendar_and_horizons_all_else() -> None:
    assert choose([trial()] * MIN_TRIALS)[0] == GOOD_HORIZON


def test_the_strength_is_that_of_the_least_deviance_over_all_origins() -> None:
    once, often = trial((9.0, 1.0, 4.0)), trial((2.0, 3.0, 1.0))
    assert choose([once] * MIN_TRIALS)[1] == STRENGTHS[1]
    assert choose([once, *[often] * MIN_TRIALS])[1] == STRENGTHS[2]


def test_fewer_origins_than_can_choose_leave_the_default() -> None:
    assert choose([trial((9.0, 1.0, 4.0))] * (MIN_TRIALS - 1)) == (DEFAULT_CANDIDATE, DEFAULT_STRENGTH)


def test_an_origin_counts_lines_open_on_its_day_apart_from_those_ordered_later() -> None:
    origin = RollingBacktest(ledger(), 0, 60).replay(60).origin
    assert origin.actual_all["shoes"] == [30.0] * 10 + [60.0] * 18
    assert origin.actual_open["shoes"] == [30.0] * 10 + [0.0] * 18


def test_what_it_is_compared_with_is_the_mean_of_the_four_weeks_before() -> None:
    origin = RollingBacktest(ledger(150), 0, 60).replay(84).origin  # 14 days of each level came before it
    assert origin.baseline["shoes"] == pytest.approx([45.0] * HORIZON_DAYS)


def test_an_origin_has_as_many_days_of_history_as_are_asked_for() -> None:
    rolling = RollingBacktest(ledger(), 3, 60)
    first = MIN_HISTORY_DAYS + HORIZON_DAYS + 3
    assert rolling.origin_days(first) == [MIN_HISTORY_DAYS]
    assert rolling.origin_days(first - 1) == []


def test_the_simple_forecasts_go_by_the_last_four_weeks() -> None:
    weeks = forecast_simply(Fitter(ledger().known_at(120, 60), 0))
    assert weeks["mean of the last 4 weeks"][SHOES] == pytest.approx([60 * 7] * 4)
    settled = (30 * 60) / (100 * 60)  # of the orders of at least 60 days ago
    assert weeks["constant rate on recent sales"][SHOES] == pytest.approx([settled * 200 * 7] * 4)
