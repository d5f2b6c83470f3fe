from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.labels import LabelPolicy
from domain.model.fits import (
    LONGEST_TEST_DAYS,
    MIN_TRAINING_LINES,
    MIN_TRAINING_POSITIVES,
    SHORTEST_TEST_DAYS,
    LineCount,
    Window,
    check_test_days,
    label_known,
    plan_fits,
    rolling_origins,
    training_counts,
)

START = date(2024, 1, 1)
AS_OF = START + timedelta(days=120)
POLICY = LabelPolicy(window_days=30)


def steady(days: int, lines_a_day: int, positives_a_day: int, lag_days: int = 5) -> list[LineCount]:
    """A shop that sells and takes back the same every day."""
    counts = []
    for number in range(days):
        day = START + timedelta(days=number)
        counts.append(LineCount(day, None, lines_a_day - positives_a_day))
        counts.append(LineCount(day, day + timedelta(days=lag_days), positives_a_day))
    return counts


def test_test_is_the_latest_28_mature_days_where_enough_remains_before() -> None:
    plan = plan_fits(steady(120, 100, 20), POLICY, AS_OF)
    last = AS_OF - timedelta(days=31)
    assert plan.test == Window(last - timedelta(days=27), last)
    assert plan.reason is None


def test_test_is_shortened_until_enough_lines_are_mature_at_its_start() -> None:
    plan = plan_fits(steady(120, 25, 5), POLICY, AS_OF)
    assert plan.test is not None
    days = (plan.test.last - plan.test.first).days + 1
    assert SHORTEST_TEST_DAYS <= days < LONGEST_TEST_DAYS
    assert training_counts(steady(120, 25, 5), POLICY, plan.test.first)[0] >= MIN_TRAINING_LINES
    assert training_counts(steady(120, 25, 5), POLICY, plan.test.first - timedelta(days=1))[0] < MIN_TRAINING_LINES


def test_a_test_is_refused_where_its_fit_would_not_know_the_lines_yet() -> None:
    """All became known in one batch, so that no earlier fit had anything to learn from."""
    loaded = START + timedelta(days=100)
    counts = [LineCount(c.ordered_on, c.known_on, c.lines, loaded) for c in steady(100, 100, 20)]
    plan = plan_fits(counts, POLICY, AS_OF)
    assert plan.test is None
    assert plan.reason is not None
    assert "knew 0 lines" in plan.reason
    assert rolling_origins(counts, POLICY, AS_OF) == ()
    assert training_counts(counts, POLICY, loaded) == (0, 0)
    assert training_counts(counts, POLICY, loaded + timedelta(days=1)) == (7100, 1420)


def test_lines_that_become_known_later_than_the_run_are_no_test() -> None:
    counts = [LineCount(c.ordered_on, c.known_on, c.lines, AS_OF) for c in steady(120, 100, 20)]
    assert plan_fits(counts, POLICY, AS_OF).reason == plan_fits([], POLICY, AS_OF).reason


def test_too_few_positives_leave_no_room_for_a_test() -> None:
    plan = plan_fits(steady(120, 100, 0), POLICY, AS_OF)
    assert plan.test is None
    assert plan.reason is not None
    assert "0 returns" in plan.reason
    assert plan.as_json()["test_from"] is None


def test_no_mature_line_leaves_no_room_for_a_test() -> None:
    plan = plan_fits(steady(20, 1000, 200), POLICY, START + timedelta(days=20))
    assert plan.test is None
    assert plan.reason is not None
    assert plan.reason.startswith("Not enough history")


def test_where_the_history_is_too_short_the_longest_window_with_room_for_a_test_is_named() -> None:
    """Of 100 days 39 are mature in a window of 60, and none of them before the first 39."""
    as_of, policy = START + timedelta(days=100), LabelPolicy(window_days=60)
    counts = steady(100, 100, 20)
    plan = plan_fits(counts, policy, as_of)
    shorter = plan_fits(counts, LabelPolicy(window_days=30), as_of).test
    assert plan_fits(counts, LabelPolicy(window_days=45), as_of).test is None
    assert shorter is not None
    days = (shorter.last - shorter.first).days + 1
    expected = (
        f"With window_days = 30 (in the mapping, or --window 30 of a backtest) there is room for a test of {days} days."
    )
    assert plan.remedy == expected
    assert plan.reason is not None
    assert plan.reason.startswith("Not enough history")
    assert plan.reason.endswith(expected)


def test_returns_that_come_after_a_shorter_window_make_no_room_for_a_test() -> None:
    as_of, policy = START + timedelta(days=100), LabelPolicy(window_days=60)
    assert plan_fits(steady(100, 100, 20, lag_days=50), policy, as_of).remedy is None


def test_flags_without_a_day_are_known_sooner_in_a_shorter_window() -> None:
    """They become known when the window and the lag are over, which says nothing of when they came."""
    as_of, policy = START + timedelta(days=100), LabelPolicy(window_days=60, recording_lag_days=2)
    plan = plan_fits(steady(100, 100, 20, lag_days=62), policy, as_of)
    assert plan.remedy is not None
    assert plan.remedy.startswith("With window_days = 30 (in the mapping, where the flag is final by then)")


def test_no_window_is_named_where_none_leaves_room_or_the_label_s_own_is_shorter() -> None:
    assert plan_fits(steady(20, 100, 20), LabelPolicy(window_days=60), START + timedelta(days=20)).remedy is None
    assert plan_fits(steady(30, 100, 20), LabelPolicy(window_days=14), START + timedelta(days=30)).remedy is None
    assert plan_fits([], POLICY, AS_OF).remedy is None


def test_a_shop_that_stopped_selling_is_tested_on_its_last_days() -> None:
    plan = plan_fits(steady(120, 100, 20), POLICY, AS_OF + timedelta(days=400))
    assert plan.test is not None
    assert plan.test.last == START + timedelta(days=119)


def test_a_return_recorded_on_the_day_of_the_fit_is_not_known_to_it() -> None:
    assert label_known(AS_OF, AS_OF) == 0
    assert label_known(AS_OF - timedelta(days=1), AS_OF) == 1
    assert label_known(None, AS_OF) == 0


def test_asking_for_days_that_are_not_mature_is_refused() -> None:
    late = Window(AS_OF - timedelta(days=5), AS_OF)
    turned = Window(START + timedelta(days=9), START)
    assert len(list(check_test_days(late, POLICY, AS_OF))) == 1
    assert len(list(check_test_days(turned, POLICY, AS_OF))) == 1
    assert not list(check_test_days(Window(START, START), POLICY, AS_OF))


counts_of_any_shop = st.lists(
    st.builds(
        lambda day, lag, lines, late: LineCount(
            START + timedelta(days=day),
            None if lag is None else START + timedelta(days=day + lag),
            lines,
            None if late is None else START + timedelta(days=day + late),
        ),
        st.integers(0, 119),
        st.none() | st.integers(0, 90),
        st.integers(1, 400),
        st.none() | st.integers(0, 60),
    ),
    max_size=60,
)
policies = st.builds(LabelPolicy, st.integers(1, 40), st.integers(0, 5))


@given(counts_of_any_shop, policies)
def test_a_plan_keeps_the_test_after_everything_the_fit_learns_from(
    counts: list[LineCount], policy: LabelPolicy
) -> None:
    plan = plan_fits(counts, policy, AS_OF)
    if plan.test is None:
        assert plan.reason
        return
    days = (plan.test.last - plan.test.first).days + 1
    lines, positives = training_counts(counts, policy, plan.test.first)
    learned_from = [c.ordered_on for c in counts if policy.is_mature(c.ordered_on, plan.test.first)]
    assert SHORTEST_TEST_DAYS <= days <= LONGEST_TEST_DAYS
    assert policy.is_mature(plan.test.last, AS_OF)
    assert lines >= MIN_TRAINING_LINES
    assert positives >= MIN_TRAINING_POSITIVES
    assert all(day < plan.test.first for day in learned_from)


@given(counts_of_any_shop, policies, st.integers(0, 120))
def test_what_becomes_known_from_the_fit_on_changes_nothing_in_it(
    counts: list[LineCount], policy: LabelPolicy, age: int
) -> None:
    fit_at = START + timedelta(days=age)
    hidden = [
        replace(c, known_on=c.known_on if c.known_on is not None and c.known_on < fit_at else None)
        for c in counts
        if c.ordered_on < fit_at and c.is_available(fit_at)
    ]
    assert training_counts(counts, policy, fit_at) == training_counts(hidden, policy, fit_at)


@given(counts_of_any_shop, policies)
def test_a_plan_made_on_truncated_counts_is_the_same(counts: list[LineCount], policy: LabelPolicy) -> None:
    as_of = START + timedelta(days=90)
    cut = [
        replace(c, known_on=c.known_on if c.known_on is not None and c.known_on < as_of else None)
        for c in counts
        if c.ordered_on < as_of and c.is_available(as_of)
    ]
    assert plan_fits(counts, policy, as_of) == plan_fits(cut, policy, as_of)
