"""When a line counts as returned, when that is settled, and what a past line has had time to show."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.errors import ConfigurationError

LONGEST_DAYS = 3_650  # ten years: longer windows or lags are slips of the keyboard


@dataclass(frozen=True)
class LabelPolicy:
    """The label of a line: returned 0 to `window_days` after its order.

    Args:
        window_days: days after the order in which a return counts.
        recording_lag_days: days a return takes to be recorded; a line is mature later by as much.
    """

    window_days: int = 60
    recording_lag_days: int = 0

    def __post_init__(self) -> None:
        """Refuse windows and lags that make no sense."""
        if not (1 <= self.window_days <= LONGEST_DAYS and 0 <= self.recording_lag_days <= LONGEST_DAYS):
            raise ConfigurationError(
                f"A window of {self.window_days} days with a recording lag of {self.recording_lag_days} is no label.",
                f"Take a window of 1 to {LONGEST_DAYS} days and a lag of 0 to {LONGEST_DAYS}.",
            )

    def is_mature(self, ordered_on: date, as_of: date) -> bool:
        """Whether the label of a line ordered that day is final at the start of `as_of`."""
        return ordered_on + timedelta(days=self.window_days + self.recording_lag_days) < as_of

    def last_mature_day(self, as_of: date) -> date:
        """The latest order day whose lines are mature at `as_of`."""
        return as_of - timedelta(days=self.window_days + self.recording_lag_days + 1)

    def counts(self, ordered_on: date, returned_on: date | None) -> bool:
        """Whether a return on that day makes the line's label 1; a flag without a date always does."""
        if returned_on is None:
            return True
        return 0 <= (returned_on - ordered_on).days <= self.window_days


@dataclass(frozen=True)
class LagLaw:
    """A declared step function of age: the share of eventual returns known that many days after the order.

    Args:
        steps: (age in days, cumulative share), both increasing, at most ten, the last share 1.

    Inside features the law weighs past lines by the time they have had to come back, so that a
    line bought yesterday does not count as kept.
    """

    steps: tuple[tuple[int, float], ...]

    def __post_init__(self) -> None:
        """Refuse a law that is not an increasing step function up to 1."""
        ages, shares = zip(*self.steps, strict=True) if self.steps else ((), ())
        rises = all(a < b for a, b in zip(ages, ages[1:], strict=False)) and all(
            a < b for a, b in zip(shares, shares[1:], strict=False)
        )
        if not self.steps or len(self.steps) > 10 or not rises or ages[0] < 0 or abs(shares[-1] - 1) > 1e-12:
            raise ConfigurationError(
                f"The return-lag law {self.steps} is not an increasing step function of at most ten ages ending at 1.",
                "List pairs of (age in days, share returned by then), the last share 1.",
            )

    def within(self, window_days: int) -> "LagLaw":
        """The same law run through within a shorter window; itself where the window is no shorter."""
        last = self.steps[-1][0]
        if window_days >= last:
            return self
        shrunk = {age * window_days // last: share for age, share in self.steps}  # of equal ages the largest share
        return LagLaw(tuple(shrunk.items()))

    def share(self, age_days: int) -> float:
        """Share of eventual returns that are known `age_days` after the order."""
        known = [share for age, share in self.steps if age <= age_days]
        return known[-1] if known else 0.0


DEFAULT_LAG_LAW = LagLaw(
    ((4, 0.03), (7, 0.11), (10, 0.22), (14, 0.38), (18, 0.5), (22, 0.61), (28, 0.74), (36, 0.85), (48, 0.94), (60, 1.0))
)
