"""What a return costs and when acting against it pays; the defaults are meant to be replaced.

Price means the net value of one unit, in the source's currency, and `p` the chance that one unit comes back: of a line
of several the line's chance times the share of its units that is expected back (`domain.unit_shares`). Acting (advising
a size, say) prevents the share `effect` of the returns it meets, and loses the share `friction` of the sales that would
have been kept. So it pays when
`p * effect * cost_of_return > (1 - p) * friction * margin + cost_of_action`.
"""

from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal

from domain.errors import ConfigurationError

ADVISE = "advise"
NO_ACTION = "none"
REASON = (
    "Expected saving {saving} a unit: chance of a return {chance}, cost of a return {cost}, "
    "of which advice avoids {avoided}; advice risks {risked}."
)


@dataclass(frozen=True)
class CostPolicy:
    """The cost of returns and of acting against them.

    Args:
        return_cost_fixed: cost of one returned unit whatever its price, in currency.
        return_cost_share: cost of one returned unit as a share of its price.
        margin_share: margin of one kept unit as a share of its price.
        effect: share of returns that acting prevents, 0 to 1.
        friction: share of kept sales that acting loses, 0 to 1.
        cost_of_action: cost of acting on one unit of a line, in currency.
    """

    return_cost_fixed: float = 3.0
    return_cost_share: float = 0.10
    margin_share: float = 0.30
    effect: float = 0.20
    friction: float = 0.05
    cost_of_action: float = 0.0

    def __post_init__(self) -> None:
        """Refuse amounts below 0, what is no number, and shares above 1."""
        for setting in fields(self):
            value = getattr(self, setting.name)
            if not 0 <= value < float("inf"):
                raise ConfigurationError(
                    f"The cost setting {setting.name} is {value}, which is no amount of 0 or more.",
                    "Give a finite number of at least 0.",
                )
        for name in ("effect", "friction"):
            if getattr(self, name) > 1:
                raise ConfigurationError(
                    f"The cost setting {name} is {getattr(self, name)}, which is no share.",
                    "Give a number from 0 to 1.",
                )

    def cost_of_return(self, price: float) -> float:
        """Cost of one returned unit of that price, in currency."""
        return self.return_cost_fixed + self.return_cost_share * price

    def margin(self, price: float) -> float:
        """Margin of one kept unit of that price, in currency."""
        return self.margin_share * price

    def expected_return_cost(self, p: float, price: float, quantity: int) -> float:
        """Expected cost of a line's return as seen at purchase, in currency: each unit comes back with chance `p`."""
        return p * self.cost_of_return(price) * quantity

    def expected_gain(self, p: float, price: float) -> float:
        """What acting on a unit saves less what it costs, on average, in currency; may be below 0."""
        return self._avoided(p, price) - self._risked(p, price)

    def should_act(self, p: float, price: float) -> bool:
        """Whether acting on a unit with chance `p` and that price pays."""
        return self._avoided(p, price) > self._risked(p, price)

    def reason(self, p: float, price: float) -> str:
        """Why acting pays, in plain words with amounts in currency a unit."""
        return REASON.format(
            saving=cents(self.expected_gain(p, price)),
            chance=cents(p),
            cost=cents(self.cost_of_return(price)),
            avoided=cents(self._avoided(p, price)),
            risked=cents(self._risked(p, price)),
        )

    def _avoided(self, p: float, price: float) -> float:
        return p * self.effect * self.cost_of_return(price)

    def _risked(self, p: float, price: float) -> float:
        return (1 - p) * self.friction * self.margin(price) + self.cost_of_action


def cents(value: float) -> str:
    """A number with two decimals, a half rounded away from 0 as it is read in decimal notation."""
    return str(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP) + 0)  # never -0.00
