"""What an order may still send back: lines of an order come back together, in one parcel.

About a quarter of the orders that return something return two lines or more, nearly all on one date. So
the chance that anything comes back is no product of independent chances: a fitted model of the order
gives it, or, without one, its largest line's chance, which is what lines that only come back together
would have (the lower bound of Fréchet).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.content import Cell
from domain.costs import CostPolicy
from domain.model.open_chance import AGAIN
from domain.order_chance import OrderModel, chance_of_any
from domain.unit_shares import UnitShares

SETTLED_DAYS = 14  # half of the further parcels of an order have come by then; of a longer wait few orders are left
_PRIOR_WEIGHT = 20.0  # orders at which what was seen weighs as much as what is declared
_PRIOR_PARCELS = 1.05
_PRIOR_SENT = 1.0


@dataclass(frozen=True)
class ScoredLine:
    """A line of an order as the scores hold it; `unit_price` is net value a unit."""

    line_id: str
    customer_id: str | None
    ordered_at: datetime
    quantity: int
    open_quantity: int
    unit_price: float
    p: float
    p_open: float
    returned: bool


@dataclass(frozen=True)
class ReturnHabits:
    """How orders of this shop send things back, each figure drawn to a declared one.

    Args:
        parcels: parcels of a returning order that holds several units.
        again: chance that an order of which some units came back, but not all, sends more in another parcel.
        sent: share of those parcels that are sent: none is where the customer is refunded and keeps the items.
    """

    parcels: float = _PRIOR_PARCELS
    again: float = AGAIN
    sent: float = _PRIOR_SENT


@dataclass
class HabitCounts:
    """What the known returns of settled orders show, of units that could come back, so none cancelled; additive."""

    units: Counter[str] = field(default_factory=Counter)  # of each order, of lines seen here
    came: dict[str, Counter[int]] = field(default_factory=dict)  # returned units of each order by day
    sent: set[tuple[str, int]] = field(
        default_factory=set
    )  # orders and days with a unit that the customer did not keep

    def add_line(self, order_id: str, units: int) -> None:
        """Count units of an order that could come back: those sold less those cancelled."""
        self.units[order_id] += units

    def add_return(self, order_id: str, day: int, units: int, *, kept: int = 0) -> None:
        """Count units of an order that were returned on a day, `kept` of which the customer was refunded and keeps."""
        self.came.setdefault(order_id, Counter())[day] += units
        if kept < units:
            self.sent.add((order_id, day))

    def habits(self) -> ReturnHabits:
        """The figures, drawn to the declared ones."""
        several = [days for order_id, days in self.came.items() if self.units[order_id] > 1]
        partial = [
            days for order_id, days in self.came.items() if days[min(days)] < self.units[order_id]
        ]  # something was left to send after the first parcel
        return ReturnHabits(
            parcels=_drawn(sum(len(days) for days in several), len(several), _PRIOR_PARCELS),
            again=_drawn(sum(len(days) > 1 for days in partial), len(partial), AGAIN),
            sent=_drawn(len(self.sent), sum(map(len, self.came.values())), _PRIOR_SENT),
        )


def assess_order(
    order_id: str,
    lines: Sequence[ScoredLine],
    model: OrderModel | None,
    habits: ReturnHabits,
    shares: UnitShares,
    costs: CostPolicy,
) -> dict[str, Cell]:
    """The row of an order in the output `orders`.

    Args:
        order_id: the order.
        lines: its scored lines, at least one.
        model: the order's chance from its lines' chances; None takes the largest.
        habits: parcels, how seldom more follows, and how many are sent at all.
        shares: share of a line's open units that comes, given that something of it does; that of the scores.
        costs: fixed cost by the parcel, and share of the value.
    """
    ordered = sorted(lines, key=lambda line: line.line_id)
    still = [line for line in ordered if line.open_quantity > 0]
    p_any = order_chance(model, [line.p for line in ordered])
    by_lines = order_chance(model, [line.p_open for line in still])
    p_any_open = min(by_lines, p_any, habits.again if _has_sent_back(ordered) else 1.0)
    scale = p_any_open / by_lines if by_lines > 0 else 0.0
    units = [scale * line.p_open * line.open_quantity * shares.share(line.open_quantity) for line in still]
    expected_units = sum(units)
    several = sum(line.open_quantity for line in still) > 1
    parcels = habits.sent * min(p_any_open * (habits.parcels if several else 1.0), expected_units)
    value = sum(unit * line.unit_price for unit, line in zip(units, still, strict=True))
    return {
        "order_id": order_id,
        "customer_id": ordered[0].customer_id,
        "ordered_at": min(line.ordered_at for line in ordered),
        "lines": len(ordered),
        "open_lines": len(still),
        "p_any": p_any,
        "p_any_open": p_any_open,
        "expected_parcels": parcels,
        "expected_units": expected_units,
        "expected_refund_value": value,
        "expected_return_cost": costs.return_cost_fixed * parcels + costs.return_cost_share * value,
    }


def settling_days(scored_days: int) -> int:
    """How long an order is waited for before it tells of habits: half of the days that are scored where these are few.

    Args:
        scored_days: age in days of the oldest scored line.
    """
    return min(SETTLED_DAYS, scored_days // 2)


def is_settled(first_return_day: int | None, as_of_day: int, wait_days: int = SETTLED_DAYS) -> bool:
    """Whether an order tells of habits: what came yesterday may be followed by more, which nobody has seen yet.

    Args:
        first_return_day: day number of its first return; None without one.
        as_of_day: the day of the run.
        wait_days: age that its first return must have.
    """
    return first_return_day is not None and first_return_day <= as_of_day - wait_days


def order_chance(model: OrderModel | None, chances: Sequence[float]) -> float:
    """The chance that any line comes back: the model's, or without one the largest line's."""
    return max(chances, default=0.0) if model is None else chance_of_any(chances, model)


def _has_sent_back(lines: Iterable[ScoredLine]) -> bool:
    return any(line.returned for line in lines)


def _drawn(seen: int, of: int, declared: float) -> float:
    return (seen + _PRIOR_WEIGHT * declared) / (of + _PRIOR_WEIGHT)
