"""As-of aggregates of whole groups at once, on numpy arrays: no loop over rows, groups or days.

Every line is one row: a fact from the day it was known, a return from the day that was, a cancellation likewise, and a
question for its own day. An additive aggregate gives each fact a first and a last day between which it is seen, so that
its value is the difference of two cumulative sums, whatever the window; an exposure is such a count for each age of the
lag law. The others are cumulative maxima of ranks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from adapters.spark.as_of.timeline import Calendar, Ints, Timeline
from domain.features.rules import SCALE, SHARE_SCALE, Aggregate, Facts, exposure_steps
from domain.labels import LagLaw

Answers: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]

KNOWN, RETURNED, CANCELLED = "known", "returned", "cancelled"
NEVER = np.int64(-1)  # stands for null in `returned` and `cancelled`


@dataclass(frozen=True)
class Measure:
    """An as-of rule without its key, its value named.

    Args:
        aggregate: as in `domain.features.rules.AsOf`.
        facts: as in `domain.features.rules.AsOf`.
        value: name of the value aggregated; None for counts.
        window_days: as in `domain.features.rules.AsOf`.
    """

    aggregate: Aggregate
    facts: Facts
    value: str | None = None
    window_days: int | None = None


@dataclass(frozen=True)
class Values:
    """A value of every row: rows that stand for several lines carry their sum, their number and the largest.

    Args:
        total: sum in millionths; 0 where there is none.
        support: how many lines have a value.
        largest: the largest in millionths, or the rank of a text; any where there is none.
    """

    total: Ints
    support: Ints
    largest: Ints


@dataclass(frozen=True)
class Ledger:
    """Rows of complete groups, sorted by group and `ordered`; days are numbers.

    Args:
        group: number of the row's key, from 0.
        ordered: day of the order.
        known: day on which the shop knew the line.
        returned: day on which the shop knew of the return, or NEVER.
        cancelled: day on which the shop knew the line was cancelled, or NEVER.
        lines: product lines that the row stands for; 0 for what is no fact.
        values: by name.
        lag_law: weighs exposures.
    """

    group: Ints
    ordered: Ints
    known: Ints
    returned: Ints
    cancelled: Ints
    lines: Ints
    values: Mapping[str, Values]
    lag_law: LagLaw

    @cached_property
    def questions(self) -> Ints:
        """The first row of every (group, day of order): there, and in that order, answers are given."""
        new = np.ones(len(self.group), bool)
        new[1:] = (self.group[1:] != self.group[:-1]) | (self.ordered[1:] != self.ordered[:-1])
        return np.flatnonzero(new)

    def answer(self, measure: Measure) -> Answers:
        """The measure at every question: DOUBLE with NaN for null; a mode gives ranks, -1 for null."""
        by_aggregate: dict[Aggregate, Callable[[Measure], Answers]] = {
            Aggregate.COUNT: self._count,
            Aggregate.EXPOSURE: self._exposure,
            Aggregate.SUM: self._total,
            Aggregate.MEAN: self._mean,
            Aggregate.MAX: self._largest,
            Aggregate.LAST: self._last,
            Aggregate.MODE: self._mode,
            Aggregate.DISTINCT: self._distinct,
            Aggregate.DAYS_SINCE: self._days_since,
        }
        return by_aggregate[measure.aggregate](measure)

    def _count(self, measure: Measure) -> Answers:
        return self._sum(measure, self.lines).astype(float)

    def _total(self, measure: Measure) -> Answers:
        return self._sum(measure, self._values(measure).total).astype(float) / SCALE

    def _mean(self, measure: Measure) -> Answers:
        support = self._sum(measure, self._values(measure).support)
        return np.where(support > 0, self._total(measure) / np.maximum(support, 1), np.nan)

    def _exposure(self, measure: Measure) -> Answers:
        """For each age of the law, what is that old, by the share that then comes to be known."""
        weight, scale = (self._values(measure).total, SCALE) if measure.value else (self.lines, 1)
        elapsed = np.zeros(len(self.questions), np.int64)
        for age, share in exposure_steps(self.lag_law):
            elapsed += share * self._sum(measure, weight, age)
        return np.asarray(elapsed.astype(float) / (SHARE_SCALE * scale))

    def _sum(self, measure: Measure, weight: Ints, age: int = 0) -> Ints:
        """Sum over the facts that are seen; sales are lines less their cancellations from the day these are known."""
        if measure.facts is Facts.RETURNS:
            return self._seen(RETURNED, age, weight, measure.window_days)
        total = self._seen(KNOWN, age, weight, measure.window_days)
        if measure.facts is Facts.SALES:
            total -= self._seen(CANCELLED, age, weight, measure.window_days)
        return total

    def _seen(self, since: str, age: int, weight: Ints, window: int | None) -> Ints:
        timeline, shift = self._coming(since, age)
        upto = self._before(timeline, shift, weight)
        if window is None:
            return upto
        timeline, shift = self._leaving(since, age, window)
        return upto - self._before(timeline, shift, weight)

    def _coming(self, since: str, age: int) -> tuple[Timeline, int]:
        """Facts in order of the day from which they are seen: a timeline, and how many days later it has to be read."""
        if not age:
            return self._timeline(since), 0
        if since == KNOWN and self._prompt:
            return self._timeline(KNOWN), age
        return self._timeline(since, age), 0

    def _leaving(self, since: str, age: int, window: int) -> tuple[Timeline, int]:
        """The same of the day from which facts are out of the window, which runs from the day they came.

        A cancellation takes back what came in the window, not what came before it.
        """
        if since == CANCELLED:
            return self._timeline(CANCELLED, age, window), 0
        timeline, shift = self._coming(since, age)
        return timeline, shift + window

    def _timeline(self, since: str, age: int = 0, window: int | None = None) -> Timeline:
        key = (since, age, window)
        if key not in self._timelines:
            days: Ints = getattr(self, since)
            rows = np.flatnonzero((days != NEVER) & (self.lines != 0))
            day = days[rows]
            if age:
                day = np.maximum(day, self.ordered[rows] + age)
            if window is not None:
                day = np.maximum(day, np.maximum(self.known[rows], self.ordered[rows] + age) + window)
            self._timelines[key] = Timeline(self._calendar, rows, self.group[rows], day)
        return self._timelines[key]

    @cached_property
    def _timelines(self) -> dict[tuple[str, int, int | None], Timeline]:
        return {}

    @cached_property
    def _prompt(self) -> bool:
        """Whether every line was known on the day of its order."""
        return bool(np.all((self.known == self.ordered) | (self.known == NEVER)))

    def _before(self, timeline: Timeline, shift: int, weight: Ints) -> Ints:
        """Sum, at every question, of the weights of its group's facts that were there before so many days ago."""
        running = timeline.running(weight)
        group, day = self._asked
        return np.asarray(running[timeline.before(group, day, shift)] - running[timeline.starts(group)], np.int64)

    def _distinct(self, measure: Measure) -> Answers:
        rows, day, value = self._facts_with_value(measure)
        order = np.lexsort((day, value, self.group[rows]))
        group, value = self.group[rows][order], value[order]
        new = np.ones(len(order), bool)
        new[1:] = (group[1:] != group[:-1]) | (value[1:] != value[:-1])
        timeline = Timeline(self._calendar, rows[order][new], group[new], day[order][new])
        return self._before(timeline, 0, np.ones(len(self.group), np.int64)).astype(float)

    def _mode(self, measure: Measure) -> Answers:
        """Counts only grow, so the mode is the value that reached the highest count, the last in order among equals."""
        rows, day, value = self._facts_with_value(measure)
        order = np.lexsort((day, value, self.group[rows]))
        group, day, value = self.group[rows][order], day[order], value[order]
        count = _running_within(group, value, self.lines[rows][order])
        rivals = count * (value.max(initial=0) + 1) + value
        best, low, high = self._running_max(group, day, rivals)
        return np.where(high > low, best[high - 1] % (value.max(initial=0) + 1), NEVER)

    def _largest(self, measure: Measure) -> Answers:
        rows, day, value = self._facts_with_value(measure)
        best, low, high = self._running_max(self.group[rows], day, value)
        return _found(best / SCALE, low, high)

    def _last(self, measure: Measure) -> Answers:
        rows, day, value = self._facts_with_value(measure)
        order = np.lexsort((value, day, self.group[rows]))
        low, high = self._span(Timeline(self._calendar, rows[order], self.group[rows][order], day[order]))
        return _found(_padded(value[order]) / SCALE, low, high)

    def _days_since(self, measure: Measure) -> Answers:
        rows, day, _ = self._facts_with_value(measure)
        latest, low, high = self._running_max(self.group[rows], day, day)
        return self._asked[1] - _found(latest.astype(float), low, high)

    def _running_max(self, group: Ints, day: Ints, value: Ints) -> tuple[Ints, Ints, Ints]:
        """The largest value of the group so far at every fact in order of days, with the span of every question."""
        timeline = Timeline(self._calendar, np.arange(len(group)), group, day)
        order = timeline.rows
        levels, rank = np.unique(value[order], return_inverse=True)
        # Groups ascend, so a maximum over group and rank together starts anew with every group.
        together = np.maximum.accumulate(group[order] * len(levels) + rank)
        return _padded(levels[together % max(len(levels), 1)]), *self._span(timeline)

    def _facts_with_value(self, measure: Measure) -> tuple[Ints, Ints, Ints]:
        """The rows that are such facts and have a value, with the day of the fact and the value."""
        values = self._values(measure)
        day = self.returned if measure.facts is Facts.RETURNS else self.known
        rows = np.flatnonzero((day != NEVER) & (values.support > 0))
        return rows, day[rows], values.largest[rows]

    def _values(self, measure: Measure) -> Values:
        """The measure's value; a fact is a value by itself where the measure has none."""
        return self.values[measure.value] if measure.value else Values(self.lines, self.lines, self.lines)

    def _span(self, timeline: Timeline) -> tuple[Ints, Ints]:
        """At every question, the first fact of its group and the first that it does not see."""
        group, day = self._asked
        return timeline.starts(group), timeline.before(group, day)

    @cached_property
    def _asked(self) -> tuple[Ints, Ints]:
        """Group and day of every question."""
        return self.group[self.questions], self.ordered[self.questions]

    @cached_property
    def _calendar(self) -> Calendar:
        days = (self.ordered, self.known, self.returned, self.cancelled)
        first = min(int(day[day != NEVER].min(initial=self.ordered.max())) for day in days)
        return Calendar(first, int(self.ordered.max()) - first + 1)


def _padded(values: Ints) -> Ints:
    """The values with one more behind them, so that there is one to look at where nothing was found."""
    return np.concatenate([values, np.zeros(1, values.dtype)])


def _found(values: Answers, low: Ints, high: Ints) -> Answers:
    return np.where(high > low, values[high - 1], np.nan)


def _running_within(group: Ints, value: Ints, weight: Ints) -> Ints:
    """Cumulative weight within runs of equal group and value."""
    running = np.cumsum(weight)
    new = np.ones(len(group), bool)
    new[1:] = (group[1:] != group[:-1]) | (value[1:] != value[:-1])
    before = np.concatenate([[0], running[:-1]])[new] if len(group) else running
    return np.asarray(running - np.repeat(before, np.diff(np.append(np.flatnonzero(new), len(group)))), np.int64)
