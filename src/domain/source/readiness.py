"""Whether a source has enough history to learn from and to judge what was learned, and what it lacks."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.labels import LabelPolicy
from domain.model.fits import FitPlan, LineCount, plan_fits

_MANY_ORPHANS = 0.2


class Grade(StrEnum):
    """What can be done with a source."""

    READY = "ready"
    THIN = "thin"
    NOT_READY = "not ready"


@dataclass(frozen=True)
class SoldLine:
    """A line as readiness counts it; a flag without a date is `returned` without a day."""

    ordered_on: date
    returned: bool = False
    returned_on: date | None = None


@dataclass(frozen=True)
class Figures:
    """What was counted.

    Args:
        lines: order lines.
        positives: lines that came back.
        days: days from the first order to the last.
        usable_days: days of orders whose labels are final after the last day.
        usable_lines: lines of those days.
        usable_positives: those of them that came back in the window.
        orphan_share: share of return rows that match no line; None without return rows.
        median_lag_days: from order to return; None without days of return.
        plan: the test that the history has room for.
        absent: optional columns that would help and are not there.
        is_whole: whether all rows were looked at.
    """

    lines: int
    positives: int
    days: int = 0
    usable_days: int = 0
    usable_lines: int = 0
    usable_positives: int = 0
    orphan_share: float | None = None
    median_lag_days: float | None = None
    plan: FitPlan | None = None
    absent: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True)
class Verdict:
    """The grade with the figures behind it and, in sentences, the reasons."""

    grade: Grade
    figures: Figures
    reasons: tuple[str, ...]


def count(
    lines: Sequence[SoldLine],
    policy: LabelPolicy,
    orphan_share: float | None,
    absent: Sequence[str] = (),
    *,
    is_whole: bool = True,
) -> Figures:
    """The figures of a source's lines, as of the day after its last row."""
    if not lines:
        return Figures(0, 0, orphan_share=orphan_share, absent=tuple(absent), is_whole=is_whole)
    first, last = min(line.ordered_on for line in lines), max(line.ordered_on for line in lines)
    as_of = max([last, *(line.returned_on for line in lines if line.returned_on is not None)]) + timedelta(days=1)
    usable = [line for line in lines if policy.is_mature(line.ordered_on, as_of)]
    lags = [(line.returned_on - line.ordered_on).days for line in lines if line.returned_on is not None]
    return Figures(
        lines=len(lines),
        positives=sum(line.returned for line in lines),
        days=(last - first).days + 1,
        usable_days=max(0, (policy.last_mature_day(as_of) - first).days + 1),
        usable_lines=len(usable),
        usable_positives=sum(_counts(line, policy) for line in usable),
        orphan_share=orphan_share,
        median_lag_days=statistics.median(lags) if lags else None,
        plan=plan_fits(_line_counts(lines, policy), policy, as_of),
        absent=tuple(absent),
        is_whole=is_whole,
    )


def judge(figures: Figures) -> Verdict:
    """The grade: ready with room for a test, thin without, not ready where nothing can be learned."""
    obstacle = _obstacle(figures)
    if obstacle is not None:
        remedy = figures.plan.remedy if figures.plan is not None else None
        return Verdict(Grade.NOT_READY, figures, (obstacle, *([remedy] if remedy else []), *_notes(figures)))
    test = figures.plan.test if figures.plan is not None else None
    if test is None:
        why = (figures.plan.reason if figures.plan is not None else None) or ""
        return Verdict(Grade.THIN, figures, (why, "A model ships without an evaluation.", *_notes(figures)))
    days = (test.last - test.first).days + 1
    room = f"The latest settled days have room for a test of {days} days, from {test.first} to {test.last}."
    return Verdict(Grade.READY, figures, (room, *_notes(figures)))


def _counts(line: SoldLine, policy: LabelPolicy) -> bool:
    return line.returned and policy.counts(line.ordered_on, line.returned_on)


def _line_counts(lines: Sequence[SoldLine], policy: LabelPolicy) -> list[LineCount]:
    settled = timedelta(days=policy.window_days + policy.recording_lag_days)
    days = Counter(
        (line.ordered_on, (line.returned_on or line.ordered_on + settled) if _counts(line, policy) else None)
        for line in lines
    )
    return [LineCount(ordered_on, known_on, number) for (ordered_on, known_on), number in days.items()]


def _obstacle(figures: Figures) -> str | None:
    if figures.lines == 0:
        return "There is no line with a day, an item and a quantity."
    if figures.positives == 0:
        return "No return matches a line: check what tells a return, and the columns of the order."
    if figures.usable_positives in {0, figures.usable_lines}:
        return f"No lines of both outcomes are settled: the orders span {figures.days} days."
    return None


def _notes(figures: Figures) -> list[str]:
    notes = []
    if figures.orphan_share is not None and figures.orphan_share > _MANY_ORPHANS:
        notes.append(
            f"{figures.orphan_share:.0%} of the return rows match no line. Those of sales before the file begins never "
            "do; many more mean that the columns of order or item are wrong."
        )
    if figures.lines and figures.median_lag_days is None:
        notes.append("Returns have no day: open orders and stock by day are left out unless a lag law is declared.")
    if figures.absent:
        notes.append(f"Predictions would gain from columns that are not there: {', '.join(figures.absent)}.")
    if not figures.is_whole:
        notes.append("Only the first rows of the files were looked at, and the figures are of those.")
    return notes
