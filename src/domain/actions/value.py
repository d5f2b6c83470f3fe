"""What an action is worth on one line, and what a plan of actions saves, with how sure that is.

A success, which has chance `p * effect`, saves a share of the cost of a return, may keep the margin and may
give part of the price away. A sale that would have been kept is lost with chance `(1 - p) * friction`. So the
net value of a line is `units * (p * effect * gain - (1 - p) * friction * margin) - cost`, with `p` the chance of one
unit: that of the line times the share of its units that is expected back.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.actions.declared import Action
from domain.content import Cell
from domain.costs import CostPolicy
from domain.snapshot import Json


@dataclass(frozen=True)
class OpenLine:
    """A line about which something may still be done.

    Args:
        line_id: the order line.
        p_open: chance that it still comes back.
        units: open units.
        unit_value: net value of a unit, in currency.
        age_days: days since the order; 1 for an order of yesterday.
        unit_share: share of the open units that come back, given that something does.
    """

    line_id: str
    p_open: float
    units: int
    unit_value: float
    age_days: int
    unit_share: float = 1.0


@dataclass(frozen=True)
class Worth:
    """An expected saving in currency with the bounds that the unknown shares of its actions give it."""

    value: float
    low: float
    high: float

    def as_json(self, lines: int | None = None) -> dict[str, Json]:
        """The three figures; per 1,000 lines where a number of lines is given."""
        scale = 1.0 if lines is None else 1_000 / lines if lines else 0.0
        return {"value": scale * self.value, "low": scale * self.low, "high": scale * self.high}


NOTHING = Worth(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Stakes:
    """What turns on the two unknown shares of an action, in currency: all it could save, and all it could lose."""

    saved: float
    lost: float
    cost: float

    def worth(self, action: Action) -> Worth:
        """The net value at the mean shares, and at the ends of their intervals, the effect's and the friction's.

        The two shares are taken as unknown independently of each other, so that their distances add up as squares.
        """
        effect, friction = action.effect, action.friction
        value = self._at(effect.mean, friction.mean)
        ends = [self._at(share, friction.mean) - value for share in (effect.low, effect.high)]
        below = math.hypot(min(0.0, *ends), self.lost * (friction.high - friction.mean))
        above = math.hypot(max(0.0, *ends), self.lost * (friction.mean - friction.low))
        return Worth(value, value - below, value + above)

    def _at(self, effect: float, friction: float) -> float:
        return effect * self.saved - friction * self.lost - self.cost


def stakes(action: Action, line: OpenLine, costs: CostPolicy) -> Stakes:
    """What an action has at stake on one line, in currency."""
    price = line.unit_value
    gain = (
        action.return_cost_saved * costs.cost_of_return(price)
        + action.margin_kept * costs.margin(price)
        - action.credit * price
    )
    chance = line.p_open * line.unit_share
    kept = (1 - chance) * costs.margin(price)
    return Stakes(line.units * chance * gain, line.units * kept, action.cost)


def net_value(action: Action, line: OpenLine, costs: CostPolicy) -> float:
    """Expected net value of an action on a line at the mean shares, in currency; may be below 0."""
    return stakes(action, line, costs).worth(action).value


def total_worth(taken: Iterable[tuple[Action, Stakes]]) -> Worth:
    """What many actions save together.

    One action's shares are the same unknown on all its lines, so its distances add up; those of different actions are
    independent, so theirs add up as squares.
    """
    sums: dict[str, tuple[Action, list[Stakes]]] = {}
    for action, at_stake in taken:
        sums.setdefault(action.name, (action, []))[1].append(at_stake)
    worths = [_summed(parts).worth(action) for _, (action, parts) in sorted(sums.items())]
    value = math.fsum(worth.value for worth in worths)
    below = math.hypot(*(worth.value - worth.low for worth in worths))
    above = math.hypot(*(worth.high - worth.value for worth in worths))
    return Worth(value, value - below, value + above)


def derived_columns(line: OpenLine, costs: CostPolicy) -> Mapping[str, Cell]:
    """The columns of `declared.DERIVED`: age, net value of a unit, cost of a return as a share of that value."""
    share = costs.cost_of_return(line.unit_value) / line.unit_value if line.unit_value > 0 else None
    return {"age_days": line.age_days, "unit_value": line.unit_value, "return_cost_share": share}


def _summed(parts: list[Stakes]) -> Stakes:
    return Stakes(
        math.fsum(part.saved for part in parts),
        math.fsum(part.lost for part in parts),
        math.fsum(part.cost for part in parts),
    )
