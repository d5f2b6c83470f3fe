"""The two fits of a recipe and the test between them: what is learned from when, never a random split.

The evaluation fit is made at `test_from` and judged on the latest days that are mature at `as_of`; the
shipping fit is made at `as_of`. A fit made at `t` uses the lines mature at `t` with the labels known
before `t`, and nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.labels import LabelPolicy
from domain.snapshot import Json

LONGEST_TEST_DAYS = 28
SHORTEST_TEST_DAYS = 7
MIN_TRAINING_LINES = 1_000
MIN_TRAINING_POSITIVES = 50
NO_TEST_LINE = "The test days hold no line."  # why nothing is judged though there was room for a test
SHORTER_WINDOW_DAYS = (45, 30, 21, 14)  # tried where the history is too short for the label's own window


@dataclass(frozen=True)
class LineCount:
    """How many lines have these days in common.

    Args:
        ordered_on: day of order.
        known_on: day on which their return became known; None for never.
        lines: how many they are.
        available_on: day on which the shop knew the lines themselves; None for that of the order.
    """

    ordered_on: date
    known_on: date | None
    lines: int
    available_on: date | None = None

    def is_available(self, at: date) -> bool:
        """Whether the lines were known before `at`."""
        return (self.available_on or self.ordered_on) < at

    def known_at(self, at: date) -> "LineCount":
        """The same lines without a return that became known on that day or later."""
        return self if self.known_on is None or self.known_on < at else replace(self, known_on=None)


@dataclass(frozen=True)
class Window:
    """Days of orders, both inclusive."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class FitPlan:
    """When the fits are made and which days test the first of them.

    Args:
        as_of: day of the shipping fit.
        test: days of the test, the first of which is the day of the evaluation fit; None for no room.
        reason: why there is no test, as sentences, the remedy the last; None where there is one.
        remedy: the shorter window that leaves room for a test, as a sentence; None where none does.
    """

    as_of: date
    test: Window | None
    reason: str | None = None
    remedy: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Days as ISO text."""
        return {
            "test_from": None if self.test is None else self.test.first.isoformat(),
            "test_to": None if self.test is None else self.test.last.isoformat(),
            "reason": self.reason,
        }


def is_training_line(ordered_on: date, policy: LabelPolicy, fit_at: date) -> bool:
    """Whether a line may train a fit made at `fit_at`: its label is final by then."""
    return policy.is_mature(ordered_on, fit_at)


def label_known(return_known_on: date | None, at: date) -> int:
    """The label of a line as known at the start of `at`: 1 where a return in the window is known, else 0."""
    return int(return_known_on is not None and return_known_on < at)


def training_counts(counts: Iterable[LineCount], policy: LabelPolicy, fit_at: date) -> tuple[int, int]:
    """Lines that train a fit made at `fit_at`, mature and known by then, and how many of them as returned."""
    mature = _known_and_mature(counts, policy, fit_at)
    positives = sum(count.lines for count in mature if label_known(count.known_on, fit_at))
    return sum(count.lines for count in mature), positives


def plan_fits(counts: Iterable[LineCount], policy: LabelPolicy, as_of: date) -> FitPlan:
    """The test that the history has room for (`latest_test`), or why there is none and which window would leave room.

    Args:
        counts: lines by their days; what was known later changes nothing.
        policy: the label and when it is final.
        as_of: day of the run.
    """
    lines = [count.known_at(as_of) for count in counts if count.ordered_on < as_of and count.is_available(as_of)]
    test = latest_test(lines, policy, as_of)
    if test is not None:
        return FitPlan(as_of, test)
    why, remedy = _why_no_test(lines, policy, as_of), _shorter_window(lines, policy, as_of)
    return FitPlan(as_of, None, why if remedy is None else f"{why} {remedy}", remedy)


def latest_test(counts: Sequence[LineCount], policy: LabelPolicy, as_of: date) -> Window | None:
    """The latest days mature at `as_of`, the longest run of 28 to 7 that leaves enough to train on; None without room.

    Args:
        counts: lines by their days, as known at `as_of`.
        policy: the label and when it is final.
        as_of: day as of which labels are known.
    """
    last = max((count.ordered_on for count in _known_and_mature(counts, policy, as_of)), default=None)
    if last is None:
        return None
    for days in range(LONGEST_TEST_DAYS, SHORTEST_TEST_DAYS - 1, -1):
        test = Window(last - timedelta(days=days - 1), last)
        trained, positives = training_counts(counts, policy, test.first)
        if trained >= MIN_TRAINING_LINES and positives >= MIN_TRAINING_POSITIVES:
            return test
    return None


def rolling_origins(
    counts: Iterable[LineCount], policy: LabelPolicy, as_of: date, days: int = LONGEST_TEST_DAYS
) -> tuple[Window, ...]:
    """Tests one after another over the whole history, the last ending on the last mature day; oldest first.

    The first day of each is the day of its fit, which has as much to train on as `plan_fits` asks for.

    Args:
        counts: lines by their days.
        policy: the label and when it is final.
        as_of: day as of which labels are known.
        days: length of every test.
    """
    lines = list(counts)
    mature_days = [count.ordered_on for count in _known_and_mature(lines, policy, as_of)]
    found: list[Window] = []
    last = max(mature_days, default=None)
    while last is not None:
        test = Window(last - timedelta(days=days - 1), last)
        trained, positives = training_counts(lines, policy, test.first)
        if trained < MIN_TRAINING_LINES or positives < MIN_TRAINING_POSITIVES:
            break
        found.append(test)
        last = test.first - timedelta(days=1)
    return tuple(reversed(found))


def check_test_days(test: Window, policy: LabelPolicy, as_of: date) -> Iterator[str]:
    """What is wrong with a test that was asked for by its days, as sentences; nothing when it can be done."""
    if test.first > test.last:
        yield f"The test would begin on {test.first}, after its end on {test.last}."
    if not policy.is_mature(test.first, as_of):
        mature = policy.last_mature_day(as_of)
        yield f"No day of the test is mature as of {as_of}: the last day with final labels is {mature}."


def _known_and_mature(counts: Iterable[LineCount], policy: LabelPolicy, at: date) -> list[LineCount]:
    return [count for count in counts if count.is_available(at) and is_training_line(count.ordered_on, policy, at)]


def _why_no_test(counts: Sequence[LineCount], policy: LabelPolicy, as_of: date) -> str:
    last = max((count.ordered_on for count in _known_and_mature(counts, policy, as_of)), default=None)
    if last is None:
        return _no_line_is_mature(policy, as_of)
    shortest = Window(last - timedelta(days=SHORTEST_TEST_DAYS - 1), last)
    return _too_little_before(shortest, *training_counts(counts, policy, shortest.first))


def _shorter_window(counts: Sequence[LineCount], policy: LabelPolicy, as_of: date) -> str | None:
    """The longest of the shorter windows with room for a test, as a sentence; None where none has."""
    dated = not _are_undated(counts, policy)
    for days in SHORTER_WINDOW_DAYS:
        shorter = LabelPolicy(days, policy.recording_lag_days)
        test = None
        if days < policy.window_days:
            test = latest_test([_within(count, policy, shorter, dated=dated) for count in counts], shorter, as_of)
        if test is not None:
            where = f"or --window {days} of a backtest" if dated else "where the flag is final by then"
            length = (test.last - test.first).days + 1
            return f"With window_days = {days} (in the mapping, {where}) there is room for a test of {length} days."
    return None


def _are_undated(counts: Sequence[LineCount], policy: LabelPolicy) -> bool:
    """Whether every return became known only when its window was over, as one without a day does."""
    settled = timedelta(days=policy.window_days + policy.recording_lag_days)
    return all(count.known_on >= count.ordered_on + settled for count in counts if count.known_on is not None)


def _within(count: LineCount, policy: LabelPolicy, shorter: LabelPolicy, *, dated: bool) -> LineCount:
    """The lines as a shorter window counts them: a return without a day is known sooner, a late one counts no more."""
    if count.known_on is None:
        return count
    sooner = timedelta(days=policy.window_days - shorter.window_days)
    if not dated:
        return replace(count, known_on=max(count.known_on - sooner, count.available_on or count.ordered_on))
    longest = timedelta(days=shorter.window_days + shorter.recording_lag_days)
    return count if count.known_on <= count.ordered_on + longest else replace(count, known_on=None)


def _no_line_is_mature(policy: LabelPolicy, as_of: date) -> str:
    return (
        f"Not enough history: no line was ordered by {policy.last_mature_day(as_of)}, "
        f"the last day with final labels as of {as_of}."
    )


def _too_little_before(test: Window, lines: int, positives: int) -> str:
    return (
        f"Not enough history: before a test of {SHORTEST_TEST_DAYS} days from {test.first} the shop knew {lines} lines "
        f"with final labels and {positives} returns, and {MIN_TRAINING_LINES} with {MIN_TRAINING_POSITIVES} are needed."
    )
