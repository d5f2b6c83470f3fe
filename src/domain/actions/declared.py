"""What a shop may do about a line that is likely to come back, as declared in a file of actions.

An action says who is eligible, what it is believed to change and how sure that is, what it costs and how many
lines a day it can reach. Effects are assumptions until an experiment has measured them, and each names its source.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from domain.content import Cell
from domain.costs import NO_ACTION
from domain.errors import ConfigurationError
from domain.features.catalogue import CATALOGUE
from domain.nearest import suggestion
from domain.outputs import SCORES
from domain.snapshot import Json
from domain.tables import ATTRIBUTE_PREFIX, ORDER_LINES

DERIVED = ("age_days", "unit_value", "return_cost_share")  # see `domain.actions.value.derived_columns`
_COLUMNS = frozenset({*DERIVED, *SCORES.names, *ORDER_LINES.names, *(feature.name for feature in CATALOGUE)})
_STRICT = {"extra": "forbid"}  # a key that nobody reads is a typo
_SHARES = ("return_cost_saved", "margin_kept", "credit")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Condition:
    """A test of one column of a line; several of an action must all hold.

    Args:
        column: of the scores, the order lines or the features, or one of `DERIVED`.
        at_least: the smallest number that passes.
        at_most: the largest number that passes.
        one_of: the texts that pass.
        known: whether the value must be there; a test of a number or a text needs one in any case.
    """

    __pydantic_config__ = _STRICT

    column: str
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] = ()
    known: bool | None = None

    def __post_init__(self) -> None:
        """Refuse a column that nothing holds, and a condition that asks nothing."""
        if self.column not in _COLUMNS and not self.column.startswith(ATTRIBUTE_PREFIX):
            raise ConfigurationError(
                f"A condition names the column '{self.column}', which no line has.", suggestion(self.column, _COLUMNS)
            )
        if self.at_least is None and self.at_most is None and not self.one_of and self.known is None:
            raise ConfigurationError(
                f"The condition on '{self.column}' asks nothing.", "Give it at_least, at_most, one_of or known."
            )

    def holds(self, value: Cell) -> bool:
        """Whether a value passes; of a null only what `known = false` asks is true."""
        if value is None:
            return self.known is False
        if self.known is False or (self.one_of and str(value) not in self.one_of):
            return False
        return self._in_bounds(value)

    def _in_bounds(self, value: Cell) -> bool:
        if self.at_least is None and self.at_most is None:
            return True
        try:
            number = float(value)  # type: ignore[arg-type]  # what is no number is told in the next line
        except (TypeError, ValueError) as error:
            raise ConfigurationError(
                f"The condition on '{self.column}' compares '{value}' with a number.", "Use one_of for texts."
            ) from error
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)


@dataclass(frozen=True)
class Believed:
    """A share that nobody knows for sure: its mean with a 95 % interval, and where that comes from."""

    __pydantic_config__ = _STRICT

    mean: float
    low: float
    high: float
    source: str

    def __post_init__(self) -> None:
        """Refuse what is no interval of shares, and one that comes from nowhere."""
        if not 0 <= self.low <= self.mean <= self.high <= 1:
            raise ConfigurationError(
                f"The share {self.mean} with interval {self.low} to {self.high} is none.",
                "Give 0 <= low <= mean <= high <= 1.",
            )
        if not self.source.strip():
            raise ConfigurationError(f"The share {self.mean} names no source.", "Say where it comes from.")


NO_FRICTION = Believed(0.0, 0.0, 0.0, "the action asks nothing of the customer")


@dataclass(frozen=True)
class Action:
    """One thing to do about a line.

    Args:
        name: as in the output; lower-case letters, digits and underscores.
        says: what is done, in a sentence.
        effect: share of the returns it meets that it turns into the better outcome.
        friction: share of the sales it meets that would have been kept and are lost.
        when: conditions that a line must meet, all of them.
        cost: of taking it, in currency a line.
        daily_capacity: lines a day that it can reach; None for no bound.
        return_cost_saved: share of the cost of a return that a success saves, 0 to 1: 1 where the parcel never comes.
        margin_kept: share of the margin that a success keeps beyond that, 0 to 1: 1 where the sale stands.
        credit: share of the price that a success gives away, 0 to 1.
    """

    __pydantic_config__ = _STRICT

    name: str
    says: str
    effect: Believed
    friction: Believed = NO_FRICTION
    when: tuple[Condition, ...] = ()
    cost: float = 0.0
    daily_capacity: int | None = None
    return_cost_saved: float = 1.0
    margin_kept: float = 0.0
    credit: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a name that is none, shares outside 0 to 1, and amounts that are not 0 or more."""
        if not _NAME.fullmatch(self.name) or self.name == NO_ACTION:
            raise ConfigurationError(
                f"An action cannot be called '{self.name}'.",
                f"Use lower-case letters, digits and underscores; '{NO_ACTION}' stands for doing nothing.",
            )
        for key in (*_SHARES, "cost", "daily_capacity"):
            most = 1.0 if key in _SHARES else sys.float_info.max
            if not 0 <= (getattr(self, key) or 0) <= most:
                raise ConfigurationError(
                    f"The {key} of the action '{self.name}' is {getattr(self, key)}.",
                    "Give a share from 0 to 1." if key in _SHARES else "Give a finite number of at least 0.",
                )

    @property
    def columns(self) -> frozenset[str]:
        """The columns its conditions read."""
        return frozenset(condition.column for condition in self.when)

    def applies(self, values: Mapping[str, Cell]) -> bool:
        """Whether a line with these values by column is eligible."""
        return all(condition.holds(values.get(condition.column)) for condition in self.when)


@dataclass(frozen=True)
class ActionPolicy:
    """All actions, and the experiment that will tell what they do.

    Args:
        actions: what may be done; doing nothing is always possible.
        hold_out_share: share of customers about whose lines nothing is done, so that effects can be measured.
        salt: names the experiment; another one draws the held-out customers anew.
        explained_lines: lines with a planned action that get reasons, at most; those of the highest saving first.
    """

    __pydantic_config__ = _STRICT

    actions: tuple[Action, ...] = ()
    hold_out_share: float = 0.0
    salt: str = "1"
    explained_lines: int = 1_000

    def __post_init__(self) -> None:
        """Refuse a name used twice, a share that is none and an experiment that holds everybody out."""
        names = [action.name for action in self.actions]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ConfigurationError(f"The action {', '.join(twice)} is declared twice.", "Give each its own name.")
        if not 0 <= self.hold_out_share < 1 or self.explained_lines < 0:
            raise ConfigurationError(
                f"A hold-out share of {self.hold_out_share} with {self.explained_lines} explained lines is none.",
                "Give a share from 0 to below 1, and 0 lines or more.",
            )

    def as_json(self) -> dict[str, Json]:
        """Every setting by name."""
        return asdict(self)

    def possible(self, absent: Iterable[str]) -> tuple[tuple[Action, ...], dict[str, str]]:
        """The actions that a source without these columns allows, and by name why the others are left out."""
        lacking = frozenset(absent)
        why = {action.name: _lacks(action.columns & lacking) for action in self.actions if action.columns & lacking}
        return tuple(action for action in self.actions if action.name not in why), why


def _lacks(columns: Iterable[str]) -> str:
    return f"The source has no {', '.join(sorted(columns))}, which its conditions ask for."
