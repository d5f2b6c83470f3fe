"""Rolling origins of the stock forecast: what they see, what they choose, what they say."""

import random
from dataclasses import replace

from domain.labels import LagLaw
from domain.stock.backtest import MAX_ORIGINS, Backtest, RollingBacktest, run_backtest
from domain.stock.candidates import DEFAULT_CANDIDATE
from domain.stock.intervals import DAY_SHOCK
from domain.stock.judgement import describe_choice, judge
from domain.stock.origin import Origin, total, weekly
from domain.stock.shock import estimate_open_shock, estimate_shock, shock_of
from domain.stock.units import HORIZON_DAYS, Series, UnitLedger

MAX_AGE = 60
SHOES = Series("shoes")
MONDAY = 19_723


def steady_ledger(days: int, weekdays_only: bool = False) -> UnitLedger:
    """A hundred units a day, of which thirty come back ten days later (or on the Monday after)."""
    ledger = UnitLedger()
    for day in range(MONDAY, MONDAY + days):
        ledger.sold[SHOES, day, day] = 100
        back = day + 10
        if weekdays_only:
            back += {5: 2, 6: 1}.get((back + 3) % 7, 0)
        ledger.returned[SHOES, day, back, back] = 30
    return ledger


def flat(units: float) -> dict[str | None, list[float]]:
    return {"shoes": [units] * HORIZON_DAYS}


def origin(day: int, expected: float, actual: float) -> Origin:
    return Origin(day, flat(expected), flat(expected), flat(actual), flat(actual), flat(actual))


def test_a_steady_shop_is_forecast_exactly_and_found_without_bias() -> None:
    backtest = run_backtest(steady_ledger(180), MONDAY + 180, 0, MAX_AGE)
    figures = judge(backtest)
    assert figures["origins"] == len(backtest.origins) == MAX_ORIGINS
    assert figures["shop"]["weekly"]["wape"] < 0.02
    assert abs(figures["shop"]["weekly"]["bias"]) < 0.02
    assert abs(figures["horizon"][0]["relative_error"]) < 0.02


def test_a_dock_that_is_closed_on_weekends_gets_a_calendar() -> None:
    backtest = run_backtest(steady_ledger(180, weekdays_only=True), MONDAY + 180, 0, MAX_AGE)
    assert backtest.chosen.calendar != "flat"


def test_origins_younger_than_the_lag_law_choose_nothing() -> None:
    ledger, day = steady_ledger(120), MONDAY + 120
    days = {
        end: RollingBacktest(ledger, 0, MAX_AGE, law=LagLaw(((end, 1.0),))).trial_days(day) for end in (14, 40, 365)
    }
    assert [found[0] - MONDAY for end, found in days.items() if end < MAX_AGE] == [29, 43]
    assert days[365][0] - MONDAY == 64  # no unit is expected back after MAX_AGE days
    assert run_backtest(ledger, MONDAY + 60 + 28 + 20, 0, MAX_AGE).chosen == DEFAULT_CANDIDATE


def test_a_change_of_the_lag_law_makes_the_backtest_prefer_a_short_window() -> None:
    ledger = UnitLedger()
    for day in range(300):
        ledger.sold[SHOES, day, day] = 100
        back = day + (5 if day < 150 else 20)
        ledger.returned[SHOES, day, back, back] = 10 if day < 150 else 50
    assert run_backtest(ledger, 300, 0, MAX_AGE).chosen.window_days == 56


def test_a_shop_without_history_takes_the_default_and_the_declared_shock() -> None:
    backtest = run_backtest(steady_ledger(40), MONDAY + 40, 0, MAX_AGE)
    assert backtest.chosen == DEFAULT_CANDIDATE
    assert judge(backtest)["origins"] == 0
    assert describe_choice(backtest) == []
    assert estimate_shock(backtest.origins, 1.0).day == (DAY_SHOCK,) * 4


def test_what_becomes_known_from_the_day_on_changes_nothing() -> None:
    clean, poisoned = steady_ledger(120), steady_ledger(120)
    end = MONDAY + 120
    for key in [key for key in clean.returned if key[3] >= end]:
        del clean.returned[key]
    poisoned.sold[SHOES, end - 40, end] = 100_000
    poisoned.returned[SHOES, end - 40, end - 20, end] = 90_000
    poisoned.cancelled[SHOES, end - 10, end + 3] = 100
    assert run_backtest(clean, end, 0, MAX_AGE) == run_backtest(poisoned, end, 0, MAX_AGE)


def test_an_origin_sees_nothing_that_was_recorded_later() -> None:
    late = UnitLedger(steady_ledger(120).sold)
    for (series, ordered, back, _), units in steady_ledger(120).returned.items():
        late.returned[series, ordered, back, back + 5] = units
    backtest = run_backtest(late, MONDAY + 120, 5, MAX_AGE)
    assert max(o.day for o in backtest.origins) == MONDAY + 120 - 5 - HORIZON_DAYS
    assert judge(backtest)["shop"]["weekly"]["wape"] < 0.02


def test_intervals_are_judged_with_the_shock_of_origins_that_were_over() -> None:
    calm = [origin(7 * week, 100.0, 100.0) for week in range(8)]
    figures = judge(Backtest(DEFAULT_CANDIDATE, tuple(calm), {}))
    assert figures["coverage_p10_p90"] == {"shop_day": 1.0, "category_day": 1.0, "shop_week": 1.0}


def test_intervals_are_not_judged_by_what_was_recorded_only_after_the_origin() -> None:
    calm = tuple(origin(7 * week, 100.0, 100.0) for week in range(9))
    wild = (*calm, origin(7 * 9, 100.0, 160.0))
    shares = {
        lag: judge(Backtest(DEFAULT_CANDIDATE, wild, {}, recording_lag_days=lag))["coverage_p10_p90"]["shop_day"]
        for lag in (0, 7 * 9 - HORIZON_DAYS, 7 * 9 - HORIZON_DAYS + 1)
    }
    assert shares == {0: 0.9, 35: 0.9, 36: 1.0}  # from 36 days on the declared shock alone, which is wide


def test_the_intervals_judged_are_no_narrower_than_those_of_open_lines_as_published() -> None:
    unsure = [
        replace(origin(28 * month, 100.0, 100.0), actual_open=flat(180.0 if month % 2 else 20.0)) for month in range(6)
    ]
    alone = shock_of([(o.expected_all, o.actual_all) for o in unsure])
    assert estimate_shock(unsure, 1.0) == alone.at_least(estimate_open_shock(unsure, 1.0)) != alone
    surprised = (*unsure, origin(28 * 6, 100.0, 140.0))
    assert judge(Backtest(DEFAULT_CANDIDATE, surprised, {}))["coverage_p10_p90"]["shop_week"] == 1.0


def test_a_shop_gone_quiet_has_no_category_to_judge() -> None:
    figures = judge(Backtest(DEFAULT_CANDIDATE, (Origin(0, {}, {}, {}, {}, {}),), {}))
    assert figures["coverage_p10_p90"] == {"shop_day": 1.0, "category_day": None, "shop_week": 1.0}


def test_a_forecast_that_is_always_a_third_too_low_is_seen_as_biased_and_shocked() -> None:
    low = [origin(28 * month, 100.0, 150.0) for month in range(6)]
    figures = judge(Backtest(DEFAULT_CANDIDATE, tuple(low), {}))
    assert round(figures["shop"]["weekly"]["bias"], 6) == round(-1 / 3, 6)
    assert estimate_shock(low, 1.0).horizon > 0.1


def test_nothing_returned_leaves_relative_errors_undefined() -> None:
    figures = judge(Backtest(DEFAULT_CANDIDATE, (origin(0, 1.0, 0.0),), {}))
    assert figures["shop"]["weekly"] == {"wape": None, "bias": None}
    assert figures["horizon"][0]["relative_error"] is None


def test_the_order_of_rows_changes_nothing() -> None:
    ledger = steady_ledger(100)
    shuffled = UnitLedger()
    chance = random.Random(3)
    for name in ("sold", "returned"):
        entries = list(getattr(ledger, name).items())
        chance.shuffle(entries)
        getattr(shuffled, name).update(dict(entries))
    end = MONDAY + 100
    assert run_backtest(ledger, end, 0, MAX_AGE) == run_backtest(shuffled, end, 0, MAX_AGE)


def test_weeks_are_sums_of_seven_days_and_an_empty_shop_has_28_zeros() -> None:
    assert weekly([1.0] * HORIZON_DAYS) == [7.0] * 4
    assert total({}) == [0.0] * HORIZON_DAYS
