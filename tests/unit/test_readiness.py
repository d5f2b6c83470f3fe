"""Whether a source is ready: room for a test, thin, or nothing to learn from."""

from datetime import date, timedelta

from domain.labels import LabelPolicy
from domain.source.readiness import Grade, SoldLine, count, judge

POLICY = LabelPolicy(30, 2)
FIRST = date(2024, 1, 1)


def lines(days: int, a_day: int = 20, *, every: int = 5, dated: bool = True) -> list[SoldLine]:
    """Lines of consecutive days, one in `every` returned on its tenth day; 0 for none."""
    found = []
    for number in range(days * a_day):
        day = FIRST + timedelta(days=number // a_day)
        returned = bool(every) and number % every == 0
        found.append(SoldLine(day, returned, day + timedelta(days=10) if returned and dated else None))
    return found


def test_enough_settled_history_is_ready_and_names_the_test() -> None:
    verdict = judge(count(lines(240), POLICY, 0.01))
    assert verdict.grade is Grade.READY
    assert "test of 28 days" in verdict.reasons[0]
    assert verdict.figures.median_lag_days == 10


def test_days_are_usable_when_window_and_lag_are_over() -> None:
    figures = count(lines(100, every=0), POLICY, None)
    # The last day is the 100th: lines of the first 68 days are settled the day after it.
    assert (figures.days, figures.usable_days, figures.usable_lines) == (100, 68, 68 * 20)


def test_little_history_is_thin_and_ships_unevaluated() -> None:
    verdict = judge(count(lines(60), POLICY, 0.0))
    assert verdict.grade is Grade.THIN
    assert any("without an evaluation" in reason for reason in verdict.reasons)


def test_a_history_that_is_too_short_for_the_window_is_told_a_shorter_one() -> None:
    thin = judge(count(lines(110, 100), LabelPolicy(60), 0.0))
    assert thin.grade is Grade.THIN
    assert "With window_days = 45" in thin.reasons[0]
    unsettled = judge(count(lines(45, 100), LabelPolicy(60), 0.0))
    assert unsettled.grade is Grade.NOT_READY
    assert unsettled.reasons[1].startswith("With window_days = 14")


def test_no_line_at_all_is_not_ready() -> None:
    assert judge(count([], POLICY, None)).grade is Grade.NOT_READY


def test_returns_that_match_nothing_are_not_ready() -> None:
    verdict = judge(count(lines(240, every=0), POLICY, 1.0))
    assert verdict.grade is Grade.NOT_READY
    assert any("100%" in reason for reason in verdict.reasons)


def test_lines_that_all_come_back_are_not_ready() -> None:
    verdict = judge(count(lines(240, every=1), POLICY, 0.0))
    assert verdict.grade is Grade.NOT_READY
    assert "both outcomes" in verdict.reasons[0]


def test_a_span_below_the_window_is_not_ready() -> None:
    verdict = judge(count(lines(20), POLICY, 0.0))
    assert verdict.grade is Grade.NOT_READY
    assert "20 days" in verdict.reasons[0]


def test_returns_after_the_window_do_not_count() -> None:
    late = [SoldLine(line.ordered_on, line.returned, line.ordered_on + timedelta(days=31)) for line in lines(240)]
    assert count(late, POLICY, 0.0).usable_positives == 0


def test_what_is_missing_is_said() -> None:
    reasons = " ".join(judge(count(lines(240, dated=False), POLICY, 0.5, ("size",), is_whole=False)).reasons)
    assert "50% of the return rows" in reasons
    assert "no day" in reasons
    assert "size" in reasons
    assert "first rows" in reasons
