"""The law of a made-up shop: every parameter with its meaning and bounds, as one frozen value.

`docs/synthetic.md` gives the formulas. Whether and when customers buy, and what, does not depend on their hidden type;
only whether lines come back does. That is what makes the best possible prediction computable.
"""

from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Literal

from domain.errors import ConfigurationError

MOST_TYPES = 5
MOST_ORDERS = 400  # of one customer
MOST_LINES = 24  # of one order


@dataclass(frozen=True)
class Parameter:
    """What a parameter means and between which numbers it lies, both inclusive."""

    meaning: str
    low: float
    high: float


PARAMETERS = {
    "lines": Parameter("order lines, about", 100, 1e9),
    "seed": Parameter("every number is another shop of the same law", 0, 2**31 - 1),
    "days": Parameter("days of sales", 90, 4_000),
    "rate": Parameter("mean chance of a return, as a share of lines", 0.005, 0.6),
    "guests": Parameter("share of orders without a customer, about", 0, 1),
    "orders_per_customer": Parameter("orders of a customer who is there from the first day, about", 1, 200),
    "lines_per_order": Parameter("mean lines of an order, about", 1, 12),
    "units_per_line": Parameter("mean units of a line, about", 1, 50),
    "new_customers": Parameter("share of customers who first come after the first day", 0, 1),
    "styles": Parameter("places in the range for each square root of a line", 0.01, 100),
    "new_items": Parameter("share of those places that get a new style every now and then", 0, 1),
    "item_life_days": Parameter("days until such a place gets its next style", 20, 4_000),
    "categories": Parameter("categories of styles", 1, 50),
    "sizes": Parameter("sizes of a style", 1, 12),
    "taste": Parameter("share of lines from the customer's favourite category", 0, 1),
    "repeat": Parameter("share of lines that buy the customer's staple again", 0, 1),
    "several_sizes": Parameter("chance that a line is the style before it in the next size", 0, 0.9),
    "category_spread": Parameter("standard deviation of the categories' effects, logits", 0, 3),
    "style_spread": Parameter("standard deviation of the styles' effects, logits", 0, 3),
    "small_share": Parameter("share of styles that run small", 0, 1),
    "small_effect": Parameter("effect of running small, more in large sizes, logits", 0, 4),
    "several_effect": Parameter("effect of being bought in several sizes, logits", 0, 4),
    "price_effect": Parameter("effect of a price e times the usual one, logits", -2, 2),
    "discount_effect": Parameter("effect of a discount of 100 %, logits", -4, 4),
    "season": Parameter("amplitude of the year in the chance of a return, logits", 0, 2),
    "drift": Parameter("change of the chance from the first day to the last, logits", -3, 3),
    "window_days": Parameter("days after the order by which every return has come", 7, 365),
    "feed_delay_days": Parameter("days from a return (in shape flag: from the window's end) until it is known", 0, 60),
    "lag_days": Parameter("scale of the days from order to return on the first day", 1, 100),
    "lag_drift": Parameter("relative change of that scale from the first day to the last", -0.8, 4),
    "cancelled": Parameter("share of orders that are cancelled", 0, 0.5),
    "cancel_days": Parameter("days within which a cancellation comes; 0 writes it into the selling row", 0, 5),
    "shock_share": Parameter("share of orders that something went wrong with", 0, 1),
    "shock_effect": Parameter("effect of that on every line of the order, logits", 0, 6),
    "type_shares": Parameter("how frequent each hidden type of customer is; they add up to 1", 0, 1),
    "type_effects": Parameter("effect of each hidden type, logits", -6, 6),
    "defect_rank": Parameter("popularity rank, from 0, of the item that gets a defect", 0, 1e6),
    "defect_at": Parameter("when it does, as a share of the days", 0, 1),
    "defect_effect": Parameter("effect of the defect, logits", 0, 6),
}


@dataclass(frozen=True)
class ShopLaw:
    """The law of one shop; `PARAMETERS` says what each number means, `start` is the first day of sales."""

    preset: str
    shape: Literal["table", "rows", "flag"]
    start: date = date(2022, 1, 3)
    lines: int = 100_000
    seed: int = 1
    days: int = 730
    rate: float = 0.3
    guests: float = 0.1
    orders_per_customer: float = 6.0
    lines_per_order: float = 2.2
    units_per_line: float = 1.1
    new_customers: float = 0.6
    styles: float = 4.0
    new_items: float = 0.6
    item_life_days: int = 240
    categories: int = 8
    sizes: int = 6
    taste: float = 0.4
    repeat: float = 0.05
    several_sizes: float = 0.12
    category_spread: float = 0.5
    style_spread: float = 0.5
    small_share: float = 0.25
    small_effect: float = 0.6
    several_effect: float = 1.2
    price_effect: float = 0.3
    discount_effect: float = -1.0
    season: float = 0.2
    drift: float = 0.3
    window_days: int = 60
    feed_delay_days: int = 1
    lag_days: float = 6.0
    lag_drift: float = 0.3
    cancelled: float = 0.02
    cancel_days: int = 2
    shock_share: float = 0.12
    shock_effect: float = 2.0
    type_shares: tuple[float, ...] = (0.4, 0.3, 0.2, 0.1)
    type_effects: tuple[float, ...] = (-1.4, 0.0, 1.2, 2.6)
    defect_rank: int = 2
    defect_at: float = 0.75
    defect_effect: float = 2.0

    def __post_init__(self) -> None:
        """Refuse numbers out of bounds and types that do not add up; raises ConfigurationError."""
        for name, parameter in PARAMETERS.items():
            value = getattr(self, name)
            _check_bounds(name, parameter, value if isinstance(value, tuple) else (value,))
        _check_types(self)
        if self.lag_days * (1 + self.lag_drift) > self.window_days:
            raise ConfigurationError(
                f"Returns after {self.lag_days * (1 + self.lag_drift):g} days and more do not fit into a window of "
                f"{self.window_days} days.",
                "Give a longer window_days or a shorter lag_days.",
            )
        if self.cancelled and self.cancel_days and self.shape != "table":
            raise ConfigurationError(
                f"The shape '{self.shape}' has no row that tells a cancellation of a later day from a return.",
                "Give cancel_days=0, which writes it into the selling row, or a preset with returns in a table.",
            )

    @property
    def slots(self) -> int:
        """Places in the range: they grow with the square root of the lines (Heaps' law with exponent 1/2)."""
        return max(4 * self.categories, round(self.styles * sqrt(self.lines)))

    @property
    def shocks(self) -> tuple[tuple[float, float], ...]:
        """Pairs of (share of orders, effect in logits)."""
        return ((1 - self.shock_share, 0.0), (self.shock_share, self.shock_effect))


def _check_bounds(name: str, parameter: Parameter, values: tuple[float, ...]) -> None:
    for value in values:
        if not parameter.low <= value <= parameter.high:
            raise ConfigurationError(
                f"The synthetic shop's parameter {name}={value:g} is out of bounds ({parameter.meaning}).",
                f"Give {parameter.low:g} to {parameter.high:g}.",
            )


def _check_types(law: ShopLaw) -> None:
    shares, effects = law.type_shares, law.type_effects
    if not 1 <= len(shares) <= MOST_TYPES or len(shares) != len(effects) or abs(sum(shares) - 1) > 1e-9:
        raise ConfigurationError(
            f"The types' shares {shares} and effects {effects} are no law.",
            f"Give 1 to {MOST_TYPES} shares that add up to 1, and as many effects.",
        )
