"""What one run was asked for: the day and the parameters that shape its results."""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from domain.actions.declared import ActionPolicy
from domain.costs import CostPolicy
from domain.days import GRACE_DAYS
from domain.errors import ConfigurationError
from domain.labels import LabelPolicy
from domain.model.recipe import Recipe
from domain.monitoring.thresholds import Thresholds
from domain.snapshot import Json
from domain.source.mapping import SourceMapping

FIRST_DAY, LAST_DAY = date(1980, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class RunRequest:
    """The significant parameters of a run.

    Args:
        as_of: the day of the run; None for the day after the source's last valid row.
        window_days: days after the order in which a return counts; None for the mapping's.
        recipe: how the model is fitted.
        costs: what a return costs and what acting on it does.
        actions: what may be done about lines, and the experiment that measures it.
        thresholds: what raises an alert in monitoring.
        max_training_lines: bound of the training sample.
        aliases: the registry's names for the champion and the challenger.
        tracker: where runs are recorded, as it may be shown: without credentials.
    """

    as_of: date | None = None
    window_days: int | None = None
    recipe: Recipe = field(default_factory=Recipe)
    costs: CostPolicy = field(default_factory=CostPolicy)
    actions: ActionPolicy = field(default_factory=ActionPolicy)
    thresholds: Thresholds = field(default_factory=Thresholds)
    max_training_lines: int = 2_000_000
    aliases: tuple[str, str] = ("champion", "challenger")
    tracker: str = "embedded"

    def __post_init__(self) -> None:
        """Refuse a day that no shop's orders can be of."""
        if self.as_of is not None and not FIRST_DAY <= self.as_of <= LAST_DAY:
            raise ConfigurationError(
                f"A run as of {self.as_of} has no orders to look at.", f"Name a day from {FIRST_DAY} to {LAST_DAY}."
            )

    def label_policy(self, mapping: SourceMapping) -> LabelPolicy:
        """The label of this run: the mapping's, with the window that was asked for.

        Raises ConfigurationError for another window where returns are only flagged: a flag says that a line came back
        within the mapping's window, and nothing about a shorter or a longer one.
        """
        policy = mapping.label_policy()
        if self.window_days in {None, policy.window_days}:
            return policy
        if mapping.has_undated_returns:
            raise ConfigurationError(
                f"'{mapping.name}' flags returns within {policy.window_days} days and dates none of them, "
                f"so nobody knows which came within {self.window_days}.",
                "Leave the window out, or correct window_days in the mapping if the flag means that.",
            )
        return LabelPolicy(self.window_days or policy.window_days, policy.recording_lag_days)

    def parameters(self, mapping: SourceMapping) -> dict[str, Json]:
        """Every significant parameter by the name the graph uses, as JSON values."""
        return {
            "label": asdict(self.label_policy(mapping)),
            "recipe": asdict(self.recipe),
            "costs": asdict(self.costs),
            "actions": self.actions.as_json(),
            "thresholds": self.thresholds.as_json(),
            "max_training_lines": self.max_training_lines,
            "registry": [*self.aliases, self.tracker],
        }


def latest_day(today: date, mapping: SourceMapping) -> date:
    """The last day that a run can be of: that on which all is known that a source may hold today.

    Args:
        today: the day that it is, in UTC.
        mapping: its feed delay is how long rows take to become known.
    """
    return today + timedelta(days=1 + GRACE_DAYS + mapping.feed_delay_days)


def refuse_future(as_of: date | None, latest: date) -> None:
    """Raise ConfigurationError for a run as of a later day than there can be.

    Its decision and pointers would stand in the place of those of every night until then.

    Args:
        as_of: the day that was named; None where none was.
        latest: see `latest_day`.
    """
    if as_of is not None and as_of > latest:
        raise ConfigurationError(
            f"A run as of {as_of} would know days that have not come.",
            f"Name a day up to {latest}, or none for the day after the last valid row.",
        )
