"""The decisions of a day: what each eligible line gets, with what chance, and what that is worth."""

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from domain import cells
from domain.actions.declared import Action, ActionPolicy
from domain.actions.hold_out import is_held_out, propensity
from domain.actions.outputs import ACTS, FULL, HELD_OUT, NO_GAIN
from domain.actions.value import NOTHING, Stakes, Worth, total_worth
from domain.content import Cell
from domain.costs import NO_ACTION
from domain.snapshot import Json

_COPIED = (
    *("line_id", "order_id", "customer_id", "item_id", "ordered_at", "open_quantity", "net_value", "p_open", "model"),
)


@dataclass(frozen=True)
class DecidedLine:
    """One decision.

    Args:
        scored: the line's row of the scores.
        eligible: names of the actions whose conditions it meets.
        planned: the plan's action; None where it has none.
        pays: whether any action would pay, had it room.
        held_out: whether nothing is done for the experiment's sake.
        share: of customers who are held out.
        at_stake: the planned action with what turns on it; None without one.
    """

    scored: Mapping[str, Cell]
    eligible: tuple[str, ...]
    planned: str | None
    pays: bool
    held_out: bool
    share: float
    at_stake: tuple[Action, Stakes] | None

    @classmethod
    def of(
        cls,
        scored: Mapping[str, Cell],
        *,
        eligible: tuple[str, ...],
        planned: str | None,
        pays: bool,
        at_stake: tuple[Action, Stakes] | None,
        policy: ActionPolicy,
    ) -> "DecidedLine":
        """The decision on a line, with its customer's draw."""
        customer, order = cells.optional_text(scored, "customer_id"), cells.text(scored, "order_id")
        held_out = is_held_out(customer, order, policy.hold_out_share, policy.salt)
        return cls(scored, eligible, planned, pays, held_out, policy.hold_out_share, at_stake)

    @property
    def line_id(self) -> str:
        """The order line."""
        return cells.text(self.scored, "line_id")

    @property
    def worth(self) -> Worth:
        """What the planned action is expected to save; nothing without one."""
        return NOTHING if self.at_stake is None else self.at_stake[1].worth(self.at_stake[0])

    @property
    def outcome(self) -> str:
        """What came of it, in the words of the output."""
        if self.planned is not None:
            return HELD_OUT if self.held_out else ACTS
        return FULL if self.pays else NO_GAIN

    def row(self, reasons: str | None) -> dict[str, Cell]:
        """The row of the output `actions`."""
        worth = self.worth
        return {
            **{name: self.scored[name] for name in _COPIED},
            "action": NO_ACTION if self.planned is None or self.held_out else self.planned,
            "planned": self.planned or NO_ACTION,
            "outcome": self.outcome,
            "propensity": propensity(self.planned is not None, self.held_out, self.share),
            "eligible": ",".join(self.eligible),
            "expected_saving": worth.value,
            "saving_low": worth.low,
            "saving_high": worth.high,
            "reasons": reasons,
        }


@dataclass(frozen=True)
class Decisions:
    """All decisions of a day.

    Args:
        lines: the decisions, by line.
        actions: the actions that were possible.
        one_more: by action with a bound, what one more line a day would be worth, in currency.
    """

    lines: tuple[DecidedLine, ...]
    actions: tuple[Action, ...]
    one_more: Mapping[str, float]

    def most_worth(self, count: int) -> list[DecidedLine]:
        """The planned lines of the highest expected saving, held out or not."""
        planned = (line for line in self.lines if line.planned is not None)
        return heapq.nsmallest(count, planned, key=lambda line: (-line.worth.value, line.line_id))

    def facts(self) -> dict[str, Json]:
        """The figures of the day, and what 1,000 eligible lines save if what is believed of the actions is true."""
        acted = [line for line in self.lines if line.outcome == ACTS]
        saving = total_worth(line.at_stake for line in acted if line.at_stake is not None)
        return {
            "lines": len(self.lines),
            "outcomes": dict(sorted(Counter(line.outcome for line in self.lines).items())),
            "actions": [self._of_action(action) for action in self.actions],
            "saving": saving.as_json(),
            "saving_per_1000": saving.as_json(len(self.lines)),
        }

    def _of_action(self, action: Action) -> dict[str, Json]:
        mine = [line for line in self.lines if line.planned == action.name]
        acted = [line for line in mine if line.outcome == ACTS]
        worth = total_worth(line.at_stake for line in acted if line.at_stake is not None)
        return {
            "name": action.name,
            "says": action.says,
            "eligible": sum(action.name in line.eligible for line in self.lines),
            "planned": len(mine),
            "held_out": len(mine) - len(acted),
            "daily_capacity": action.daily_capacity,
            "one_more": self.one_more.get(action.name),
            "saving": worth.as_json(),
            "effect": {"mean": action.effect.mean, "low": action.effect.low, "high": action.effect.high},
            "source": action.effect.source,
        }
