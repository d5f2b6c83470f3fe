"""Which model scores from now on: the candidate of this run, the champion that stands, or the baseline.

A new recipe must win against the champion's, both fitted at the same day and judged on the same rows. A
refit of the champion's recipe replaces it unless its skill fell. Without a champion the candidate has
to beat the baseline, which otherwise takes its place, so that scores always exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import ConfigurationError
from domain.model.decision import Champion, Interval

NONE_BEFORE = "No earlier model can score."

MAX_SKILL_LOSS = 0.02  # below the skill recorded at promotion
MAX_SLICE_LOSS = 0.02  # relative to the champion's log-loss on the slice
# Fewer say nothing about a slice: of 100 lines at a rate of 0.5 % half a line came back, and of thirty such slices one
# is nearly always worse by chance.
MIN_SLICE_LINES = 100
MIN_SLICE_OUTCOMES = 50  # lines that came back, and lines that were kept
MAX_ECE_LOSS = 0.01
MAX_SLOPE_LOSS = 0.10  # of the distance between the calibration slope and 1
MIN_CUSTOMERS = 30  # of few an interval by how they differ is too narrow (Hesterberg 2015), of one it is a point
# The log-loss of a test with few returned lines hangs on those few: resampled, their share alone spreads by 22 % at 20
# of them (Poisson), by 100 % at one, and at none whoever says the lowest chances wins.
MIN_RETURNED_LINES = 20


@dataclass(frozen=True)
class SliceComparison:
    """Log-loss of both on one slice of the test, with how many of its lines came back."""

    dimension: str
    value: str
    lines: int
    returned_lines: int
    candidate_log_loss: float
    champion_log_loss: float

    @property
    def tells(self) -> bool:
        """Whether it has enough lines, of either outcome, to judge a model by."""
        fewer = min(self.returned_lines, self.lines - self.returned_lines)
        return self.lines >= MIN_SLICE_LINES and fewer >= MIN_SLICE_OUTCOMES


@dataclass(frozen=True)
class Comparison:
    """The candidate against the champion's recipe on the same rows; differences are candidate less champion.

    Args:
        log_loss_difference: with its paired 95 % interval.
        cost_difference: cost per 1,000 lines, in currency.
        candidate_ece: expected calibration error.
        champion_ece: expected calibration error.
        customers: how many were resampled for the interval, a guest's order counting as one.
        returned_lines: how many of the rows came back.
        candidate_slope: calibration slope; None where it is not defined.
        champion_slope: calibration slope; None where it is not defined.
        slices: both on every slice.
    """

    log_loss_difference: Interval
    cost_difference: float
    candidate_ece: float
    champion_ece: float
    customers: int
    returned_lines: int
    candidate_slope: float | None = None
    champion_slope: float | None = None
    slices: tuple[SliceComparison, ...] = ()

    @property
    def lacks(self) -> str | None:
        """What the test holds too little of for its interval to prove anything, as a sentence; None where enough."""
        if self.customers < MIN_CUSTOMERS:
            return (
                f"The test holds {self.customers} customers, a guest's order counting as one; of fewer than "
                f"{MIN_CUSTOMERS} the interval proves nothing."
            )
        if self.returned_lines < MIN_RETURNED_LINES:
            return (
                f"The test holds {self.returned_lines} lines that came back; of fewer than {MIN_RETURNED_LINES} the "
                "interval proves nothing."
            )
        return None

    @property
    def proves_better(self) -> bool:
        """Whether the candidate's log-loss is lower beyond doubt: its interval can be trusted and lies below 0."""
        return self.lacks is None and self.log_loss_difference.high < 0


@dataclass(frozen=True)
class TrialFigures:
    """The candidate's evaluation fit on the current test.

    Args:
        log_loss: of the candidate's own learner.
        skill: its log-loss skill against the constant training rate.
        baseline_log_loss: of the smoothed-rate baseline.
        baseline_skill: of the smoothed-rate baseline.
    """

    log_loss: float
    skill: float
    baseline_log_loss: float
    baseline_skill: float


@dataclass(frozen=True)
class Verdict:
    """What the rules say: a name for it, whether a model takes over, and why, as sentences.

    `outcome` is one of: first, baseline, unevaluated, refit, promoted, kept.
    """

    outcome: str
    reasons: tuple[str, ...]

    def after(self, *reasons: str) -> "Verdict":
        """The same verdict with reasons before its own."""
        return Verdict(self.outcome, (*reasons, *self.reasons))

    def with_newer_baseline(self) -> "Verdict":
        """The same where the champion is the baseline: if it stays, it does so as fitted in this run."""
        if self.outcome != "kept":
            return self
        return Verdict("baseline", (*self.reasons[:-1], "The baseline goes on, with the rates of this run."))

    @property
    def takes_over(self) -> bool:
        """Whether a model of this run becomes the champion."""
        return self.outcome != "kept"


def check_equal_outcomes(outcomes: Mapping[str, tuple[object, object]]) -> None:
    """Refuse to set predictions of different things side by side.

    Args:
        outcomes: by line what became of it in one test and in the other.

    Raises ConfigurationError where they disagree.
    """
    unequal = [line for line, (ours, theirs) in outcomes.items() if ours != theirs]
    if unequal:
        ours, theirs = outcomes[unequal[0]]
        raise ConfigurationError(
            f"The two tests disagree on what became of {len(unequal)} of {len(outcomes)} lines: "
            f"'{unequal[0]}' is {ours} in this one and {theirs} in the other.",
            "Make both of the same source and label, as of the same day.",
        )


def judge_without_test(champion: Champion | None, reason: str) -> Verdict:
    """Not enough history: the candidate ships, unevaluated, only where nothing else could score."""
    if champion is not None:
        return Verdict("kept", (reason, "The champion stays, since the candidate could not be tested."))
    return Verdict("unevaluated", (reason, f"{NONE_BEFORE} The candidate does, marked as unevaluated."))


def judge_first(figures: TrialFigures) -> Verdict:
    """No champion: the candidate if it beats the baseline, else the baseline."""
    said = _against_baseline(figures)
    if figures.log_loss < figures.baseline_log_loss:
        return Verdict("first", (NONE_BEFORE, said))
    return Verdict("baseline", (NONE_BEFORE, said, "The baseline is promoted in its place."))


def least_skill(champion: Champion, baseline_skill: float) -> float:
    """What the skill of a refit of the champion's recipe must not fall below."""
    return baseline_skill if champion.skill is None else max(champion.skill - MAX_SKILL_LOSS, baseline_skill)


def judge_refit(figures: TrialFigures, champion: Champion) -> Verdict:
    """The champion's own recipe on newer days: it replaces the champion unless its skill fell."""
    failures = []
    if champion.skill is not None and figures.skill < champion.skill - MAX_SKILL_LOSS:
        failures.append(
            f"Its skill {figures.skill:.4f} lies more than {MAX_SKILL_LOSS} below {champion.skill:.4f}, "
            "recorded when the champion was promoted."
        )
    if figures.skill < figures.baseline_skill:
        failures.append(f"Its skill {figures.skill:.4f} lies below the baseline's, {figures.baseline_skill:.4f}.")
    if failures:
        return Verdict("kept", ("The candidate is a refit of the champion's recipe.", *failures, "The champion stays."))
    recorded = "nothing was recorded" if champion.skill is None else f"{champion.skill:.4f} was recorded"
    said = f"Its skill is {figures.skill:.4f}, where {recorded} for the champion; the baseline's is "
    return Verdict(
        "refit", ("The candidate is a refit of the champion's recipe.", f"{said}{figures.baseline_skill:.4f}.")
    )


def judge_new_recipe(figures: TrialFigures, comparison: Comparison) -> Verdict:
    """A new recipe: it must win in log-loss and lose nowhere else."""
    failures = tuple(_failures(figures, comparison))
    difference = comparison.log_loss_difference
    bounds = f"95 % interval {difference.low:+.5f} to {difference.high:+.5f}"
    said = (
        "The candidate has another recipe than the champion.",
        f"Its log-loss differs from the champion's by {difference.value:+.5f}, {bounds}.",
    )
    if failures:
        return Verdict("kept", (*said, *failures, "The champion stays."))
    return Verdict("promoted", (*said, "It costs no more, is as well calibrated and loses on no slice."))


def _failures(figures: TrialFigures, comparison: Comparison) -> list[str]:
    checks = (_log_loss_failure, _cost_failure, _calibration_failure, _slice_failure)
    found = (comparison.lacks, *(check(comparison) for check in checks))
    failures = [failure for failure in found if failure is not None]
    if not figures.log_loss < figures.baseline_log_loss:
        failures.append(_against_baseline(figures))
    return failures


def _log_loss_failure(comparison: Comparison) -> str | None:
    if comparison.log_loss_difference.high < 0:
        return None
    return "The interval of the log-loss difference does not lie below 0."


def _cost_failure(comparison: Comparison) -> str | None:
    if comparison.cost_difference <= 0:
        return None
    return f"It costs {comparison.cost_difference:.2f} more per 1,000 lines."


def _calibration_failure(comparison: Comparison) -> str | None:
    if comparison.candidate_ece > comparison.champion_ece + MAX_ECE_LOSS:
        return (
            f"Its calibration error {comparison.candidate_ece:.4f} lies more than {MAX_ECE_LOSS} above the champion's, "
            f"{comparison.champion_ece:.4f}."
        )
    candidate, champion = comparison.candidate_slope, comparison.champion_slope
    if candidate is not None and champion is not None and abs(candidate - 1) > abs(champion - 1) + MAX_SLOPE_LOSS:
        return (
            f"Its calibration slope {candidate:.3f} lies more than {MAX_SLOPE_LOSS} farther from 1 than {champion:.3f}."
        )
    return None


def _slice_failure(comparison: Comparison) -> str | None:
    worse = [
        f"{part.dimension} {part.value} ({part.candidate_log_loss:.4f} against {part.champion_log_loss:.4f})"
        for part in comparison.slices
        if part.tells and part.candidate_log_loss > part.champion_log_loss * (1 + MAX_SLICE_LOSS)
    ]
    return f"Its log-loss is more than {MAX_SLICE_LOSS:.0%} worse on {', '.join(worse)}." if worse else None


def _against_baseline(figures: TrialFigures) -> str:
    relation = "below" if figures.log_loss < figures.baseline_log_loss else "not below"
    ours, theirs = f"{figures.log_loss:.5f}", f"{figures.baseline_log_loss:.5f}"
    return f"The candidate's log-loss {ours} is {relation} the baseline's, {theirs}."
