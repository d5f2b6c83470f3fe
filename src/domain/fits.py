"""The two fits of a recipe and the test between them: what is learned from when, never a random split.

The evaluation fit is made at `test_from` and judged on the latest days that are mature at `as_of`; the
shipping fit is made at `as_of`. A fit made at `t` uses the lines mature at `t` with the labels known
before `t`, and nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.labels import LabelPolicy
from domain.snapshot import Json

LONGEST_TEST_DAYS = 28
SHORTEST_TEST_DAYS = 7
MIN_TRAINING_LINES = 1_000
MIN_TRAINING_POSITIVES = 50
NO_TEST_LINE = "The test days hold no line."  # why nothing is judged though there was room for a test


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
        reason: why there is no test, as a sentence; None where there is one.
    """

    as_of: date
    test: Window | None
    reason: str | None = None

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
    """The latest days mature at `as_of` as test, the longest of 28 to 7 that leaves enough to train on.

    Args:
        counts: lines by their days, as known at `as_of`.
        policy: the label and when it is final.
        as_of: day of the run.
    """
    lines = list(counts)
    mature_days = [count.ordered_on for count in _known_and_mature(lines, policy, as_of)]
    if not mature_days:
        return FitPlan(as_of, None, _no_line_is_mature(policy, as_of))
    last = max(mature_days)
    for days in range(LONGEST_TEST_DAYS, SHORTEST_TEST_DAYS - 1, -1):
        test = Window(last - timedelta(days=days - 1), last)
        trained, positives = training_counts(lines, policy, test.first)
        if trained >= MIN_TRAINING_LINES and positives >= MIN_TRAINING_POSITIVES:
            return FitPlan(as_of, test)
    return FitPlan(as_of, None, _too_little_before(test, trained, positives))


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
