"""The laws of the stock forecast: calendar, hazards, sharing out, intervals."""

import math
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ConfigurationError
from domain.labels import DEFAULT_LAG_LAW, LagLaw
from domain.model.open_chance import open_chance
from domain.stock.calendar import CLOSED_SHARE, FLAT, DockCalendar, choose_closed_days, learn_weekdays, weekday
from domain.stock.candidates import Candidate
from domain.stock.catch_up import LEAST, MOST, catch_up_factors
from domain.stock.clock import start_clock
from domain.stock.fitter import Fitter
from domain.stock.forecast import OpenBook, daily_sales, expect_open, on_grid
from domain.stock.hazards import Hazards, measure_hazards
from domain.stock.history import LedgerHistory
from domain.stock.intervals import MAX_SHOCK, count_chances, count_quantiles, shock_variance
from domain.stock.law import even_shares
from domain.stock.risks import Risks, Strength, estimate_risks
from domain.stock.units import HORIZON_DAYS, Cohort, KnownUnits, ReturnedUnits, Series, UnitLedger, arrival_day

MONDAY = 19_723  # 2024-01-01
SHOES, COATS = Series("shoes"), Series("coats")
LAW = LagLaw(((3, 1.0),))
NOTHING_BACK = ReturnedUnits({})
MANY = Cohort(0, 10_000_000, (0, 2_000_000, 4_000_000, 0))  # so that the law has no say
PLAIN = Candidate("flat", follows_speed=False, window_days=400, catch_up=0.0)

hazard_lists = st.lists(st.floats(0, 0.3), min_size=1, max_size=60)
unit_floats = st.floats(0, 1e5)


def ledger_of_one_cohort() -> UnitLedger:
    """Ten units ordered on day 0: two back at age 1, four of the eight left at age 2."""
    ledger = UnitLedger()
    ledger.sold[SHOES, 0, 0] = 10
    ledger.returned[SHOES, 0, 1, 1] = 2
    ledger.returned[SHOES, 0, 2, 2] = 4
    return ledger


def test_the_day_of_the_week_of_a_monday_is_0() -> None:
    assert [weekday(MONDAY + day) for day in range(7)] == list(range(7))


@given(st.dictionaries(st.integers(MONDAY - 60, MONDAY), st.integers(0, 1000)))
def test_calendar_factors_are_positive_and_their_mean_is_1(arrivals: dict[int, int]) -> None:
    factors = learn_weekdays(arrivals, MONDAY - 56, MONDAY).weekdays
    assert min(factors) > 0
    assert sum(factors) / 7 == pytest.approx(1)


def test_a_calendar_without_arrivals_is_flat_and_with_many_on_one_weekday_is_not() -> None:
    assert learn_weekdays({}, MONDAY - 56, MONDAY).weekdays == pytest.approx(FLAT)
    mondays = {MONDAY - 7 * week: 1000 for week in range(1, 9)}
    assert learn_weekdays(mondays, MONDAY - 56, MONDAY).weekdays[0] > 6.9


def test_a_calendar_ignores_days_from_its_end_on() -> None:
    assert learn_weekdays({MONDAY: 1000}, MONDAY - 56, MONDAY) == learn_weekdays({}, MONDAY - 56, MONDAY)


def test_the_holidays_that_the_dock_kept_are_found_and_those_it_worked_on_are_not() -> None:
    kept, worked = frozenset({MONDAY - 14, MONDAY + 7}), frozenset({MONDAY - 13})
    arrivals = {MONDAY - day: 0 if MONDAY - day in kept else 100 for day in range(1, 57)}
    assert choose_closed_days(arrivals, MONDAY - 56, MONDAY, {"xx": worked, "yy": kept}) == ("yy", kept)
    assert choose_closed_days(arrivals, MONDAY - 56, MONDAY, {"xx": worked}) == (None, frozenset())


@pytest.mark.parametrize(("usual", "quiet_days", "is_found"), [(5, 1, False), (4, 4, True), (40, 1, True)])
def test_one_quiet_day_of_few_units_is_no_holiday(usual: int, quiet_days: int, is_found: bool) -> None:
    quiet = frozenset(MONDAY - 8 * week - 3 for week in range(quiet_days))
    holidays = {"xx": quiet, **{f"x{n}": frozenset({MONDAY - n}) for n in range(14, 30)}}
    arrivals = {MONDAY - day: 0 if MONDAY - day in quiet else usual for day in range(1, 57)}
    assert (choose_closed_days(arrivals, MONDAY - 56, MONDAY, holidays)[0] == "xx") == is_found


def test_on_a_holiday_next_to_nothing_comes_and_not_nothing() -> None:
    clock = start_clock(DockCalendar(FLAT, frozenset({MONDAY + 1})), MONDAY, MONDAY)
    assert clock.age(MONDAY, MONDAY + 3) == 2 + CLOSED_SHARE


def test_a_hazard_is_the_units_returned_over_the_units_open_at_that_age_smoothed() -> None:
    assert ledger_of_one_cohort().known_at(4, max_age_days=5).cohorts == (Cohort(0, 10, (0, 2, 4, 0)),)
    by_age = measure_hazards([MANY], range(5), 0, 0, 4, 5, LAW).by_age
    assert by_age[1] == pytest.approx((2 * 2 + 4) / (10 + 2 * 10 + 8), rel=1e-5)
    assert by_age[5] == 0


def test_hazards_read_only_the_days_of_their_window() -> None:
    assert measure_hazards([MANY], range(5), 0, 2, 4, 5, LAW).by_age[1] == pytest.approx(4 / 8, rel=1e-5)


def shop_of_a_law(law: LagLaw, days: int, units: int = 1000, share: float = 0.3) -> UnitLedger:
    """So many units a day, whose share comes back by a law."""
    ledger, shares = UnitLedger(), even_shares(law)
    for ordered in range(days):
        ledger.sold[SHOES, ordered, ordered] = units
        gone = 0
        for age, reached in enumerate(shares):
            back = round(units * share * reached) - gone
            ledger.returned[SHOES, ordered, ordered + age, ordered + age] += back
            gone += back
    return ledger


def four_weeks(ledger: UnitLedger, day: int, law: LagLaw) -> tuple[float, int]:
    """Units expected of the lines open at a day, and those that came."""
    came = sum(n for (_, ordered, back, _), n in ledger.returned.items() if ordered < day <= back < day + HORIZON_DAYS)
    fitted = Fitter(ledger.known_at(day, 120), 0, law=law).fit(PLAIN)
    return sum(map(sum, fitted.open_by_category().values())), came


@pytest.mark.parametrize("units", [30, 1000])
@pytest.mark.parametrize("days", [14, 21, 35])
def test_a_young_shop_expects_at_ages_it_has_not_reached_what_the_law_says(days: int, units: int) -> None:
    expected, came = four_weeks(shop_of_a_law(DEFAULT_LAG_LAW, days, units), days, DEFAULT_LAG_LAW)
    assert expected == pytest.approx(came, rel=0.1 if units == 1000 else 0.25)


@pytest.mark.parametrize("lag_days", [0, 10, 20])
def test_returns_recorded_at_once_do_not_lower_what_is_expected_where_a_few_are_late(lag_days: int) -> None:
    """The units open now are those left after the quick ones, not those that were open before."""
    prompt = shop_of_a_law(DEFAULT_LAG_LAW, 240, share=0.5)
    ledger = UnitLedger(prompt.sold)
    for (series, ordered, back, _), units in prompt.returned.items():
        late = round(units / 20)
        ledger.returned[series, ordered, back, back + lag_days] += late
        ledger.returned[series, ordered, back, back] += units - late
    came = sum(n for (_, ordered, back, _), n in ledger.returned.items() if ordered < 200 <= back < 200 + HORIZON_DAYS)
    fitted = Fitter(ledger.known_at(200, 120), lag_days).fit(PLAIN)
    assert sum(map(sum, fitted.open_by_category().values())) == pytest.approx(came, rel=0.02)


def test_a_shop_that_knows_every_age_does_not_heed_the_law() -> None:
    ledger = shop_of_a_law(DEFAULT_LAG_LAW, 200)
    forecasts = [four_weeks(ledger, 200, law)[0] for law in (DEFAULT_LAG_LAW, LAW)]
    assert forecasts[0] == pytest.approx(forecasts[1], rel=0.002)


def test_returns_that_come_sooner_than_the_law_says_do_not_let_all_come_back() -> None:
    soon = LagLaw(((2, 0.3), (7, 1.0)))
    ledger = shop_of_a_law(soon, 21)
    expected, _ = four_weeks(ledger, 21, DEFAULT_LAG_LAW)
    assert expected < 0.2 * sum(ledger.known_at(21, 120).open_units.values())


def test_without_a_unit_that_came_back_the_law_alone_expects_nothing() -> None:
    ledger = UnitLedger()
    ledger.sold[SHOES, 0, 0] = 100
    assert four_weeks(ledger, 10, DEFAULT_LAG_LAW)[0] == 0


def test_an_age_of_which_few_units_are_known_is_drawn_to_the_law() -> None:
    all_back, none_back = (
        measure_hazards([Cohort(0, 1, (came,))], range(2), 0, 0, 1, 5, DEFAULT_LAG_LAW).by_age[0] for came in (1, 0)
    )
    assert 0 == none_back < all_back < 0.3


def test_a_week_of_a_slow_dock_is_late_and_not_lost() -> None:
    ledger = UnitLedger()
    for day in range(120):
        ledger.sold[SHOES, day, day] = 100
        back = day + 10 if not 105 <= day + 10 < 112 else 112 + (day + 10 - 105)
        ledger.returned[SHOES, day, back, back] += 30
    fitter = Fitter(ledger.known_at(112, 60), 0)
    naive = fitter.fit(PLAIN).open_by_category()["shoes"]
    following = fitter.fit(Candidate("flat", True, 400, 0.0)).open_by_category()["shoes"]
    came = 30 * 7 + 30 * 10  # a week that waited, and the ten days of orders whose returns were never late
    assert sum(following) == pytest.approx(came, rel=0.15)
    assert sum(naive) < 0.6 * came


@pytest.mark.parametrize("max_age_days", [60, 300, 500])
def test_units_older_than_the_history_that_is_read_by_default_keep_their_age(max_age_days: int) -> None:
    ledger = UnitLedger()
    for day in range(600):
        ledger.sold[SHOES, day, day] = 4
        ledger.returned[SHOES, day, day + 10, day + 10] += 1
    expected = Fitter(ledger.known_at(600, max_age_days), 0).fit(PLAIN).open_by_category()["shoes"]
    assert sum(expected) == pytest.approx(10, rel=0.2)  # of the last ten days' orders one unit in four is to come


def test_a_cohort_behind_is_expected_to_catch_up_and_one_ahead_to_give_less() -> None:
    hazards, clock = Hazards((0.0, 0.1, 0.1, 0.1)), start_clock(DockCalendar(), 0, 2)
    behind = catch_up_factors([Cohort(0, 1000, (0, 0))], hazards, clock, 2, 0.5)
    ahead = catch_up_factors([Cohort(0, 1000, (0, 200))], hazards, clock, 2, 0.5)
    assert ahead[0] < 1 < behind[0]
    assert catch_up_factors([Cohort(0, 1000, (0, 0))], hazards, clock, 2, 0.0) == {}


def test_a_cohort_far_behind_or_far_ahead_is_held_within_bounds() -> None:
    clock = start_clock(DockCalendar(), 0, 2)
    behind = catch_up_factors([Cohort(0, 1000, (0, 0))], Hazards((0.9, 0.0, 0.01)), clock, 2, 0.5)
    ahead = catch_up_factors([Cohort(0, 1000, (0, 900))], Hazards((0.0, 0.01, 0.01)), clock, 2, 0.5)
    assert (behind, ahead) == ({0: MOST}, {0: LEAST})


def test_a_return_arrives_no_later_than_it_is_known_and_no_earlier_than_its_order() -> None:
    assert [arrival_day(10, came, 12) for came in (8, 11, 12, 15)] == [10, 11, 12, 12]


def test_a_return_recorded_on_the_day_itself_is_not_known_yet() -> None:
    assert sum(back.units for back in ledger_of_one_cohort().known_at(2, 5).returned.since(0)) == 2


def test_cancelled_units_are_neither_sold_nor_open() -> None:
    ledger = ledger_of_one_cohort()
    ledger.cancelled[SHOES, 0, 3] = 3
    assert ledger.known_at(3, 5).open_units[SHOES, 0] == 4
    assert ledger.known_at(4, 5).open_units[SHOES, 0] == 1


def test_units_that_the_customer_keeps_are_sold_and_neither_open_nor_back() -> None:
    ledger = ledger_of_one_cohort()
    ledger.kept[SHOES, 0, 3] = 3
    known = ledger.known_at(4, 5)
    assert (known.open_units[SHOES, 0], known.sold[SHOES, 0], known.arrivals.total()) == (1, 10, 6)
    assert ledger.known_at(3, 5).open_units[SHOES, 0] == 4


def ledger_of_chance(seed: str) -> UnitLedger:
    chance, ledger = Random(seed), UnitLedger()
    for _ in range(60):
        ordered = chance.randrange(30)
        known, came = ordered + chance.choice([-1, 0, 0, 3]), ordered + chance.randrange(-1, 12)
        ledger.sold[SHOES, ordered, known] += 3
        ledger.cancelled[SHOES, ordered, known + chance.randrange(4)] += chance.randrange(2)
        ledger.returned[SHOES, ordered, came, came + chance.randrange(3)] += 1
        ledger.kept[SHOES, ordered, known + chance.randrange(9)] += chance.randrange(2)
        ledger.squares[max(ordered, came)] += 1
    return ledger


@given(st.lists(st.integers(-5, 45), min_size=1, max_size=12))
def test_a_history_gives_on_any_days_in_any_order_what_the_ledger_gives(days: list[int]) -> None:
    ledger = ledger_of_chance(str(days))
    history = LedgerHistory(ledger, 9)
    assert [history.known_at(day) for day in days] == [ledger.known_at(day, 9) for day in days]


def test_a_day_that_is_asked_for_again_is_kept_longer_than_one_asked_for_since() -> None:
    history = LedgerHistory(ledger_of_chance("kept"), 9)
    early = history.known_at(20)
    for day in (40, 20, 30):
        history.known_at(day)
    later = history.known_at(21).returned.by_day
    assert all(later[day] is arrived for day, arrived in early.returned.by_day.items() if day < 15)


@given(st.integers(-5, 45))
def test_cohorts_count_what_came_by_the_age_of_its_arrival(day: int) -> None:
    ledger = ledger_of_chance(str(day))
    came: Counter[tuple[int, int]] = Counter()
    for (_, ordered, back, known), units in ledger.returned.items():
        if known < day:
            came[ordered, max(0, min(back, known) - ordered)] += units
    for cohort in ledger.known_at(day, 9).cohorts:
        assert cohort.came == tuple(came[cohort.ordered, age] for age in range(min(10, day - cohort.ordered)))


def test_units_older_than_the_maximum_age_are_not_open() -> None:
    assert ledger_of_one_cohort().known_at(7, 5).open_units == {}


def test_a_maximum_age_below_a_day_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="maximum age of 0 days"):
        ledger_of_one_cohort().known_at(4, 0)


@given(hazard_lists, st.integers(0, 70), st.integers(1, 60))
def test_chances_ahead_are_what_is_lost_of_those_still_open(hazards: list[float], age: int, days: int) -> None:
    chances = Hazards(tuple(hazards)).ahead(age, [1.0] * days)
    still_open = math.prod(1 - hazard for hazard in hazards[age : age + days])
    assert sum(chances) == pytest.approx(1 - still_open)
    assert len(chances) == days


def test_what_is_still_to_come_is_of_the_units_that_are_left() -> None:
    hazards = Hazards((0.0, 0.5, 0.5))
    assert [hazards.returned_share(age) for age in range(4)] == [0, 0, 0.5, 0.75]
    assert [hazards.still_to_come(age) for age in range(4)] == [0.75, 0.75, 0.5, 0]


def test_sales_to_come_are_those_of_the_last_28_days_or_of_as_many_as_there_are() -> None:
    boot = Series("shoes", "boot", "b1")
    sold = {(SHOES, 71): 280, (SHOES, 72): 28, (SHOES, 99): 28, (SHOES, 100): 280, (boot, 90): 14}
    assert daily_sales(KnownUnits(100, 120, Counter(sold), NOTHING_BACK)) == {SHOES: 2.0, boot: 0.5}
    assert daily_sales(KnownUnits(100, 120, Counter({(SHOES, 93): 14}), NOTHING_BACK)) == {SHOES: 2.0}
    assert daily_sales(KnownUnits(100, 120, Counter(), NOTHING_BACK)) == {}


@pytest.mark.parametrize("delay", [0, 1, 7])
def test_orders_that_are_told_of_late_are_expected_to_come_back_too(delay: int) -> None:
    prompt = shop_of_a_law(DEFAULT_LAG_LAW, 240)
    ledger = UnitLedger()
    for (series, ordered, _), units in prompt.sold.items():
        ledger.sold[series, ordered, ordered + delay] += units
    for (series, ordered, back, _), units in prompt.returned.items():
        ledger.returned[series, ordered, back, max(back, ordered + delay)] += units
    for known in (ledger.known_at(200, 120), LedgerHistory(ledger, 120).known_at(200)):
        fitted = Fitter(known, 0).fit(PLAIN)
        expected = sum(
            sum(map(sum, part.values())) for part in (fitted.open_by_category(), fitted.future_by_category())
        )
        came = sum(n for (_, _, back, _), n in ledger.returned.items() if 200 <= back < 200 + HORIZON_DAYS)
        assert expected == pytest.approx(came, rel=0.03)


def risks_of_two_categories() -> Risks:
    sold = {series: [(day, 10) for day in range(30)] for series in (SHOES, COATS)}
    return estimate_risks(sold, {SHOES: 240, COATS: 60}, dict.fromkeys(range(30), 0.5), Strength(20, 20, 5))


def test_a_category_that_returns_more_than_its_share_has_a_factor_above_1() -> None:
    risks = risks_of_two_categories()
    assert risks.of(COATS) < 1 < risks.of(SHOES)


def test_a_level_is_drawn_to_the_one_above_it_and_one_that_a_series_lacks_says_nothing() -> None:
    boot, clog = Series("shoes", "boot", "b1"), Series("shoes", "clog", "c1")
    sold = {series: [(0, 100)] for series in (boot, clog, COATS)}
    risks = estimate_risks(sold, {boot: 60, clog: 20, COATS: 10}, {0: 1.0}, Strength(20, 10, 5))
    shoes = (60 + 20 + 20) / (30 + 30 + 20)  # three in ten come back, so of each hundred thirty are expected
    group = shoes * (60 + 10) / (30 * shoes + 10)
    assert risks.of(SHOES) == pytest.approx(shoes)
    assert risks.of(Series("shoes", "boot")) == pytest.approx(group)
    assert risks.of(boot) == pytest.approx(group * (60 + 5) / (30 * group + 5))
    assert risks.of(COATS) == pytest.approx((10 + 20) / (30 + 20))


def test_an_item_without_history_has_the_risk_of_what_stands_above_it() -> None:
    risks = risks_of_two_categories()
    assert risks.of(Series("shoes", "boot", "new")) == risks.of(SHOES)
    assert risks.of(Series("hats", "cap", "new")) == 1


def test_risks_leave_the_total_of_the_shop_alone() -> None:
    ledger = UnitLedger()
    for day in range(60):
        for series, units in ((SHOES, 8), (COATS, 2)):
            ledger.sold[series, day, day] = 10
            ledger.returned[series, day, day + 12, day + 12] = units
    fitter = Fitter(ledger.known_at(60, 40), 0)
    plain, fitted = fitter.fit_shop(PLAIN), fitter.fit(PLAIN)
    total = sum(sum(by_day) for by_day in fitted.open_by_category().values())
    assert total == pytest.approx(sum(sum(by_day) for by_day in plain.open_by_category().values()), rel=1e-3)
    assert sum(map(sum, fitted.open_weeks_by_series().values())) == pytest.approx(total, rel=1e-3)


def test_returns_not_recorded_yet_are_taken_out_of_what_is_expected() -> None:
    chances = Hazards((0.0, 0.5, 0.5, 0.5)).ahead(1, [1.0, 1.0])
    assert chances == [0.5, 0.25]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None]), st.integers(60, 99), st.integers(1, 5)),
        min_size=1,
        max_size=40,
    ),
    st.lists(st.floats(0.001, 1), min_size=40, max_size=40),
    st.lists(st.floats(0.001, 0.9), min_size=40, max_size=40),
)
def test_scores_share_out_what_is_expected_of_their_week_whatever_the_order_of_lines(
    lines: list[tuple[str, str | None, int, int]], chances: list[float], still_come: list[float]
) -> None:
    forward, backward = OpenBook(), OpenBook()
    scored = [
        ((Series(category, None, item), day), units, p)
        for (item, category, day, units), p in zip(lines, chances, strict=False)
    ]
    for key, units, p in scored:
        forward.add(key, units, p)
    for key, units, p in reversed(scored):
        backward.add(key, units, p)
    risks, ahead = Risks({Series("x"): 1.5}), {day: [still_come[day - 60]] for day in range(60, 100)}
    weights = forward.weights(risks, 100, ahead)
    assert weights == backward.weights(risks, 100, ahead)
    expected: Counter[tuple[str | None, int]] = Counter()
    level: Counter[tuple[str | None, int]] = Counter()
    for (series, day), weight in weights.items():
        expected[series.category, (100 - day) // 7] += weight * sum(ahead[day])  # type: ignore[assignment]
    for (series, day), units, _ in scored:
        level[series.category, (100 - day) // 7] += units * risks.of(series) * sum(ahead[day])  # type: ignore[assignment]
    assert expected == pytest.approx(level)


def test_lines_that_differ_in_age_alone_share_out_nothing() -> None:
    book, still_come = OpenBook(), {}
    for age in range(1, 29):
        gone = 1 - math.exp(-age / 7.5)
        p_open = open_chance(0.25, gone)
        book.add((Series("x", "g", f"i{age}"), 100 - age), 10, p_open)
        still_come[100 - age] = [p_open * (1 - math.exp(-28 / 7.5))]
    assert book.weights(Risks(), 100, still_come) == pytest.approx(dict.fromkeys(book.groups, 10))


def test_an_age_that_nothing_comes_of_any_more_takes_nothing_from_its_week() -> None:
    book = OpenBook()
    young, old = Series("x", "g", "a"), Series("x", "g", "b")
    book.add((young, 99), 2, 0.1)
    book.add((old, 98), 2, 0.1)
    assert book.weights(Risks(), 100, {99: [0.1], 98: [0.0]})[young, 99] == pytest.approx(2)


def test_days_whose_chances_are_all_0_keep_their_level() -> None:
    book = OpenBook()
    a = Series("x", "g", "a")
    book.add((a, 99), 4, 0.0)
    assert book.weights(Risks({Series("x"): 1.5}), 100, {99: [0.1]}) == {(a, 99): 6.0}


def test_a_line_of_twice_the_chance_gets_twice_the_weight() -> None:
    book = OpenBook()
    book.add((Series("x", "g", "a"), 99), 1, 0.1)
    book.add((Series("x", "g", "b"), 99), 1, 0.2)
    weights = book.weights(Risks({Series("x"): 1.5}), 100, {99: [0.1]})
    a, b = Series("x", "g", "a"), Series("x", "g", "b")
    assert weights[b, 99] == pytest.approx(2 * weights[a, 99])
    assert sum(weights.values()) == pytest.approx(3)


def test_lines_without_a_score_have_the_risk_of_their_category() -> None:
    book = OpenBook()
    a = Series("x", None, "a")
    book.add((a, 10), 4, None)
    assert book.weights(Risks({Series("x"): 1.5}), 100, {10: [0.1]}) == {(a, 10): 6.0}


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcd"), st.integers(80, 99)),
        st.tuples(st.floats(0, 500), st.floats(0, 10)),
        min_size=1,
    ),
    hazard_lists,
)
def test_no_group_is_expected_to_give_back_more_than_it_holds(
    weights: dict[tuple[str, int], tuple[float, float]], hazards: list[float]
) -> None:
    law = Hazards(tuple(hazards))
    chances = {day: law.ahead(100 - day, [1.0] * HORIZON_DAYS) for _, day in weights}
    expected = expect_open(weights, chances)
    for group, by_day in expected.items():
        held = sum(units for (name, _), (_, units) in weights.items() if name == group)
        assert sum(by_day) <= held + 1e-5


@given(st.lists(unit_floats, min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_sums_on_the_grid_are_exact_in_any_order(values: list[float], chance: Random) -> None:
    gridded = on_grid(values)
    shuffled = list(gridded)
    chance.shuffle(shuffled)
    assert sum(gridded) == sum(shuffled) == math.fsum(gridded)


@given(st.floats(0, 2000), st.floats(0, 4))
def test_quantiles_of_a_count_are_ordered(mean: float, shock: float) -> None:
    low, middle, high = count_quantiles(mean, shock)
    assert 0 <= low <= middle <= high


@given(st.floats(0.01, 280), st.floats(1, 1.05), st.floats(0, 2))
def test_quantiles_rise_with_the_mean(mean: float, growth: float, shock: float) -> None:
    smaller, larger = count_quantiles(mean, shock), count_quantiles(mean * growth, shock)
    assert all(a <= b for a, b in zip(smaller, larger, strict=True))


@given(st.floats(5, 2000), st.floats(0.01, 1))
def test_a_larger_shock_widens_the_interval(mean: float, shock: float) -> None:
    calm, stormy = count_quantiles(mean, 0.0), count_quantiles(mean, shock + 0.05)
    assert stormy[2] - stormy[0] >= calm[2] - calm[0]


def test_without_a_shock_the_quantiles_are_poisson() -> None:
    assert count_quantiles(1.0, 0.0) == (0, 1, 2)
    assert count_quantiles(10.0, 0.0) == (6, 10, 14)


def test_quantiles_of_a_large_mean_agree_with_the_exact_ones_next_to_it() -> None:
    exact, approximate = count_quantiles(299.9, 0.1), count_quantiles(300.1, 0.1)
    assert approximate == pytest.approx(exact, rel=0.02)


def test_a_large_group_keeps_the_relative_width_of_the_shock() -> None:
    low, _, high = count_quantiles(1e6, 0.04)
    assert (high - low) / 1e6 == pytest.approx(2 * 1.2816 * 0.2, rel=0.03)


def test_units_that_come_alone_have_the_quantiles_of_before_and_those_that_come_in_tens_wider_ones() -> None:
    assert count_quantiles(10.0, 0.1, 1.0) == count_quantiles(10.0, 0.1)
    assert count_quantiles(0.2, 0.0, 10.0)[2] < 5  # a return of ten is rarer than one in ten
    low, _, high = count_quantiles(200.0, 0.0, 10.0)
    assert (low, high) == pytest.approx((200 - 1.28 * 2000**0.5, 200 + 1.28 * 2000**0.5), abs=6)


@given(st.floats(0.01, 500), st.floats(0, 0.5), st.floats(1, 40))
def test_the_chances_of_counts_have_the_mean_and_the_variance_of_returns_of_several_units(
    mean: float, shock: float, at_once: float
) -> None:
    first, chances = count_chances(mean, shock, at_once)
    found = sum(chance * count for count, chance in enumerate(chances, first))
    spread = sum(chance * (count - found) ** 2 for count, chance in enumerate(chances, first))
    assert found == pytest.approx(mean, rel=1e-3)
    assert spread == pytest.approx(at_once * mean + shock * mean**2, rel=1e-2)


def test_errors_that_returns_of_ten_units_explain_are_no_shock() -> None:
    chance = Random(5)
    pairs = [(100.0, 10.0 * sum(chance.random() < 0.1 for _ in range(100))) for _ in range(400)]
    assert shock_variance(pairs, 0.0, 1) > 0.05
    assert shock_variance(pairs, 0.0, 1, at_once=10) < 0.01


def test_units_that_come_at_once_are_known_as_their_returns_are() -> None:
    ledger = ledger_of_one_cohort()
    assert ledger.known_at(4, 5).at_once == 1
    ledger.squares.update({1: 4, 2: 16})
    assert [ledger.known_at(day, 5).at_once for day in (1, 2, 3)] == [1, 2, 20 / 6]


def test_the_shock_of_poisson_like_errors_is_0_and_without_pairs_the_declared_one() -> None:
    assert shock_variance([(100.0, 100.0)] * 10, prior=0.0, prior_weight=1) == 0
    assert shock_variance([], prior=0.3, prior_weight=1) == 0.3


def test_a_shock_has_an_upper_bound() -> None:
    assert shock_variance([(10.0, 1_000.0)] * 10, prior=0.3, prior_weight=1) == MAX_SHOCK


def test_the_shock_of_counts_off_by_a_half_is_a_quarter() -> None:
    pairs = [(10_000.0, 15_000.0), (10_000.0, 5_000.0)] * 50
    assert shock_variance(pairs, prior=0.25, prior_weight=1) == pytest.approx(0.25, rel=0.01)
